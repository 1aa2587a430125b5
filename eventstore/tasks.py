"""What Celery runs: a reader that was woken, and the tick that wakes whoever was not."""

import time

from celery import shared_task
from celery.signals import worker_init

from eventstore import bell, subscriptions
from eventstore.effects import asking, systems
from eventstore.inbox import heeding, left, senders
from eventstore.process import deadlines, sending
from eventstore.readers import readers

SHARE = 2.0  # seconds, after which other tasks have their turn


@worker_init.connect
def get_ready(**_: object) -> None:
    """Load the adapters of other systems before there is work: loading takes a second, and nobody is to wait for it."""
    systems()
    senders()


@shared_task(name="eventstore.tasks.advance")
def advance(name: str) -> None:
    """Bring a reader up to the end of the log."""
    bell.heard(name)
    subscriptions.advance(name)


@shared_task(name="eventstore.tasks.carry")
def carry(name: str) -> None:
    """Bring the reader of a process up to the end of the log, and send what processes owe."""
    advance(name)
    end = time.monotonic() + SHARE
    sending.send_owed(end)
    if time.monotonic() >= end:
        bell.ring([name])


@shared_task(name="eventstore.tasks.ask")
def ask(system: str) -> None:
    """Ask another system for what is to be asked of it. Whoever finds more than one thing rings for company."""
    bell.heard(f"{bell.SYSTEM}{system}")
    asking.ask_all(system, time.monotonic() + SHARE, company=True)


@shared_task(name="eventstore.tasks.heed")
def heed(system: str) -> None:
    """Work on what another system has told us."""
    bell.heard(f"{bell.INBOX}{system}")
    end = time.monotonic() + SHARE
    heeding.heed_all(system, end)
    if time.monotonic() >= end:
        bell.ring([f"{bell.INBOX}{system}"])


@shared_task(name="eventstore.tasks.tick")
def tick() -> None:
    """Wake every reader, ask and heed every system, where the bell did not ring; tell of deadlines that have come."""
    bell.ring([*readers(), *(f"{bell.SYSTEM}{name}" for name in systems())])
    bell.ring(f"{bell.INBOX}{name}" for name in senders())
    deadlines.fire(time.monotonic() + SHARE)


@shared_task(name="eventstore.tasks.forget")
def forget() -> None:
    """Forget what other systems have told us long ago, and what was settled then."""
    left.forget()
