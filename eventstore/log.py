"""Append to the log, and read it: a stream in its own order, or all of it in the one order that no reader can miss."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import DatabaseError, connection, transaction
from psycopg import Cursor
from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from eventstore.encoding import decode, encode
from eventstore.errors import Conflict, Invalid
from eventstore.messages import Event

ANY = None
NEW = 0
BATCH = 1000
LARGEST_VERSION = 2**31 - 1
RACES = 100  # how often an append that expects no version is tried, when others append at the same moment

APPEND = (
    "SELECT eventstore_append(%s::text[], %s::integer[], %s::uuid[], %s::integer[], %s::text[], %s::smallint[],"
    " %s::bytea[], %s::uuid, %s::uuid, %s::uuid, %s::text, %s::text, %s::bytea)"
)


class Metadata(msgspec.Struct, frozen=True):
    """What is recorded with events but never sits inside them: who asked, by which command, and what led to it."""

    actor: str
    correlation: UUID
    causation: UUID | None = None
    command: UUID | None = None


class Recorded[E: Event](msgspec.Struct, frozen=True):
    """An event in its envelope. `position` is its place in the log, None until it was read in the log's order."""

    id: UUID
    stream: str
    version: int
    name: str
    schema: int
    event: E
    recorded_at: datetime
    correlation: UUID
    causation: UUID | None
    command: UUID | None
    actor: str
    position: int | None


class New(msgspec.Struct, frozen=True):
    """Events to append to one stream. `expected` is the version it has: a number, NEW for no stream yet, or ANY."""

    stream: str
    events: Sequence[Event]
    expected: int | None = ANY


class Receipt(msgspec.Struct, frozen=True):
    """What came of a command: the ids of its events, or the sentence it was refused with and the values in it."""

    command: UUID
    name: str
    digest: bytes
    actor: str
    events: tuple[UUID, ...] = ()
    refusal: dict[str, Any] | None = None


class RaceLost(Exception):
    """Somebody else appended at the same moment to a stream of which no version was expected."""


class ReceiptExists(Exception):
    """A receipt of this command is there already."""


def append(news: Sequence[New], metadata: Metadata, receipt: Receipt | None = None) -> list[UUID]:
    """Append to one or several streams, all or nothing, in one round trip; the ids of the events, in order.

    Conflict where a stream has another version than expected, ReceiptExists where the command was received before,
    Invalid where an event or a version cannot be.
    """
    _check(news, metadata)
    identified = [(uuid7(), event) for new in news for event in new.events]
    encoded = encode(identified)
    ids = [event_id for event_id, _ in identified]
    parameters = (
        [new.stream for new in news],
        [new.expected for new in news],
        ids,
        [place for place, new in enumerate(news, start=1) for _ in new.events],
        [name for name, _, _ in encoded],
        [schema for _, schema, _ in encoded],
        [data for _, _, data in encoded],
        metadata.correlation,
        metadata.causation,
        metadata.command,
        metadata.actor,
        receipt.name if receipt else None,
        receipt.digest if receipt else None,
    )
    for _ in range(RACES):
        try:
            with _typed_errors(news):
                query(APPEND, parameters)
            return ids
        except RaceLost:
            continue  # nobody expected a version, so it may as well be the next one
    raise conflict(news[0].stream, ANY)


def _check(news: Sequence[New], metadata: Metadata) -> None:
    streams = [new.stream for new in news]
    if not news or not all(new.events for new in news):
        raise Invalid("There is nothing to append.")
    if len(set(streams)) != len(streams):
        raise Invalid("A stream is named twice in one append.")
    for new in news:
        if not is_name(new.stream):
            raise Invalid(f"{new.stream!r:.200} cannot be the name of a stream.")
        if new.expected is not ANY and not (type(new.expected) is int and 0 <= new.expected < LARGEST_VERSION):
            raise Invalid(f"{new.expected!r} cannot be the version of a stream.")
    if not is_name(metadata.actor):
        raise Invalid(f"{metadata.actor!r:.200} cannot be the name of an actor.")


