"""A shop in turmoil: many write, workers die, Redis forgets, tables are built anew; and what the tables say then."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import partial
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.db import Error
from kombu.exceptions import KombuError
from redis import Redis, RedisError
from uuid_utils.compat import uuid7

from eventstore import log
from eventstore.dispatch import Actor, dispatch
from eventstore.messages import OWNER
from eventstore.models import Parked
from eventstore.tasks import tick
from projections import tasks
from projections.engine import projections, room
from projections.engine.background import ask_for
from projections.engine.health import healths
from projections.engine.inspection import verify
from projections.engine.rebuild import Hindered, cancel, fill
from tests.celery_room import PROJECT
from tests.celery_room import test_environment as environment
from tests.eventstore.together import elsewhere
from tests.projections.rooms import content, nobody
from tests.projections.rooms import rebuild as replay
from tests.projections.trade import Trade
from tests.shop import SHOPKEEPER

WORKER = ("--concurrency=2", "--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat")
KILLED_EVERY = 4.0  # seconds, which is what a worker needs to come up, and a little more
FLUSHED_EVERY = 1.5
TICK = 0.5
ASKED_EVERY = 2.0
REPLAYED_EVERY = 0.7
MISHAPS = {"workers killed", "times Redis was flushed", "tables built anew"}
PATIENCE = 120.0  # seconds until everything has to be shown


class Turmoil:
    """So many commands by so many writers, and everything that can come in between."""

    def __init__(self, *, commands: int, writers: int, seed: int | None = None) -> None:
        self.commands = commands
        self.writers = writers
        self.seed = seed if seed is not None else random.randrange(2**32)
        self.counts: Counter[str] = Counter()
        self.over = threading.Event()
        self.seconds = 0.0

    def run(self) -> None:
        """Begin with an empty shop, and return once every table shows the whole log."""
        began = time.monotonic()
        others = [elsewhere(deed) for deed in (self._kill, self._flush, self._tick, self._ask, self._replay)]
        writers = [elsewhere(partial(self._write, number)) for number in range(self.writers)]
        everybody: list[Future[Any]] = [*writers, *others]
        try:
            self.counts["events"] = sum(writer.result() for writer in writers)
            self.seconds = time.monotonic() - began
            self._wait()
        finally:
            self.over.set()
            wait(everybody)  # nothing of it goes on behind a test that has failed
        for other in others:
            other.result()

    def faults(self) -> Iterator[str]:
        """What the live tables say, and the log does not; by a table built anew, and by its hash."""
        for name, projection in projections().items():
            cancel(projection)
            if differing := list(verify(projection, nobody)):
                yield f"{name}: {len(differing)} rows differ, such as {differing[0]}"
            fill(projection, room.NEXT, nobody)
            if content(projection) != content(projection, room.NEXT):
                yield f"{name}: {content(projection)} is live, {content(projection, room.NEXT)} by the log"
            cancel(projection)
        if parked := Parked.objects.count():
            yield f"{parked} events are parked"
        if (there := log.number()) != self.counts["events"]:
            yield f"{self.counts['events']} events were acknowledged, {there} are there"

    def _write(self, number: int) -> int:
        """Trade, until all that can come in between has come at least once; how many events came of it."""
        chance = random.Random(f"{self.seed} {number}")
        trade = Trade(chance, f"W{number}")
        share = self.commands // self.writers
        done = sent = 0
        while not self.over.is_set() and (sent < share or not self.counts.keys() >= MISHAPS):
            assert sent < 100 * share, f"this never came: {MISHAPS - self.counts.keys()}"
            command = trade.command()
            done += len(dispatch(command, actor=whoever_may(command), command_id=uuid7()).events)
            sent += 1
        return done

    def _wait(self) -> None:
        """Until Celery alone has brought every table to the end of the log."""
        until = time.monotonic() + PATIENCE
        while any(health.behind for health in healths()):
            assert time.monotonic() < until, f"still behind: {healths()}"
            time.sleep(0.1)

    def _kill(self) -> None:
        """Workers come, and are killed with everything they have in hand."""
        while not self.over.is_set():
            with TemporaryFile() as output, worker(output.fileno()) as process:
                if not self.over.wait(KILLED_EVERY):
                    self.counts["workers killed"] += 1
                os.killpg(process.pid, signal.SIGKILL)

    def _flush(self) -> None:
        """Redis forgets everything."""
        self._every(FLUSHED_EVERY, "times Redis was flushed", Redis.from_url(settings.CELERY_BROKER_URL).flushdb)

    def _tick(self) -> None:
        """Celery beat, in a hurry."""

        def ring() -> None:
            tick.delay()
            tasks.renew.delay()

        self._every(TICK, "ticks", ring)

    def _ask(self) -> None:
        """Celery is asked to build tables anew."""
        chance = random.Random(f"{self.seed} in the background")

        def ask() -> None:
            name = chance.choice(sorted(projections()))
            tasks.rebuild.delay(name, ask_for(projections()[name]))

        self._every(ASKED_EVERY, "rebuilds asked for", ask)

    def _replay(self) -> None:
        """Somebody builds tables anew at a terminal."""
        chance = random.Random(f"{self.seed} at a terminal")
        self._every(REPLAYED_EVERY, "tables built anew", lambda: replay(chance.choice(list(projections().values()))))

    def _every(self, seconds: float, what: str, deed: Callable[[], object]) -> None:
        while not self.over.wait(seconds):
            with suppress(Hindered, Error, RedisError, KombuError, OSError):
                deed()
                self.counts[what] += 1


def whoever_may(command: Any) -> Actor:
    """The shopkeeper does everything, but for what nobody does for a customer."""
    return Actor(str(command.customer_id)) if command.sent_by == {OWNER} else SHOPKEEPER


def worker(output: int) -> subprocess.Popen[bytes]:
    """A Celery worker and its children, in a process group of their own."""
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", *WORKER],
        cwd=PROJECT,
        env=environment(),
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
