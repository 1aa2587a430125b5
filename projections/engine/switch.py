"""Switch: put a table that was built in another room in the place of the live one, and back again."""

import time
from collections.abc import Sequence

from django.db import OperationalError, connection, transaction

from eventstore.models import Checkpoint, Parked
from eventstore.subscriptions import fence, follow
from projections.engine import room
from projections.engine.rebuild import AnyProjection, Busy, builder

ATTEMPTS = 200
PATIENCE_OF_READERS = "50ms"  # how long readers of the live table may be made to wait


def switch(projection: AnyProjection) -> None:
    """Put the new table in the place of the live one, which is kept for one step back."""
    _insist(projection, room.NEXT)


def back(projection: AnyProjection) -> None:
    """Exchange the live table for the former one. One of another version stays where it is, and is not built anew."""
    if not room.exists(projection.model, room.FORMER):
        raise Busy(f"There is no former table of {projection.name} to go back to.")
    _insist(projection, room.FORMER)


def _insist(projection: AnyProjection, place: str) -> None:
    """Exchange the tables. Whoever reads the live one is made to wait for 50 ms at most: then it gives way and tries again."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                _exchange(projection, place)
            return
        except OperationalError:
            if attempt == ATTEMPTS:
                raise
            time.sleep(0.05)


def _exchange(projection: AnyProjection, place: str) -> None:
    live = [checkpoint for reader in projection.readers() if (checkpoint := fence(reader, wait=True))]
    other = fence(builder(projection, place), wait=True)
    assert other is not None
    if place == room.NEXT:
        # What the live readers have shown since the new table was full: a table never goes back in time.
        follow(builder(projection, place), max(other.position, *(each.position for each in live)))
        other.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE_OF_READERS])
    if place == room.NEXT:
        room.drop(projection.model, room.FORMER)
        room.move(projection.model, room.LIVE, room.FORMER)
        room.move(projection.model, room.NEXT, room.LIVE)
    else:
        room.move(projection.model, room.LIVE, room.NEXT)
        room.move(projection.model, room.FORMER, room.LIVE)
        room.move(projection.model, room.NEXT, room.FORMER)
    _exchange_checkpoints(projection, live, other)


def _exchange_checkpoints(projection: AnyProjection, live: Sequence[Checkpoint], other: Checkpoint) -> None:
    """Each table takes along how far it has come, its version, and what was parked on its way."""
    former = Checkpoint(
        reader=builder(projection, room.FORMER).name,
        position=min(each.position for each in live),
        version=live[0].version,
    )
    arriving = list(Parked.objects.filter(reader=other.reader))
    Parked.objects.filter(reader__in=[other.reader, former.reader]).delete()
    Parked.objects.filter(reader__in=[each.reader for each in live]).update(reader=former.reader)
    for parked in arriving:
        parked.reader = live[part_of(parked.stream, len(live))].reader
    Parked.objects.bulk_create(arriving)
    for each in live:
        each.position, each.version = other.position, other.version
        each.paused = other.version != projection.version
        each.save()
    Checkpoint.objects.filter(reader__in=[other.reader, former.reader]).delete()
    former.save(force_insert=True)


def part_of(stream: str, parts: int) -> int:
    """Into which part of all streams this one falls."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT abs(hashtext(substr(%s, strpos(%s, '-')))) %% %s", [stream, stream, parts])
        return int(cursor.fetchone()[0])