def is_name(text: object) -> bool:
    """Whether it can be the name of a stream or an actor: one line of up to 200 printable characters."""
    return isinstance(text, str) and 0 < len(text) <= 200 and text.isprintable()


@contextmanager
def _typed_errors(news: Sequence[New]) -> Iterator[None]:
    """Turn what the database says of a lost race into what it means."""
    try:
        # Inside a transaction a lost race must not take all of it along.
        if connection.in_atomic_block:
            with transaction.atomic():
                yield
        else:
            yield
    except DatabaseError as error:
        diag = getattr(error.__cause__, "diag", None)
        code, constraint = getattr(diag, "sqlstate", None), getattr(diag, "constraint_name", None)
        if constraint == "eventstore_receipt_pkey":
            raise ReceiptExists from error
        if code == "ES001":
            assert diag is not None
            stream, expected, _ = json.loads(diag.message_detail)
            raise conflict(stream, expected) from error
        if constraint == "eventstore_event_stream_version":
            for new in news:
                if new.expected is not ANY and current_version(new.stream) != new.expected:
                    raise conflict(new.stream, new.expected) from error
            raise RaceLost from error
        raise


def conflict(stream: str, expected: int | None) -> Conflict:
    """The conflict of somebody who took `stream` to be at version `expected`."""
    meanwhile = [] if expected is ANY else list(read_stream(stream, after=expected))
    return Conflict(stream, expected, meanwhile)


def current_version(stream: str) -> int:
    """The version of a stream; 0 where there is none."""
    return int(query("SELECT coalesce(max(version), 0) FROM eventstore_event WHERE stream = %s", (stream,))[0][0])


def version_at(stream: str, time: datetime) -> int:
    """The version that a stream had at a time. A clock that jumped back makes no gap."""
    last = "SELECT coalesce(max(version), 0) FROM eventstore_event WHERE stream = %s AND recorded_at <= %s"
    return int(query(last, (stream, time))[0][0])


def number() -> int:
    """Give every committed event its place in the log's order; the head of the log, a position."""
    return int(query("SELECT eventstore_number(%s)", (not connection.in_atomic_block,))[0][0])


def keep(receipt: Receipt) -> bool:
    """Keep a receipt of a command that led to no event; False where there is one of it already."""
    rows = query(
        "INSERT INTO eventstore_receipt (command, name, digest, actor, events, refusal) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING command",
        (
            receipt.command,
            receipt.name,
            receipt.digest,
            receipt.actor,
            list(receipt.events),
            Jsonb(receipt.refusal) if receipt.refusal else None,
        ),
    )
    return bool(rows)


def receipt_of(command: UUID) -> Receipt | None:
    """The receipt of a command, where it was received."""
    rows = query(
        "SELECT command, name, digest, actor, events, refusal FROM eventstore_receipt WHERE command = %s", (command,)
    )
    for command_id, name, digest, actor, events, refusal in rows:
        return Receipt(command_id, name, digest, actor, tuple(events), refusal)
    return None


def position_of(events: Sequence[UUID]) -> int:
    """The position that a reader has to reach to have seen all of these events; 0 for none."""
    if not events:
        return 0
    number()
    return int(
        query("SELECT coalesce(max(position), 0) FROM eventstore_log WHERE event = ANY(%s)", (list(events),))[0][0]
    )


COLUMNS = (
    "e.id, e.stream, e.version, e.name, e.schema, e.data,"
    " e.recorded_at, e.correlation, e.causation, e.command, e.actor, l.position"
)
WANTED = (
    "(%s::text[] IS NULL OR e.name = ANY(%s))"
    " AND (%s = 1 OR (hashtext(substr(e.stream, strpos(e.stream, '-'))) & 2147483647) %% %s = %s)"
)
WITH_POSITION = "eventstore_event e LEFT JOIN eventstore_log l ON l.event = e.id"


