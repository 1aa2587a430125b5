"""In the background: rebuilds that somebody has asked for, or a new version of the code, carried on by Celery.

What is asked for stands in the checkpoint of the rebuild, so that it is remembered whatever becomes of the messages.
"""

import time
from contextlib import suppress
from datetime import timedelta

from django.db import Error
from django.utils import timezone

from eventstore.models import Checkpoint
from projections.engine import AnyProjection, projections, room
from projections.engine.erased import remembers
from projections.engine.rebuild import (
    BACKGROUND,
    Hindered,
    Tell,
    builder,
    claim,
    fill,
    forget_unless_held,
    is_held,
    let_go,
    table_version,
)
from projections.engine.switch import switch

TURN = 1.0  # seconds of a worker's time, after which the readers of the live tables get theirs
LOST = timedelta(seconds=5)  # after which nobody is expected to come for a rebuild that nobody holds


class TurnOver(Exception):
    """The rebuild goes on in another turn, from `position` on."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(position)


def ask_for(projection: AnyProjection) -> int:
    """Have a read model built anew in the background; the position from which on. Hindered where that cannot be."""
    reader = claim(projection, room.NEXT, BACKGROUND)
    let_go(reader, BACKGROUND)
    return Checkpoint.objects.get(reader=reader.name).position


def go_on(projection: AnyProjection, position: int, tell: Tell) -> bool:
    """Go on with a rebuild that was asked for and stands at `position`; whether it was, and the new table is live.

    TurnOver where there is more to do. A message that came twice, or late, finds the rebuild at another position.
    """
    left = Checkpoint.objects.filter(reader=builder(projection, room.NEXT).name, held_by__endswith=BACKGROUND).first()
    if left is None or (left.position, left.version) != (position, projection.version):
        return False
    if left.paused:  # it was called off as a turn ended, and nobody has come to see it
        forget_unless_held(projection, room.NEXT)
        return False
    over = time.monotonic() + TURN

    def tell_in_turn(reached: int, end: int) -> None:
        tell(reached, end)
        if reached < end and time.monotonic() > over:
            raise TurnOver(reached)

    fill(projection, room.NEXT, tell_in_turn, manner=BACKGROUND)
    try:
        switch(projection)
    except BaseException:
        with suppress(Error):
            let_go(builder(projection, room.NEXT), BACKGROUND)  # or nobody could go on before this session ends
        raise
    return True


def to_go_on_with() -> dict[str, int]:
    """The read models whose rebuild nobody comes for unless they are rung for, and from which position on it goes."""
    begun = {name: position for name in outdated() if (position := _begun(projections()[name])) is not None}
    left = Checkpoint.objects.filter(
        reader__in=[builder(projection, room.NEXT).name for projection in projections().values()],
        held_by__endswith=BACKGROUND,
        advanced_at__lt=timezone.now() - LOST,
    )
    return begun | {each.reader.partition("@")[0]: each.position for each in left if not is_held(each)}


def _begun(projection: AnyProjection) -> int | None:
    """Ask for the rebuild of an outdated table; from which position on, or None where somebody has seen to it."""
    checkpoint = Checkpoint.objects.filter(reader=builder(projection, room.NEXT).name).first()
    if checkpoint and (checkpoint.held_by.endswith(BACKGROUND) or is_held(checkpoint)):
        return None
    if not is_outdated(projection):  # any more: somebody else has built it while others were looked at
        return None
    try:
        return ask_for(projection)
    except Hindered:
        return None


def outdated() -> list[str]:
    """The read models whose table is of an older version than the code, or tells of somebody who was erased.

    Those that an operator has paused are left alone.
    """
    paused = set(Checkpoint.objects.filter(paused=True).values_list("reader", flat=True))
    free = (each for each in projections().values() if paused.isdisjoint(reader.name for reader in each.readers()))
    return [projection.name for projection in free if is_outdated(projection)]


def is_outdated(projection: AnyProjection) -> bool:
    """Whether the live table has to be made anew."""
    version = table_version(projection)
    if version is None or version > projection.version:
        return False
    return version < projection.version or remembers(projection, projection.readers())
