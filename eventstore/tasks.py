"""What Celery runs: a reader that was woken, and the tick that wakes whoever was not."""

from celery import shared_task

from eventstore import bell, subscriptions
from eventstore.readers import readers


@shared_task(name="eventstore.tasks.advance")
def advance(name: str) -> None:
    """Bring a reader up to the end of the log."""
    bell.heard(name)
    subscriptions.advance(name)


@shared_task(name="eventstore.tasks.tick")
def tick() -> None:
    """Wake every reader, for the sake of what the bell did not ring for."""
    bell.ring(readers())