def read_stream(
    stream: str,
    *,
    after: int = 0,
    until: int = LARGEST_VERSION,
    as_of: datetime | None = None,
    backwards: bool = False,
) -> Iterator[Recorded[Event]]:
    """The events of a stream with versions above `after` and up to `until`, recorded up to `as_of`, in batches."""
    statement = (
        f"SELECT {COLUMNS} FROM {WITH_POSITION} WHERE e.stream = %s AND e.version > %s AND e.version <= %s"
        f" ORDER BY e.version {'DESC' if backwards else 'ASC'} LIMIT {BATCH}"
    )
    if as_of is not None:
        until = min(until, version_at(stream, as_of))
    while True:
        batch = recorded(query(statement, (stream, after, until)))
        yield from batch
        if len(batch) < BATCH:
            return
        if backwards:
            until = batch[-1].version - 1
        else:
            after = batch[-1].version


def rows_between(
    after: int, until: int, names: Sequence[str] | None = None, partition: tuple[int, int] | None = None
) -> list[tuple[Any, ...]]:
    """The rows of the log at positions above `after` and up to `until`, of these stored names; not decoded yet.

    With `partition` (n, of), those only whose stream's key falls into the n-th part.
    """
    part, parts = partition or (0, 1)
    return query(
        f"SELECT {COLUMNS} FROM eventstore_log l JOIN eventstore_event e ON e.id = l.event"
        " WHERE l.position > %s AND l.position <= %s "
        f" AND {WANTED} ORDER BY l.position",
        (after, until, names, names, parts, parts, part),
    )


def read_log(
    after: int = 0, *, names: Sequence[str] | None = None, category: str | None = None
) -> Iterator[Recorded[Event]]:
    """The log after a position, up to where it ends now, in batches; of these stored names and this category only."""
    head = number()
    for start in range(after, head, BATCH):
        rows = rows_between(start, min(start + BATCH, head), names)
        yield from recorded([row for row in rows if category is None or row[1].startswith(f"{category}-")])


def event_by_id(event_id: UUID) -> Recorded[Event] | None:
    """One event."""
    found = recorded(query(f"SELECT {COLUMNS} FROM {WITH_POSITION} WHERE e.id = %s", (event_id,)))
    return found[0] if found else None


def correlated(correlation: UUID) -> list[Recorded[Event]]:
    """All events that one first cause led to, in the order in which they were recorded."""
    number()
    statement = f"SELECT {COLUMNS} FROM {WITH_POSITION} WHERE e.correlation = %s ORDER BY l.position"
    return recorded(query(statement, (correlation,)))


def recorded_at(position: int) -> datetime | None:
    """When the event at this position of the log was recorded."""
    first = next_of(position - 1, None)
    return first[1] if first and first[0] == position else None


def next_of(
    after: int, names: Sequence[str] | None, partition: tuple[int, int] | None = None
) -> tuple[int, datetime] | None:
    """The position of the first event after a position that `rows_between` would give, and when it was recorded."""
    part, parts = partition or (0, 1)
    rows = query(
        "SELECT l.position, e.recorded_at FROM eventstore_log l JOIN eventstore_event e ON e.id = l.event"
        f" WHERE l.position > %s AND {WANTED} ORDER BY l.position LIMIT 1",
        (after, names, names, parts, parts, part),
    )
    return (rows[0][0], rows[0][1]) if rows else None


def count(names: Sequence[str]) -> int:
    """How many events of these stored names there are."""
    return int(query("SELECT count(*) FROM eventstore_event WHERE name = ANY(%s)", (names,))[0][0])


def recorded(rows: Sequence[tuple[Any, ...]]) -> list[Recorded[Event]]:
    """Rows of the log, decoded and in their envelopes."""
    events = decode((row[3], row[4], row[5], row[0]) for row in rows)
    return [
        Recorded(row[0], row[1], row[2], row[3], row[4], event, row[6], row[7], row[8], row[9], row[10], row[11])
        for row, event in zip(rows, events, strict=True)
    ]


def query(statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Run a statement on the psycopg connection beneath Django's, prepared and in binary; the ORM takes 4 × as long."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, parameters, prepare=True, binary=True)
        return cursor.fetchall()
