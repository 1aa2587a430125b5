"""Read your own writes: wait, for a moment, until a read model shows what a command has done; or say how old it is."""

import time
from datetime import datetime, timedelta

from eventstore import clock, log
from eventstore.models import Checkpoint
from projections.engine import projection_named

PAUSE = 0.01  # seconds between two looks
STALE = timedelta(seconds=5)


def next_for(projection: str) -> tuple[int, datetime] | None:
    """The first event that a read model wants and does not show yet: its position, and when it was recorded."""
    readers = projection_named(projection).readers()
    positions = dict(
        Checkpoint.objects.filter(reader__in=[each.name for each in readers]).values_list("reader", "position")
    )
    found = (log.next_of(positions.get(each.name, 0), each.stored_names(), each.partition) for each in readers)
    return min((missing for missing in found if missing), default=None)


def reached(projection: str, position: int) -> bool:
    """Whether the read model shows everything up to this position of the log."""
    missing = next_for(projection)
    return missing is None or missing[0] > position


def wait_for(projection: str, position: int, timeout: float = 1.0) -> bool:
    """Wait until the read model shows everything up to `position`, for at most `timeout` seconds; whether it does."""
    until = time.monotonic() + timeout
    while not reached(projection, position):
        if time.monotonic() >= until:
            return False
        time.sleep(PAUSE)
    return True


def as_of(projection: str) -> datetime | None:
    """The time up to which a read model shows everything, where something has waited for it for more than 5 seconds."""
    missing = next_for(projection)
    return missing[1] if missing and clock.now() - missing[1] > STALE else None
