"""Patience: how long a reader may take over what it was given, so that one that hangs is ended and the worker lives."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from eventstore.database import break_off, query


class TookTooLong(Exception):
    """What was done took longer than it may."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Run the block for at most so many seconds, inside a transaction; then TookTooLong, or the database's own word.

    The database ends a statement first, as one that is left in the middle takes its connection along. Python code is
    ended by an alarm, which only a process's main thread can set: Celery's prefork workers read there. Where it rings
    in the middle of a statement, as several took too long together, that one is broken off before anything is undone.
    """
    query(
        "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)",
        (f"{int(seconds * 1000)}ms", f"{int(seconds * 500)}ms"),
    )
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"It took longer than {seconds:g} s.")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds * 1.2)
    try:
        yield
    except TookTooLong:
        break_off()
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
