"""A worker that dies, by kill -9, between any two of its statements; and what came of the events that it was at."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext

from django.conf import settings
from django.db import connection
from django.test import override_settings
from redis import Redis

from eventstore import bell, log, tasks
from eventstore.models import Checkpoint, Parked
from eventstore.readers import readers
from orders.domain.stock_item import StockReceived
from projections.products import PROJECTION, Product
from tests.eventstore.pieces import METADATA
from tests.eventstore.statements import announced

(NAME,) = [reader.name for reader in PROJECTION.readers()]
BATCH = 8
APPENDS = 10
SKUS = 6
BAD = "BAD-{}-" + "X" * 40  # longer than the number of a product that a row can hold
NOWHERE = "redis://127.0.0.1:1/0"


def kill_everywhere(kills: int, seed: int) -> Iterator[str]:
    """Kill a worker at as many of its statements, evenly chosen; what is wrong after each death, if anything."""
    readers()[NAME].batch = BATCH
    chance = random.Random(seed)
    happen(chance, -1)
    finish()  # who comes first also makes the checkpoint
    happen(chance, 0)
    statements = finish()
    for number in range(1, kills + 1):
        happen(chance, number)
        at = 1 + (number - 1) * statements // kills
        if begin(number, at).wait() != -signal.SIGKILL:
            yield f"kill {number}: nobody died at statement {at}"
        finish()
        yield from (f"kill {number}, at statement {at} of {statements}: {fault}" for fault in faults())


def kill_some_of_many(rounds: int, seed: int, workers: int = 4) -> Iterator[str]:
    """Have several work at once, and each of them die at a statement of its own, or live."""
    chance = random.Random(seed)
    for number in range(1, rounds + 1):
        happen(chance, 10_000 + number)
        ages = [chance.randint(1, 80) for _ in range(workers)]
        for worker in [begin(number, age) for age in ages]:
            worker.wait()
        finish()
        yield from (f"round {number}, dying at {ages}: {fault}" for fault in faults())


class Worker:
    """A process that was forked from here."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def wait(self) -> int:
        """Its exit code once it has ended; that of a killed one is negative."""
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def happen(chance: random.Random, number: int) -> None:
    """New events: pieces of some products, and in the middle, of one that cannot be taken."""
    for place in range(APPENDS):
        skus = [f"SKU-{sku}" for sku in chance.sample(range(SKUS), 4)]
        if place == APPENDS // 2:
            skus.insert(2, BAD.format(number))
        log.append([received(sku, chance.randint(1, 9)) for sku in skus], METADATA)


def received(sku: str, quantity: int) -> log.New:
    """Some pieces arrive; of what cannot be taken, more arrive behind them."""
    quantities = [quantity, 1] if sku.startswith("BAD") else [quantity]
    return log.New(f"stock_item-{sku}", [StockReceived(sku=sku, quantity=each) for each in quantities])


def begin(number: int, age: int) -> Worker:
    """A worker that is woken, and killed ahead of its statement number `age`; now and then without Redis."""
    if number % 3 == 1:
        Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    connection.close()
    if pid := os.fork():
        return Worker(pid)
    try:
        with override_settings(CELERY_BROKER_URL=NOWHERE) if number % 3 == 2 else nullcontext():
            live(age)
    finally:
        os._exit(1)


def live(age: int) -> None:
    """Advance the reader, until death."""
    bell._redis.cache_clear()
    seen = 0

    def grow_older(_: str) -> None:
        nonlocal seen
        seen += 1
        if seen == age:
            os.kill(os.getpid(), signal.SIGKILL)

    with announced(grow_older):
        tasks.advance(NAME)
    os._exit(0)


def finish() -> int:
    """Somebody who lives comes by, as the tick has them do, until all is done; how many statements they need.

    They may be turned away at first: the database lets go of the fence when it notices that its holder is dead.
    """
    seen: list[str] = []
    head, end = log.number(), time.monotonic() + 10
    with announced(seen.append):
        tasks.advance(NAME)
    while not Checkpoint.objects.filter(reader=NAME, position=head).exists() and time.monotonic() < end:
        time.sleep(0.01)
        tasks.advance(NAME)
    return len(seen)


def faults() -> Iterator[str]:
    """What the read model should show and does not, and what is set aside and should not be; by the whole log."""
    available: Counter[str] = Counter()
    bad: dict[int | None, tuple[str, bool]] = {}
    for recorded in log.read_log():
        event = recorded.event
        assert isinstance(event, StockReceived)
        if event.sku.startswith("BAD"):
            bad[recorded.position] = recorded.stream, recorded.version == 1
        else:
            available[event.sku] += event.quantity
    shown = dict(Product.objects.values_list("sku", "available"))
    if shown != available:
        yield f"{shown} are shown, {dict(available)} are there"
    parked = {each.position: (each.stream, bool(each.error)) for each in Parked.objects.filter(reader=NAME)}
    if parked != bad:
        wrong = dict(parked.items() ^ bad.items())
        yield f"parked, and should not be, or the other way round: {wrong}"
    if Checkpoint.objects.get(reader=NAME).position != log.number():
        yield "the reader has not come to the end of the log"
