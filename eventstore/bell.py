"""The doorbell: wakes the readers that want what was just appended. Nothing is lost when nobody hears it."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis, RedisError

from eventstore.database import here
from eventstore.messages import Event
from eventstore.readers import readers

ECHO = 5  # seconds for which a ring stands for all that follow, unless it is heard earlier
PROCESS = "process:"  # ahead of the name of a process, for that of its reader
SYSTEM = "system:"  # ahead of the name of another system that has something to be asked
INBOX = "inbox:"  # and of one that has told us something
SILENCE = 5.0  # seconds for which a broker that could not be reached is left alone

logger = logging.getLogger(__name__)


_gathered: ContextVar[set[str] | None] = ContextVar("gathered", default=None)


class Silence:
    """Until when the broker is left alone, by this process's monotonic clock."""

    until = 0.0


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


def ring_for(events: Sequence[Event]) -> None:
    """Wake, once the transaction is committed, every reader that wants one of these events."""
    names = wanting(frozenset(map(type, events)))
    if not names:
        return
    database = here()
    if database.in_atomic_block:
        database.on_commit(lambda: ring(names), robust=True)
        return
    try:  # as on_commit would, which asks for more before it does
        ring(names)
    except Exception:
        logger.exception("Nobody was woken. The tick will wake the readers.")


@cache
def wanting(kinds: frozenset[type[Event]]) -> tuple[str, ...]:
    """Which readers want an event of these kinds: to ask each of them takes longer than to decide."""
    return tuple(name for name, reader in readers().items() if not kinds.isdisjoint(reader.wants))


def ring(names: Iterable[str]) -> None:
    """Wake these readers; those who were rung and have not begun yet are not rung again."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.update(names)
        return
    if time.monotonic() < Silence.until:
        return
    try:
        wanted = list(names)
        with _redis().pipeline(transaction=False) as pipe:
            for name in wanted:
                pipe.set(f"bell:{name}", 1, nx=True, ex=ECHO)
            rung = pipe.execute()
        for name, first in zip(wanted, rung, strict=True):
            if first:
                task, what = task_for(name)
                current_app.send_task(task, (what,), retry=False, ignore_result=True)
    except (RedisError, OperationalError, OSError) as error:
        Silence.until = time.monotonic() + SILENCE
        logger.warning("The broker cannot be reached (%s). The tick will wake the readers.", type(error).__name__)


def task_for(name: str) -> tuple[str, str]:
    """What Celery is to run for whoever is woken, and with whose name."""
    if name.startswith(SYSTEM):
        return "eventstore.tasks.ask", name.removeprefix(SYSTEM)
    if name.startswith(INBOX):
        return "eventstore.tasks.heed", name.removeprefix(INBOX)
    if name.startswith(PROCESS):
        return "eventstore.tasks.carry", name
    return "eventstore.tasks.advance", name


@contextmanager
def together() -> Iterator[None]:
    """Who is rung for inside is rung at the end, once."""
    if _gathered.get() is not None:
        yield
        return
    gathered = set[str]()
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
        if gathered:
            ring(gathered)


def heard(name: str) -> None:
    """A reader has begun: what is appended from now on rings again."""
    try:
        _redis().delete(f"bell:{name}")
    except RedisError as error:
        logger.warning("The bell of %s cannot be taken back (%s).", name, type(error).__name__)
