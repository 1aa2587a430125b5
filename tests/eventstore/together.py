"""Several at once: threads with connections of their own, as the web server and the workers have them."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial

from django.db import connection

from tests.eventstore.pieces import rows


def elsewhere[T](deed: Callable[[], T], *, database: str | None = None) -> Future[T]:
    """Begin a deed on another connection (to another database), and go on."""
    executor = ThreadPoolExecutor(1)
    future = executor.submit(_connected, deed, database)
    executor.shutdown(wait=False)
    return future


def at_once[T](number: int, deed: Callable[[int], T]) -> list[T]:
    """What comes of a deed that `number` threads do at the same moment; each is told which one it is."""
    start = threading.Barrier(number)

    def begin(which: int) -> T:
        start.wait()
        return deed(which)

    futures = [elsewhere(partial(begin, which)) for which in range(number)]
    wait(futures)
    return [future.result() for future in futures]


def until_blocked(number: int = 1) -> None:
    """Return once `number` connections wait for a lock."""
    until = time.monotonic() + 30  # it may be a process that has yet to start
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while rows(waiting)[0][0] < number:
        assert time.monotonic() < until, "Nobody waits for a lock."
        time.sleep(0.005)
        rows("SELECT pg_stat_clear_snapshot()")  # inside a transaction it would stay as it was


def _connected[T](deed: Callable[[], T], database: str | None) -> T:
    if database:
        connection.settings_dict = connection.settings_dict | {"NAME": database}
    try:
        rows("SET lock_timeout = '5s'")  # who waits for each other for ever shall fail, and not hang
        return deed()
    finally:
        connection.close()
