"""Read your own writes: wait, for a moment, until a read model shows what a command has done."""

import time

from eventstore.models import Checkpoint

PAUSE = 0.01  # seconds between two looks


def reached(projection: str, position: int) -> bool:
    """Whether the read model shows everything up to this position of the log."""
    return Checkpoint.objects.filter(reader=projection, position__gte=position).exists()


def wait_for(projection: str, position: int, timeout: float = 1.0) -> bool:
    """Wait until the read model shows everything up to `position`, for at most `timeout` seconds; whether it does."""
    until = time.monotonic() + timeout
    while not reached(projection, position):
        if time.monotonic() >= until:
            return False
        time.sleep(PAUSE)
    return True
