"""Read your own writes: wait, for a moment, until a read model shows what a command has done; or say how old it is."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from eventstore import clock, log
from projections.engine import projection_named

PAUSE = 0.01  # seconds between two looks
STALE = timedelta(seconds=5)


type Missing = tuple[int, datetime]


def next_for(projection: str, position: int = 0) -> Missing | None:
    """The first event that a read model wants and does not show yet: its position, and when it was recorded."""
    return next_for_any((projection,), position)


def next_for_any(projections: Iterable[str], position: int = 0) -> Missing | None:
    """The first event that one of these read models wants and does not show yet, in one question.

    What was parked counts only where it is the event at `position`, or one that this waits for in its stream.
    """
    readers = [reader for name in projections for reader in projection_named(name).readers()]
    found = log.next_for_each([(each.name, each.stored_names(), each.partition) for each in readers], position)
    return min(found.values(), default=None)


def reached(projection: str, position: int) -> bool:
    """Whether the read model has come to this position of the log, and shows what is there."""
    missing = next_for(projection, position)
    return missing is None or missing[0] > position


def wait_for(projection: str, position: int, timeout: float = 1.0) -> bool:
    """Wait until the read model shows what is at `position`, for at most `timeout` seconds; whether it does."""
    until = time.monotonic() + timeout
    while not reached(projection, position):
        if time.monotonic() >= until:
            return False
        time.sleep(PAUSE)
    return True


def as_of(projection: str) -> datetime | None:
    """The time up to which a read model shows everything, where something has waited for it for more than 5 seconds.

    What was parked makes nothing else older.
    """
    return too_old(next_for(projection))


def too_old(missing: Missing | None) -> datetime | None:
    """When that was recorded which is missing, if it was more than 5 seconds ago."""
    return missing[1] if missing and clock.now() - missing[1] > STALE else None
