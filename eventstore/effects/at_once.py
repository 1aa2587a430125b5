"""Asking at once: somebody sits in front of a screen that has to know what a system says before it goes on."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from eventstore import clock
from eventstore.effects import NotSent, Unanswered, borders

# So many threads of a program wait for one system; those that answer everybody else are never taken up by it.
MOST = 4
_rooms: defaultdict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(MOST))


@contextmanager
def at_once(system: str) -> Iterator[None]:
    """A system is asked within this, outside any transaction, and how it answers is counted as in the outbox.

    NotSent, without asking, where it is left alone for now, or as many as may be are waiting for it already.
    """
    room = _rooms[system]
    if not room.acquire(blocking=False):
        raise NotSent(f"Too many are waiting for {system}.")
    try:
        ask_passable(system)
        with counting(system):
            yield
    finally:
        room.release()


def ask_passable(system: str) -> None:
    """NotSent, where a system is left alone for now; who comes next after that tries it alone."""
    with transaction.atomic():
        border, now = borders.held(system), clock.now()
        if not borders.passable(border, now):
            raise NotSent(f"{system} is left alone for now.")
        borders.probing(border, now)


@contextmanager
def counting(system: str) -> Iterator[None]:
    """Whatever a system says is an answer; that it says nothing is none."""
    began = time.monotonic()
    try:
        yield
    except (NotSent, Unanswered) as error:
        borders.failed(system, time.monotonic() - began, str(error))
        raise
    except Exception:
        borders.answered(system, time.monotonic() - began)
        raise
    borders.answered(system, time.monotonic() - began)
