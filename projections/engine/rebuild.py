"""Rebuild: the same table once more from the first event on, in a room of its own beside the live one.

A rebuild is a reader like any other. Its checkpoint is its fence, its progress and its memory: it can be killed and go
on, and what it cannot take is parked. Nothing here, and nothing it calls, could send a command or a message.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from eventstore import log
from eventstore.models import Checkpoint, Parked
from eventstore.readers import Reader
from eventstore.subscriptions import fence, step
from projections.engine import Fact, Projection, room
from projections.engine.table import in_room

CHUNK = 10_000  # positions of the log in one transaction
SILENCE = timedelta(seconds=60)  # after which whoever held a rebuild is taken to be gone

type AnyProjection = Projection[Any, Any]
type Tell = Callable[[int, int], None]


class Busy(Exception):
    """Somebody else builds this read model."""


class Cancelled(Exception):
    """The rebuild was called off."""


def builder(projection: AnyProjection, place: str) -> Reader:
    """The reader that fills the table in the room `place`."""

    def take(facts: Sequence[Fact]) -> None:
        with in_room(place):
            projection.take(facts)

    return projection.reader(f"{projection.name}@{place}", take, batch=CHUNK)


def fill(projection: AnyProjection, place: str, tell: Tell, until: int | None = None) -> None:
    """Fill the table in `place` up to the end of the log, or `until` a position; `tell(position, of)` as it goes."""
    reader = claim(projection, place)
    while True:
        end = log.number() if until is None else until
        _, reached = step(reader, end)
        if reached is None:
            _called_off(projection, place)
        else:
            tell(reached, end)
            if reached >= end:
                break
    with transaction.atomic():
        room.index(projection.model, place)


def _called_off(projection: AnyProjection, place: str) -> None:
    """The checkpoint would not move: somebody cancelled, or has taken over."""
    if Checkpoint.objects.filter(reader=builder(projection, place).name, paused=True).exists():
        forget(projection, place)
        raise Cancelled(f"The rebuild of {projection.name} was cancelled. The live table is as it was.")
    raise Busy(f"Somebody else has taken over the rebuild of {projection.name}.")


def claim(projection: AnyProjection, place: str) -> Reader:
    """Have the table that is to be filled, empty or as far as it came; Busy while somebody else fills it."""
    reader = builder(projection, place)
    with transaction.atomic():
        checkpoint = fence(reader, wait=True)
        assert checkpoint is not None
        if checkpoint.held_by != us() and is_held(checkpoint):
            raise Busy(
                f"{projection.name} is being rebuilt since {timezone.localtime(checkpoint.started_at):%H:%M:%S},"
                f" and has come to position {checkpoint.position}."
            )
        if checkpoint.version != reader.version or checkpoint.paused or not room.exists(projection.model, place):
            forget(projection, place)
            room.create(projection.model, place)
            checkpoint = fence(reader, wait=True)
            assert checkpoint is not None
        checkpoint.held_by = us()
        checkpoint.save()
    return reader


def us() -> str:
    """This session of the database, told apart from one that had its number before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concat(pid, ' ', backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        return str(cursor.fetchone()[0])


def is_held(checkpoint: Checkpoint) -> bool:
    """Whether the session that holds a rebuild is there, and has moved it not long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE concat(pid, ' ', backend_start) = %s", [checkpoint.held_by]
        )
        there = cursor.fetchone() is not None
    return there and timezone.now() - checkpoint.advanced_at < SILENCE


def cancel(projection: AnyProjection) -> bool:
    """Call off a rebuild that is under way; whether there was one."""
    reader = builder(projection, room.NEXT)
    with transaction.atomic():
        checkpoint = Checkpoint.objects.select_for_update().filter(reader=reader.name).first()
        if checkpoint is None:
            return False
        if is_held(checkpoint):
            checkpoint.paused = True
            checkpoint.save()
        else:
            forget(projection, room.NEXT)
    return True


def forget(projection: AnyProjection, place: str) -> None:
    """Throw away the table in the room `place`, how far it had come, and what it had parked."""
    name = builder(projection, place).name
    with transaction.atomic():
        room.drop(projection.model, place)
        Checkpoint.objects.filter(reader=name).delete()
        Parked.objects.filter(reader=name).delete()
