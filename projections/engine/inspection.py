"""Inspection: does the live table say what the log says; what would a rebuild cost; what becomes of one key."""

import time
from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from django.db import transaction

from eventstore import log
from eventstore.subscriptions import fence, follow
from projections.engine import Fact, room, table
from projections.engine.rebuild import AnyProjection, Tell, builder, fill, forget

SHOWN = 20
SAMPLE = 5_000  # positions of the log that an estimate is made from
CHUNK = 10_000


class Difference(NamedTuple):
    """A row that is not what the log says: its fields, each with the live value and the one from the log."""

    key: str
    fields: dict[str, tuple[Any, Any]]


class Estimate(NamedTuple):
    """What a rebuild would read, of how many, and for how many seconds."""

    wanted: int
    positions: int
    seconds: float


def verify(projection: AnyProjection, tell: Tell) -> tuple[int, list[Difference]]:
    """Build the table beside the live one, and compare: how many rows differ, and the first of them."""
    fill(projection, room.CHECKED, tell)
    try:
        with transaction.atomic():
            return compare(projection, room.CHECKED)
    finally:
        forget(projection, room.CHECKED)


def compare(projection: AnyProjection, place: str) -> tuple[int, list[Difference]]:
    """Compare the live table with the one in `place` at the same position; inside a transaction, which holds both."""
    readers = [*projection.readers(), builder(projection, place)]
    checkpoints = [checkpoint for reader in readers if (checkpoint := fence(reader, wait=True))]
    together = max(checkpoint.position for checkpoint in checkpoints)
    for reader in readers:
        follow(reader, together)
    count, rows = room.differences(projection.model, place, SHOWN)
    return count, [difference(*row) for row in rows]


def difference(key: str, live: dict[str, Any], other: dict[str, Any]) -> Difference:
    """The fields in which two rows differ."""
    names = [*live, *(name for name in other if name not in live)]
    fields = {name: (live.get(name), other.get(name)) for name in names if live.get(name) != other.get(name)}
    return Difference(key, fields)


def rebuild_one(projection: AnyProjection, key: Hashable) -> int:
    """Make the rows of one key anew, in place; how many events they are made of."""
    facts = list(about(projection, key, 0, log.number()))
    with transaction.atomic():
        checkpoints = [checkpoint for reader in projection.readers() if (checkpoint := fence(reader, wait=True))]
        shown = max(checkpoint.position for checkpoint in checkpoints)
        read = facts[-1].position or 0 if facts else 0
        facts = [fact for fact in facts if (fact.position or 0) <= shown] + list(about(projection, key, read, shown))
        row = projection.fold({}, ((fact, (key,)) for fact in facts)).get(key)
        table.write(projection.model, [row] if row else [], replacing=[key])
    return len(facts)


def about(projection: AnyProjection, key: Hashable, after: int, until: int) -> Iterator[Fact]:
    """The events between two positions that one key is made of."""
    names = projection.readers()[0].stored_names()
    for start in range(after, until, CHUNK):
        for fact in log.recorded(log.rows_between(start, min(start + CHUNK, until), names)):
            if key in projection.keys(fact):
                yield fact


def estimate(projection: AnyProjection) -> Estimate:
    """What a rebuild would read, and how long it would take, by folding a sample of it in memory."""
    names = projection.readers()[0].stored_names()
    head = log.number()
    began = time.perf_counter()
    sample = log.recorded(log.rows_between(0, min(SAMPLE, head), names))
    projection.fold({}, ((fact, tuple(projection.keys(fact))) for fact in sample))
    # Writing costs about as much as reading and folding.
    seconds = 2 * (time.perf_counter() - began) * head / max(min(SAMPLE, head), 1)
    return Estimate(log.count(names), head, seconds)
