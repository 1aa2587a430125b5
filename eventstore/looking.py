"""Looks into the log: the events that somebody asks for, each of them read, or with the reason why it cannot be."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import DatabaseError

from eventstore import log
from eventstore.database import Row, query
from eventstore.messages import Event
from eventstore.order import COLUMNS, IN_ORDER
from eventstore.showing import Shown, shown

BATCH = 1000


class Look(msgspec.Struct, frozen=True):
    """Which events somebody wants to see: all that agree with everything that is given."""

    id: UUID | None = None
    stream: str | None = None
    category: str | None = None
    names: Sequence[str] | None = None
    correlation: UUID | None = None
    as_of: datetime | None = None


CONDITIONS = {
    "id": "e.id = %s",
    "stream": "e.stream = %s",
    "category": "starts_with(e.stream, %s || '-')",
    "names": "e.name = ANY(%s)",
    "correlation": "e.correlation = %s",
    "as_of": "e.recorded_at <= %s",
}
FROM = f"FROM {IN_ORDER} WHERE l.position > %s AND l.position <= %s"


def batches(look: Look, after: int, until: int, *, personal: bool) -> Iterator[list[Shown]]:
    """What is wanted at the positions above `after` and up to `until`, a batch at a time."""
    where, values = _where(look)
    statement = f"SELECT {COLUMNS} {FROM}{where} ORDER BY l.position LIMIT {BATCH}"  # our own words
    while rows := query(statement, (after, until, *values)):
        yield seen(rows, personal=personal)
        if len(rows) < BATCH:
            return
        after = rows[-1][-1]


def before_last(look: Look, count: int, until: int) -> int:
    """The position behind which the last `count` wanted events up to `until` stand."""
    where, values = _where(look)
    last = f"SELECT l.position {FROM}{where} ORDER BY l.position DESC LIMIT %s"  # our own words
    rows = query(f"SELECT min(position) - 1 FROM ({last}) AS last", (0, until, *values, count))
    return until if rows[0][0] is None else int(rows[0][0])


def _where(look: Look) -> tuple[str, list[Any]]:
    given = {field: value for field, value in msgspec.structs.asdict(look).items() if value is not None}
    return "".join(f" AND {CONDITIONS[field]}" for field in given), list(given.values())


def seen(rows: Sequence[Row], *, personal: bool) -> list[Shown]:
    """These rows as they are shown; one event that cannot be read hides no other."""
    found = _read(rows)
    events = [_read([row]) for row in rows] if isinstance(found, Exception) else [[event] for event in found]
    return [
        shown(row, event if isinstance(event, Exception) else event[0], personal=personal)
        for row, event in zip(rows, events, strict=True)
    ]


def _read(rows: Sequence[Row]) -> list[Event] | Exception:
    try:
        return [recorded.event for recorded in log.recorded(rows)]
    except Exception as error:
        if isinstance(error, DatabaseError):
            raise
        return error


def names_of(commands: Sequence[UUID]) -> dict[UUID, str]:
    """The names of commands, by their ids, as their receipts say."""
    return dict(query("SELECT command, name FROM eventstore_receipt WHERE command = ANY(%s)", (list(commands),)))
