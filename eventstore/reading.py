"""Reading: a stream, the log in its order, one event, or all that one cause led to; decoded, in batches."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

import msgspec

from eventstore.database import Row, portions, query, read_meanwhile
from eventstore.encoding import decode, read_one
from eventstore.messages import Event
from eventstore.order import COLUMNS, ROWS_BETWEEN, number, wanted
from eventstore.streams import stored_under

BATCH = 2000
LARGEST_VERSION = 2**31 - 1
WITH_POSITION = "eventstore_event e LEFT JOIN eventstore_log l ON l.event = e.id"

HISTORY = (
    "SELECT version, name, schema, data, id FROM eventstore_event WHERE stream = %s::text AND version > %s::integer"
    f" ORDER BY version LIMIT {BATCH}"
)


class Recorded[E: Event](msgspec.Struct, frozen=True, gc=False):
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


def read_streams(streams: Sequence[str], *, names: Sequence[str]) -> Iterator[Recorded[Event]]:
    """The events of several streams under these stored names, stream by stream."""
    statement = (
        f"SELECT {COLUMNS} FROM {WITH_POSITION} WHERE e.stream = ANY(%s) AND e.name = ANY(%s)"
        " ORDER BY e.stream, e.version"
    )
    for rows in portions(statement, (list(streams), list(names))):
        yield from recorded(rows)


def history(stream: str, after: int) -> Iterator[tuple[int, Event]]:
    """The events of a stream above a version, each with its own version, in batches: all that a state is made of."""
    while rows := query(HISTORY, (stream, after)):
        if any(stored_under(row[1]).may_be_sealed for row in rows):
            versions, *columns = zip(*rows, strict=True)
            yield from zip(versions, decode(*columns), strict=True)
        else:  # few, as a rule: read one by one before columns would be made of them
            for version, name, schema, data, event_id in rows:
                yield version, read_one(name, schema, data, event_id)
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def read_log(
    after: int = 0, *, names: Sequence[str] | None = None, category: str | None = None
) -> Iterator[Recorded[Event]]:
    """The log after a position, up to where it ends now, in batches; of these stored names and this category only."""
    head = number()
    asked = wanted(names, None, category)
    batches = ((start, min(start + BATCH, head), *asked) for start in range(after, head, BATCH))
    for first in islice(batches, 1):  # often enough for who asks, so that nothing more is fetched meanwhile
        yield from recorded(query(ROWS_BETWEEN, first))
    for batch in read_meanwhile(ROWS_BETWEEN, batches, recorded):
        yield from batch


def event_by_id(event_id: UUID) -> Recorded[Event] | None:
    """One event."""
    found = recorded(query(f"SELECT {COLUMNS} FROM {WITH_POSITION} WHERE e.id = %s", (event_id,)))
    return found[0] if found else None


def correlated(correlation: UUID) -> list[Recorded[Event]]:
    """All events that one first cause led to, in the order in which they were recorded."""
    number()
    statement = f"SELECT {COLUMNS} FROM {WITH_POSITION} WHERE e.correlation = %s ORDER BY l.position"
    return recorded(query(statement, (correlation,)))


def current_version(stream: str) -> int:
    """The version of a stream; 0 where there is none."""
    return int(query("SELECT coalesce(max(version), 0) FROM eventstore_event WHERE stream = %s", (stream,))[0][0])


def version_at(stream: str, time: datetime) -> int:
    """The version that a stream had at a time. A clock that jumped back makes no gap."""
    last = "SELECT coalesce(max(version), 0) FROM eventstore_event WHERE stream = %s AND recorded_at <= %s"
    return int(query(last, (stream, time))[0][0])


def count(names: Sequence[str]) -> int:
    """How many events of these stored names there are."""
    return int(query("SELECT count(*) FROM eventstore_event WHERE name = ANY(%s)", (names,))[0][0])


def recorded(rows: Sequence[Row]) -> list[Recorded[Event]]:
    """Rows of the log, decoded and in their envelopes."""
    if not rows:
        return []
    ids, streams, versions, names, schemas, datas, *rest = zip(*rows, strict=True)
    events = decode(names, schemas, datas, ids)
    return list(map(Recorded, ids, streams, versions, names, schemas, events, *rest))
