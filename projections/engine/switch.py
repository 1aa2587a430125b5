"""Switch: put a table that was built in another room in the place of the live one, and back again."""

import time
from collections.abc import Callable, Sequence

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from eventstore.models import Checkpoint, Parked
from eventstore.order import part_of
from eventstore.readers import Reader
from eventstore.subscriptions import follow
from projections.engine import NOBODYS, AnyProjection, Fact, room, whoever_fills
from projections.engine.rebuild import (
    Cancelled,
    Hindered,
    ask_not_migrated,
    builder,
    fillers,
    forget,
    locked,
    still_ours,
    unknown,
)
from projections.engine.table import in_room

PERSISTENCE = 15.0  # seconds
# Readers of the live table may wait for 50 ms: so long in the queue behind us, and then for our commit.
PATIENCE = "20ms"


def switch(projection: AnyProjection) -> None:
    """Put the new table in the place of the live one, which is kept for one step back."""
    try:
        _insist(projection, _put_new)
    except Cancelled:
        forget(projection, room.NEXT)
        raise


def back(projection: AnyProjection) -> None:
    """Exchange the live table for the former one. One of another version stays where it is, and is not built anew."""
    readers = formers(projection)
    kept = Checkpoint.objects.filter(reader__regex=fillers(projection, room.FORMER)).values_list("reader", flat=True)
    if not room.exists(projection.model, room.FORMER):
        raise Hindered(f"There is no former table of {projection.name} to go back to.")
    if set(kept) != {reader.name for reader in readers}:
        raise Hindered(f"The former table of {projection.name} was filled in other parts than this code has.")
    _ask_former(projection)
    with transaction.atomic():
        room.index(projection.model, room.FORMER)
    for reader in readers:
        follow(reader)
    _insist(projection, _put_former)


def _ask_former(projection: AnyProjection) -> None:
    """Hindered where the live table was migrated since it came into the place of the former one."""
    if not room.is_like_live(projection.model, room.FORMER):
        raise Hindered(
            f"The former table of {projection.name} was made before a migration: manage.py replay {projection.name}"
        )


def formers(projection: AnyProjection) -> list[Reader]:
    """For each reader of the live table the one that keeps its place in the former table."""

    def take(facts: Sequence[Fact]) -> None:
        with in_room(room.FORMER):
            projection.take(facts)

    return [
        projection.reader(f"{live.name}@{room.FORMER}", take, partition=live.partition) for live in projection.readers()
    ]


def _insist(projection: AnyProjection, exchange: Callable[[AnyProjection], None]) -> None:
    """Exchange tables. Where somebody is at the live one for long, the exchange gives way to others for a while."""
    over = time.monotonic() + PERSISTENCE
    while True:
        try:
            with transaction.atomic():
                room.hold_off_vacuum(projection.model, room.LIVE, room.NEXT)
                exchange(projection)
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            if time.monotonic() > over:
                raise Hindered(
                    f"Somebody has been reading or vacuuming {projection.name} for too long without a pause."
                    " No table was exchanged, and none is lost."
                ) from error
            time.sleep(0.05)


def _put_new(projection: AnyProjection) -> None:
    live = [locked(reader) for reader in projection.readers()]
    reader = builder(projection, room.NEXT)
    new = still_ours(reader)
    ask_not_migrated(projection, room.NEXT)  # nor can it be from here on: what holds off vacuums holds off migrations
    # What the live readers have shown since the new table was full: a table never goes back in time.
    shown = max(new.position, *(each.position for each in live))
    follow(reader, shown)
    new.refresh_from_db()
    if new.position < shown:
        raise unknown(reader)
    _leave_former(projection, live)
    parked = list(Parked.objects.filter(reader=reader.name))
    for event in parked:
        event.reader = live[part_of(event.stream, len(live))].reader
    Parked.objects.bulk_update(parked, ["reader"])
    for each in live:
        # What an operator has paused stays so; what waited for its rebuild goes on.
        each.paused = each.paused and each.version == new.version
        each.position, each.version = new.position, new.version
        each.started_at, each.erased = new.started_at, new.erased
        each.save()
    new.delete()
    # Code that fills the table in other parts knows nothing of what is in it now.
    others = Checkpoint.objects.filter(reader__regex=whoever_fills(projection.name))
    others.exclude(reader__in=[each.reader for each in live]).update(version=NOBODYS)
    room.hold_off_vacuum(projection.model, room.FORMER)
    _soon()
    room.drop(projection.model, room.FORMER)
    room.move(projection.model, room.LIVE, room.FORMER)
    room.move(projection.model, room.NEXT, room.LIVE)


def _leave_former(projection: AnyProjection, live: Sequence[Checkpoint]) -> None:
    """The table that was live takes along how far each of its readers has come, its version, and what they parked."""
    Checkpoint.objects.filter(reader__regex=fillers(projection, room.FORMER)).delete()
    Parked.objects.filter(reader__regex=fillers(projection, room.FORMER)).delete()
    for each in live:
        name = f"{each.reader}@{room.FORMER}"
        former = Checkpoint.objects.create(
            reader=name, position=each.position, version=each.version, erased=each.erased
        )
        former.started_at = each.started_at  # which is when its table was begun
        former.save()
        Parked.objects.filter(reader=each.reader).update(reader=name)


def _put_former(projection: AnyProjection) -> None:
    _ask_former(projection)
    live = list(map(locked, projection.readers()))
    former = list(map(_caught_up, formers(projection), live))
    for one, other in zip(live, former, strict=True):
        _exchange_parked(one.reader, other.reader)
        # What an operator has paused stays so; what was held as a table of another version is let go.
        paused = one.paused and one.version == projection.version
        one.position, other.position = other.position, one.position
        one.version, other.version = other.version, one.version
        one.started_at, other.started_at = other.started_at, one.started_at
        one.erased, other.erased = other.erased, one.erased
        one.paused = paused or one.version != projection.version
        one.save()
        other.save()
    room.hold_off_vacuum(projection.model, room.FORMER)
    _soon()
    room.move(projection.model, room.LIVE, room.BETWEEN)
    room.move(projection.model, room.FORMER, room.LIVE)
    room.move(projection.model, room.BETWEEN, room.FORMER)


def _caught_up(reader: Reader, live: Checkpoint) -> Checkpoint:
    """Where a former table is that shows all that the live one has shown, unless it is of another version."""
    follow(reader, live.position)
    former = locked(reader)
    if former.version == live.version == reader.version and former.position < live.position:
        raise unknown(reader)
    return former


def _exchange_parked(one: str, other: str) -> None:
    """What each of two readers has parked is the other's from now on."""
    ids = list(Parked.objects.filter(reader=one).values_list("id", flat=True))
    Parked.objects.filter(reader=other).update(reader=one)
    Parked.objects.filter(id__in=ids).update(reader=other)


def _soon() -> None:
    """From here to the commit nobody can read the live table: so this comes last, and waits for no lock for long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
