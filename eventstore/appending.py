"""Appending: events to one or several streams, all or nothing, in one round trip."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from operator import attrgetter
from uuid import UUID

import msgspec
from django.db import DatabaseError, transaction
from uuid_utils.compat import uuid7

from eventstore import arrays
from eventstore.database import Row, here, query
from eventstore.encoding import encode
from eventstore.errors import Conflict, Invalid
from eventstore.messages import Event
from eventstore.reading import LARGEST_VERSION, current_version, read_stream
from eventstore.receipts import Receipt, ReceiptExists

ANY = None
NEW = 0
RACES = 100  # how often an append that expects no version is tried, when others append at the same moment

APPEND = (
    "SELECT eventstore_append(%s::uuid[], %s::text[], %s::integer[], %s::uuid[], %s::integer[], %s::integer[],"
    " %s::text[], %s::integer[], %s::bytea[], %s::uuid, %s::uuid, %s::uuid, %s::text, %s::text, %s::bytea)"
)

APPEND_ONE = (
    "SELECT eventstore_append_one(%s::text, %s::integer, %s::uuid, %s::text, %s::integer, %s::bytea,"
    " %s::uuid, %s::uuid, %s::uuid, %s::text, %s::text, %s::bytea)"
)


class Metadata(msgspec.Struct, frozen=True):
    """What is recorded with events but never sits inside them: who asked, and what led to it."""

    actor: str
    correlation: UUID
    causation: UUID | None = None


class New(msgspec.Struct, frozen=True):
    """Events to append to one stream. `expected` is the version it has: a number, NEW for no stream yet, or ANY."""

    stream: str
    events: Sequence[Event]
    expected: int | None = ANY


_unguarded: ContextVar[bool] = ContextVar("unguarded", default=False)


@contextmanager
def unguarded() -> Iterator[None]:
    """Inside, a race that is lost takes the whole transaction along, whose owner does all of it anew."""
    token = _unguarded.set(True)
    try:
        yield
    finally:
        _unguarded.reset(token)


class RaceLost(Exception):
    """Somebody else appended at the same moment to a stream of which no version was expected."""


def append(news: Sequence[New], metadata: Metadata, receipt: Receipt | None = None) -> list[UUID]:
    """Append to one or several streams, all or nothing, in one round trip; the ids of the events, in order.

    Conflict where a stream has another version than expected, ReceiptExists where the command of the receipt was
    received before, Invalid where an event or a version cannot be.
    """
    _check(news, metadata)
    alone = len(news) == 1 and len(news[0].events) == 1
    ids, stored = _as_it_is(news[0]) if alone else _in_arrays(news)
    parameters = (
        *stored,
        metadata.correlation,
        metadata.causation,
        receipt.command if receipt else None,
        metadata.actor,
        receipt.name if receipt else None,
        receipt.digest if receipt else None,
    )
    for _ in range(RACES):
        try:
            _send(APPEND_ONE if alone else APPEND, parameters, news)
            return ids
        except RaceLost:
            continue  # nobody expected a version, so it may as well be the next one
    raise conflict(news[0].stream, ANY)


def _as_it_is(new: New) -> tuple[list[UUID], Row]:
    """A stream and its only event as they are stored; and its id."""
    event_id = uuid7()
    [(name, schema, data)] = encode([(event_id, new.events[0])])
    return [event_id], (new.stream, new.expected, event_id, name, schema, data)


def _in_arrays(given: Sequence[New]) -> tuple[list[UUID], Row]:
    """Streams and their events as they are stored: always in one order, or two appends could wait for each other."""
    identified = {new.stream: [(uuid7(), event) for event in new.events] for new in given}
    ids = [event_id for events in identified.values() for event_id, _ in events]
    news = sorted(given, key=attrgetter("stream"))
    events = [one for new in news for one in identified[new.stream]]
    encoded = encode(events)
    arrived = arrays.uuids(ids)
    return ids, (
        arrived,
        arrays.texts([new.stream for new in news]),
        arrays.integers([new.expected for new in news]),
        arrived if news == given else arrays.uuids([event_id for event_id, _ in events]),
        arrays.integers([place for place, new in enumerate(news, start=1) for _ in new.events]),
        arrays.integers([step for new in news for step in range(1, len(new.events) + 1)]),
        arrays.texts([name for name, _, _ in encoded]),
        arrays.integers([schema for _, schema, _ in encoded]),
        arrays.blobs([data for _, _, data in encoded]),
    )


def _check(news: Sequence[New], metadata: Metadata) -> None:
    if not news:
        raise Invalid("There is nothing to append.")
    if len(news) > 1 and len({new.stream for new in news}) < len(news):
        raise Invalid("A stream is named twice in one append.")
    for new in news:
        if not new.events:
            raise Invalid("There is nothing to append.")
        if not is_name(new.stream):
            raise Invalid(f"{new.stream!r:.200} cannot be the name of a stream.")
        check_version(new.expected)
    if not is_name(metadata.actor):
        raise Invalid(f"{metadata.actor!r:.200} cannot be the name of an actor.")


def is_name(text: object) -> bool:
    """Whether it can be the name of a stream or an actor: one line of up to 200 printable characters."""
    return isinstance(text, str) and 0 < len(text) <= 200 and text.isprintable()


def check_version(expected: object) -> None:
    """Invalid where it is neither ANY nor a version that a stream can have."""
    if expected is not ANY and not (type(expected) is int and 0 <= expected < LARGEST_VERSION):
        raise Invalid(f"{expected!r:.200} cannot be the version of a stream.")


def _send(statement: str, parameters: Row, news: Sequence[New]) -> None:
    try:
        if here().in_atomic_block and not _unguarded.get():
            with transaction.atomic():  # or a lost race would take all of somebody else's transaction along
                query(statement, parameters)
        else:
            query(statement, parameters)
    except DatabaseError as error:
        if meaning := _meaning(error, news):
            raise meaning from error
        raise


def _meaning(error: DatabaseError, news: Sequence[New]) -> Exception | None:
    """What it means that the database says of a lost race; None for any other fault."""
    diag = getattr(error.__cause__, "diag", None)
    code, constraint = getattr(diag, "sqlstate", None), getattr(diag, "constraint_name", None)
    if constraint == "eventstore_receipt_pkey":
        return ReceiptExists()
    if code == "ES001":
        assert diag is not None
        stream, expected, _ = json.loads(diag.message_detail)
        return conflict(stream, expected)
    if constraint == "eventstore_event_stream_version":
        for new in news:
            if new.expected is not ANY and current_version(new.stream) != new.expected:
                return conflict(new.stream, new.expected)
        return RaceLost()
    return None


def conflict(stream: str, expected: int | None) -> Conflict:
    """The conflict of somebody who took `stream` to be at version `expected`."""
    meanwhile = [] if expected is ANY else list(read_stream(stream, after=expected))
    return Conflict(stream, expected, meanwhile)
