"""Rebuild: the same table once more from the first event on, in a room of its own beside the live one.

A rebuild is a reader like any other. Its checkpoint is its fence, its progress and its memory: it can be killed and go
on, and what it cannot take is parked. Nothing here, and nothing it calls, could send a command or a message.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import Error, connection, transaction
from django.db.models import Max
from django.utils import timezone

from eventstore import log
from eventstore.models import Checkpoint, Parked
from eventstore.readers import Reader
from eventstore.subscriptions import fence, is_passing, move, step
from projections.engine import AnyProjection, Fact, room
from projections.engine.ahead import reading_ahead
from projections.engine.table import in_room
from projections.engine.vanguard import Unfit, Vanguard, vanguards

CHUNK = 20_000  # positions of the log in one transaction
BREATH = 0.2  # seconds between two looks at whether the rebuild is still wanted, while a vanguard is waited for
SILENCE = timedelta(seconds=60)  # after which a session that does nothing is taken to have left its rebuild
BACKGROUND = " in the background"  # behind the session in `held_by`, and what is left of it between two sessions

DOING = {room.NEXT: "rebuilt", room.THEN: "built as it was", room.CHECKED: "verified"}

logger = logging.getLogger(__name__)

type Tell = Callable[[int, int], None]


class Hindered(Exception):
    """A table cannot be built, or put in place, at present. Says why; the live table is as it was."""


class Busy(Hindered):
    """Somebody else builds this read model."""


class Cancelled(Hindered):
    """The rebuild was called off."""


def builder(projection: AnyProjection, place: str) -> Reader:
    """The reader that fills the table in the room `place`."""

    def take(facts: Sequence[Fact]) -> None:
        with in_room(place):
            projection.take(facts)

    return projection.reader(f"{projection.name}@{place}", take, batch=CHUNK)


def fill(
    projection: AnyProjection, place: str, tell: Tell, *, until: int | None = None, manner: str = "", processes: int = 1
) -> None:
    """Fill the table in `place` up to the end of the log, or `until` a position; `tell(position, of)` as it goes.

    Whatever ends it on the way, what it has come to is kept, and the next one goes on from there. With several
    `processes`, later parts of the log are folded at once where rows begin once; no thread may be at work then.
    """
    with held(projection, place, manner) as reader:
        begin, end = Checkpoint.objects.get(reader=reader.name).position, log.number() if until is None else until
        with vanguards(projection, place, begin, end, processes) as others, reading_ahead(CHUNK) as ahead:
            reader.read = ahead
            reached = -1
            while reached < end:
                end = log.number() if until is None else until
                ahead.end = others[0].start if others else end
                reached = _step(reader, ahead.end)
                while others and reached == others[0].start:
                    reached = _added(reader, others[0])
                    others.pop(0).leave()
                tell(reached + sum(each.done() for each in others), end)
        with transaction.atomic():
            ask_not_migrated(projection, place)
            room.index(projection.model, place)


@contextmanager
def held(projection: AnyProjection, place: str, manner: str = "") -> Iterator[Reader]:
    """Hold the table in `place`; when the block is left early, let go of it, so that somebody can go on at once."""
    reader = claim(projection, place, manner)
    try:
        yield reader
    except Cancelled:
        forget(projection, place)
        raise
    except BaseException:
        with suppress(Error):
            let_go(reader, manner)
        raise


def let_go(reader: Reader, manner: str) -> None:
    """Nobody holds the table any more."""
    Checkpoint.objects.filter(reader=reader.name, held_by=us() + manner).update(held_by=manner)


def _step(reader: Reader, end: int) -> int:
    """One batch, where the table is still ours and wanted; the position after it."""
    with transaction.atomic():
        still_ours(reader)
        room.commit_without_waiting()  # as the checkpoint goes with the rows
        _, reached = step(reader, end)
    if reached is None:
        raise unknown(reader)
    return reached


def unknown(reader: Reader) -> Hindered:
    """What is said where a table cannot be filled any further by this code."""
    name = reader.name.partition("@")[0]
    return Hindered(f"The log holds what only newer code knows, so {name} is not rebuilt here. Deploy that code.")


def _added(reader: Reader, vanguard: Vanguard) -> int:
    """The position that the table has come to, once what a vanguard has made is in it, where it can be."""
    while vanguard.is_at_work(BREATH):
        with transaction.atomic():
            still_ours(reader)
            move(reader, vanguard.start)  # to where it is: whoever looks sees somebody at work
    try:
        with transaction.atomic():
            still_ours(reader)
            room.commit_without_waiting()
            vanguard.add_to(reader)
    except Hindered:
        raise
    except Unfit as reason:
        logger.warning("%s folds what is behind %s in the ordinary way: %s", reader.name, vanguard.start, reason)
        return vanguard.start
    except Exception as error:
        if is_passing(error):
            raise
        logger.exception("%s folds what is behind %s in the ordinary way", reader.name, vanguard.start)
        return vanguard.start
    return vanguard.end


def still_ours(reader: Reader) -> Checkpoint:
    """The checkpoint of a table that we fill, locked; Busy where somebody has taken over, Cancelled if called off."""
    checkpoint = Checkpoint.objects.select_for_update().filter(reader=reader.name).first()
    name = reader.name.partition("@")[0]
    if checkpoint is None or not checkpoint.held_by.startswith(us()):
        raise Busy(f"Somebody else has taken over the rebuild of {name}.")
    if checkpoint.paused:
        raise Cancelled(f"The rebuild of {name} was cancelled. The live table is as it was.")
    return checkpoint


def claim(projection: AnyProjection, place: str, manner: str = "") -> Reader:
    """Have the table that is to be filled, empty or as far as it came; Busy while somebody else fills it."""
    ask_live(projection)
    reader = builder(projection, place)
    with transaction.atomic():
        checkpoint = locked(reader)
        _ask_free(projection, checkpoint, DOING[place])
        if not _goes_on(projection, checkpoint, place):
            forget(projection, place)
            room.create(projection.model, place)
            checkpoint = locked(reader)
        checkpoint.held_by = us() + manner
        checkpoint.save()
    return reader


def left_off(projection: AnyProjection) -> int:
    """The position that a rebuild which begins now goes on from; 0 where it begins anew."""
    checkpoint = Checkpoint.objects.filter(reader=builder(projection, room.NEXT).name).first()
    return checkpoint.position if checkpoint and _goes_on(projection, checkpoint, room.NEXT) else 0


def _goes_on(projection: AnyProjection, checkpoint: Checkpoint, place: str) -> bool:
    """Whether the table is there, of this version, like the live one, and still wanted."""
    fit = checkpoint.version == projection.version and not checkpoint.paused
    return fit and room.exists(projection.model, place) and room.is_like_live(projection.model, place)


def locked(reader: Reader) -> Checkpoint:
    """The checkpoint of a reader, locked to the end of the transaction."""
    checkpoint = fence(reader, wait=True)
    assert checkpoint is not None
    return checkpoint


def _ask_free(projection: AnyProjection, checkpoint: Checkpoint, doing: str) -> None:
    """Busy where somebody else fills the table, or newer code has begun to."""
    if checkpoint.version > projection.version:
        raise Busy(f"{projection.name} is being {doing} by version {checkpoint.version} of the code.")
    if not checkpoint.held_by.startswith(us()) and is_held(checkpoint):
        since = timezone.localtime(checkpoint.started_at)
        raise Busy(
            f"{projection.name} is being {doing} since {since:%H:%M:%S}, and has come to position"
            f" {checkpoint.position}."
        )


def ask_live(projection: AnyProjection) -> None:
    """Hindered where there is no live table, or it was made by newer code: a table never goes back a version."""
    if not room.exists(projection.model, room.LIVE):
        raise Hindered(f"The table {projection.model._meta.db_table} is missing. Run manage.py migrate.")
    known = (field.column for field in projection.model._meta.concrete_fields)
    if lacking := sorted(set(known) - room.columns(projection.model, room.LIVE).keys()):
        raise Hindered(
            f"The table {projection.model._meta.db_table} lacks {', '.join(lacking)}. Run manage.py migrate."
        )
    version = table_version(projection)
    if version and version > projection.version:
        raise Hindered(
            f"The table of {projection.name} is of version {version}, and this code of version {projection.version}."
            f" Deploy the newer code, or take the former table: manage.py replay --back {projection.name}"
        )


def ask_not_migrated(projection: AnyProjection, place: str) -> None:
    """Hindered where the live table was migrated since the one in `place` was made, which lacks what came by that."""
    if not room.is_like_live(projection.model, place):
        raise Hindered(
            f"The table of {projection.name} was migrated while it was being {DOING[place]}, and stays as it is."
            " Ask for it again."
        )


def table_version(projection: AnyProjection) -> int | None:
    """The version of the code that the live table was made by; None before its first event."""
    names = [reader.name for reader in projection.readers()]
    newest: int | None = Checkpoint.objects.filter(reader__in=names).aggregate(Max("version"))["version__max"]
    return newest


def us() -> str:
    """This session of the database, told apart from one that had its number before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concat(pid, ' ', backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        return str(cursor.fetchone()[0])


def is_held(checkpoint: Checkpoint) -> bool:
    """Whether the session that holds a rebuild is there, and at work, or was not long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM pg_stat_activity WHERE starts_with(%s, concat(pid, ' ', backend_start))",
            [checkpoint.held_by],
        )
        session = cursor.fetchone()
    return session is not None and (session[0] != "idle" or timezone.now() - checkpoint.advanced_at < SILENCE)


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


def clean(projection: AnyProjection) -> list[str]:
    """Drop what is no longer built or served from: the former table, and those made to look at; in which rooms."""
    return [
        place
        for place in (room.FORMER, room.THEN, room.CHECKED)
        if room.exists(projection.model, place) and forget_unless_held(projection, place)
    ]


def forget_unless_held(projection: AnyProjection, place: str) -> bool:
    """Throw away the table in the room `place`, unless somebody else fills it; whether nobody does."""
    with transaction.atomic():
        checkpoint = Checkpoint.objects.select_for_update().filter(reader=builder(projection, place).name).first()
        free = checkpoint is None or checkpoint.held_by.startswith(us()) or not is_held(checkpoint)
        if free:
            forget(projection, place)
    return free


def forget(projection: AnyProjection, place: str) -> None:
    """Throw away the table in the room `place`, how far it had come, and what it had parked."""
    with transaction.atomic():
        room.drop(projection.model, place)
        room.close_parts(projection.model, place)
        Checkpoint.objects.filter(reader__regex=fillers(projection, place)).delete()
        Parked.objects.filter(reader__regex=fillers(projection, place)).delete()


def fillers(projection: AnyProjection, place: str) -> str:
    """A pattern of the names of all readers that may have filled the table in `place`, in parts or as a whole."""
    return rf"^{projection.name}(#[^@]+)?@{place}$"
