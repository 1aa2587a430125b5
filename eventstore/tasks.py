"""What Celery runs: a reader that was woken, and the tick that wakes whoever was not."""

import time

from celery import shared_task

from eventstore import bell, subscriptions
from eventstore.process import deadlines, sending
from eventstore.process.runtime import PREFIX
from eventstore.readers import readers

SHARE = 2.0  # seconds, after which other tasks have their turn


@shared_task(name="eventstore.tasks.advance")
def advance(name: str) -> None:
    """Bring a reader up to the end of the log; where it moves a process, send what processes owe."""
    bell.heard(name)
    subscriptions.advance(name)
    if name.startswith(PREFIX):
        end = time.monotonic() + SHARE
        sending.send_owed(end)
        if time.monotonic() >= end:
            bell.ring([name])


@shared_task(name="eventstore.tasks.tick")
def tick() -> None:
    """Wake every reader, for the sake of what the bell did not ring for; and tell of the deadlines that have come."""
    bell.ring(readers())
    deadlines.fire(time.monotonic() + SHARE)
