"""Tables of read models in their rooms, as tests look at them; and code of other versions beside this one."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from config import subscriptions
from eventstore.models import Checkpoint, Parked
from eventstore.readers import readers
from projections.engine import Projection, projections, room
from projections.engine.rebuild import fill
from projections.engine.switch import switch
from tests.eventstore.pieces import rows

type AnyProjection = Projection[Any, Any]

OTHERS = (room.NEXT, room.FORMER, room.THEN, room.CHECKED, room.BETWEEN)


def close_rooms() -> None:
    """Drop all rooms but the live one."""
    for place in OTHERS:
        rows(f"DROP SCHEMA IF EXISTS {place} CASCADE")


def content(projection: AnyProjection, place: str = room.LIVE) -> tuple[int, str]:
    """How many rows the table in a room has, and a hash of all they hold."""
    table = f"{place}.{projection.model._meta.db_table}"
    [(count, text)] = rows(f"SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {table} t")
    return count, str(text)


def contents() -> dict[str, tuple[int, str]]:
    """The same of every live table."""
    return {name: content(projection) for name, projection in projections().items()}


def indexes(projection: AnyProjection, place: str = room.LIVE) -> set[str]:
    """How the table in a room can be searched."""
    return {
        definition.replace(f"{place}.", "")
        for (definition,) in rows(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = %s",
            place,
            projection.model._meta.db_table,
        )
    }


def tables(projection: AnyProjection) -> set[str]:
    """The rooms in which there is a table of the read model."""
    return {place for place in (room.LIVE, *OTHERS) if room.exists(projection.model, place)}


def checkpoints(projection: AnyProjection) -> dict[str, tuple[int, int, bool]]:
    """Position, version and whether it is paused, of everybody who fills a table of the read model."""
    found = Checkpoint.objects.filter(reader__startswith=projection.name)
    return {each.reader: (each.position, each.version, each.paused) for each in found}


def parked(projection: AnyProjection) -> dict[str, list[str]]:
    """The streams that are parked, by whoever has parked them."""
    found: dict[str, list[str]] = {}
    for each in Parked.objects.filter(reader__startswith=projection.name).order_by("position"):
        found.setdefault(each.reader, []).append(each.stream)
    return found


def rebuild(projection: AnyProjection, *, processes: int = 1) -> None:
    """Build it anew, and switch."""
    fill(projection, room.NEXT, nobody, processes=processes)
    switch(projection)


def nobody(_: int, __: int) -> None:
    """Nobody is told how a rebuild gets on."""


def other(projection: AnyProjection, **changes: Any) -> AnyProjection:
    """The same read model in other code: another `version`, other `partitions`, another `project`."""
    made = copy.copy(projection)
    vars(made).update(changes)
    return made


@contextmanager
def deployed(*others: AnyProjection) -> Iterator[None]:
    """As if the code of this installation had these instead of the read models of the same names."""
    instead = {each.name: each for each in others}
    these = tuple(instead.get(each.name, each) for each in subscriptions.PROJECTIONS)
    with (
        patch.object(subscriptions, "PROJECTIONS", these),
        patch.object(subscriptions, "READERS", [reader for each in these for reader in each.readers()]),
    ):
        _forget_code()
        yield
    _forget_code()


@contextmanager
def in_parts(projection: AnyProjection, number: int) -> Iterator[AnyProjection]:
    """As if the read model were in so many parts, and empty."""
    parts = other(projection, partitions=number)
    rows(f"TRUNCATE {projection.model._meta.db_table}")
    Checkpoint.objects.filter(reader=projection.name).delete()
    with deployed(parts):
        yield parts


def _forget_code() -> None:
    projections.cache_clear()
    readers.cache_clear()
