"""What Celery runs: a reader that was woken, and the tick that wakes whoever was not."""

from celery import shared_task

from eventstore import bell, subscriptions
from eventstore.process import deadlines, sending
from eventstore.process.runtime import PREFIX
from eventstore.readers import readers


@shared_task(name="eventstore.tasks.advance")
def advance(name: str) -> None:
    """Bring a reader up to the end of the log; where it moves a process, send what that owes."""
    bell.heard(name)
    subscriptions.advance(name)
    if name.startswith(PREFIX):
        sending.send_owed()


@shared_task(name="eventstore.tasks.tick")
def tick() -> None:
    """Wake every reader, for the sake of what the bell did not ring for; and tell of the deadlines that have come."""
    deadlines.fire()
    bell.ring(readers())
    sending.send_owed()
