"""The order of the log: positions, dense and for ever, given when events are first read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from eventstore.database import Row, query

COLUMNS = (
    "e.id, e.stream, e.version, e.name, e.schema, e.data,"
    " e.recorded_at, e.correlation, e.causation, e.command, e.actor, l.position"
)
IN_ORDER = "eventstore_log l JOIN eventstore_event e ON e.id = l.event"
PART = "(hashtext(substr({stream}, strpos({stream}, '-'))) & 2147483647) %% {parts}"  # of all streams, by the key
WANTED = (
    "(%s::text[] IS NULL OR e.name = ANY(%s))"
    " AND (%s::text IS NULL OR starts_with(e.stream, %s || '-'))"
    f" AND (%s = 1 OR {PART.format(stream='e.stream', parts='%s')} = %s)"
)
# OFFSET 0 keeps the database from reading through all events, as it would rather do for a thousand of them.
ROWS_BETWEEN = (
    f"SELECT {COLUMNS} FROM (SELECT * FROM eventstore_log WHERE position > %s AND position <= %s) AS l"
    f" CROSS JOIN LATERAL (SELECT * FROM eventstore_event e WHERE e.id = l.event AND {WANTED} OFFSET 0) AS e"
    " ORDER BY l.position"
)

NEXT_FOR_EACH = f"""
    SELECT asked.reader, missing.position, missing.recorded_at
      FROM jsonb_to_recordset(%s::text::jsonb) AS asked (reader text, names text[], part int, parts int)
      LEFT JOIN eventstore_checkpoint c ON c.reader = asked.reader
     CROSS JOIN LATERAL (
           (SELECT l.position, e.recorded_at FROM {IN_ORDER}
             WHERE l.position > coalesce(c.position, 0)
               AND (l.position > coalesce(c.position, 0) + %s::bigint OR e.name = ANY(asked.names)
               AND (asked.parts = 1 OR {PART.format(stream="e.stream", parts="asked.parts")} = asked.part))
             ORDER BY l.position LIMIT 1)
           UNION ALL
           SELECT l.position, e.recorded_at FROM {IN_ORDER}
            WHERE l.position = (
                  SELECT min(p.position) FROM eventstore_parked p
                   WHERE p.reader = asked.reader AND p.position <= %s AND p.skipped_at IS NULL
                     AND p.stream = (SELECT e.stream FROM {IN_ORDER} WHERE l.position = %s))) AS missing
     ORDER BY missing.position DESC -- the first one of each comes last, and stays
"""
SEARCHED = 5000  # positions: as many as a reader takes at once


def number() -> int:
    """Give every committed event its place in the log's order; the head of the log, a position."""
    return int(query("SELECT eventstore_number()")[0][0])


def position_of(events: Sequence[UUID]) -> int:
    """The position that a reader has to reach to have seen all of these events; 0 for none."""
    if not events:
        return 0
    number()
    last = "SELECT coalesce(max(position), 0) FROM eventstore_log WHERE event = ANY(%s)"
    return int(query(last, (list(events),))[0][0])


def rows_between(
    after: int,
    until: int,
    names: Sequence[str] | None = None,
    partition: tuple[int, int] | None = None,
) -> list[Row]:
    """The rows of the log at positions above `after` and up to `until`, of these stored names; not decoded yet.

    With `partition` (n, of), those only whose stream's key falls into the n-th part.
    """
    return query(ROWS_BETWEEN, (after, until, *wanted(names, partition)))


def rows_at(positions: Sequence[int]) -> list[Row]:
    """The rows of the log at these positions, in this order; not decoded yet."""
    return query(
        f"SELECT {COLUMNS} FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted (position, n)"
        " JOIN eventstore_log l ON l.position = wanted.position JOIN eventstore_event e ON e.id = l.event"
        " ORDER BY wanted.n",
        (list(positions),),
    )


def next_for_each(
    readers: Sequence[tuple[str, Sequence[str], tuple[int, int] | None]], asked_for: int = 0
) -> dict[str, tuple[int, datetime]]:
    """The first event that each of these readers wants and has not taken: its position, and when it was recorded.

    A reader is its name, the stored names that it wants, and its part. Of one that has not taken SEARCHED others, none
    of which it wants, it is the event behind those, wanted or not: it may be said to lack more than it does, not less.
    Where the event at `asked_for` is parked, or waits behind a parked one of its stream, that is not taken either.
    """
    asked = [
        {"reader": name, "names": list(names), "part": (part or (0, 1))[0], "parts": (part or (0, 1))[1]}
        for name, names, part in readers
    ]
    rows = query(NEXT_FOR_EACH, (msgspec.json.encode(asked).decode(), SEARCHED, asked_for, asked_for))
    return {reader: (position, moment) for reader, position, moment in rows}


def part_of(stream: str, parts: int) -> int:
    """Into which of so many parts of all streams this one falls."""
    return int(query(f"SELECT {PART.format(stream='%s::text', parts='%s')}", (stream, stream, parts))[0][0])


def recorded_at(position: int) -> datetime | None:
    """When the event at this position of the log was recorded."""
    rows = query(f"SELECT e.recorded_at FROM {IN_ORDER} WHERE l.position = %s", (position,))
    return rows[0][0] if rows else None


def wanted(names: Sequence[str] | None, partition: tuple[int, int] | None, category: str | None = None) -> Row:
    """The parameters of WANTED."""
    part, parts = partition or (0, 1)
    return names, names, category, category, parts, parts, part
