"""A rebuild that dies, by kill -9, between any two of its statements; and what came of the tables it was at."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from unittest.mock import patch

import psycopg
from django.db import connection

from eventstore import log
from projections import order_page, products
from projections.engine import AnyProjection, rebuild, room, vanguard
from projections.engine.rebuild import Busy
from projections.engine.switch import back
from tests import factories
from tests.eventstore import statements
from tests.eventstore.mortal import Worker
from tests.eventstore.pieces import METADATA
from tests.projections import rooms
from tests.projections.trade import record
from tests.shop import follow

CHUNK = 20
ALONE, IN_PARTS = products.PROJECTION, order_page.PROJECTION
PROCESSES = 3  # of which each dies at a statement of its own, where the rows begin once


def kill_everywhere(projection: AnyProjection, kills: int, seed: int) -> Iterator[str]:
    """Kill a rebuild at as many of its statements, evenly chosen; what is wrong after each death, if anything."""
    rebuild.CHUNK = vanguard.CHUNK = vanguard.WORTH = CHUNK
    rebuild.BREATH = 10  # so that it takes the same statements each time
    chance = random.Random(seed)
    record(chance, 50)
    follow()
    of = age_of(lambda: live(projection))
    for number in range(1, kills + 1):
        happen(chance)
        before = rooms.content(projection)
        at = 1 + (number - 1) * of // kills
        if begin(projection, at).wait() != -signal.SIGKILL:
            yield f"kill {number}: nobody died at statement {at}"
        for place, fault in [
            ("left", faults(projection, before)),
            ("finished", finish(projection) or faults(projection, before)),
        ]:
            if fault:
                yield f"kill {number}, at statement {at} of {of}, {place}: {fault}"


def happen(chance: random.Random) -> None:
    """Some pieces arrive, an order is placed, and the live tables show it."""
    event = factories.StockReceived.build(sku=f"SKU-{chance.randrange(5)}", quantity=chance.randint(1, 9))
    order = factories.OrderPlaced.build()
    log.append([log.New(f"stock_item-{event.sku}", [event]), log.New(f"order-{order.order_id}", [order])], METADATA)
    follow()


def live(projection: AnyProjection) -> None:
    """The whole life of a rebuild: built, switched, and gone back from."""
    rooms.rebuild(projection, processes=PROCESSES)
    back(projection)


def age_of(deed: Callable[[], None]) -> int:
    """How many statements a deed takes."""
    seen: list[str] = []
    with watched(seen.append):
        deed()
    return len(seen)


def watched(before: Callable[[str], None]) -> ExitStack:
    """Have `before` called ahead of every statement, COPY included."""
    watching = ExitStack()
    watching.enter_context(patch.object(statements, "PLACES", (*statements.PLACES, (psycopg.Cursor, "copy"))))
    watching.enter_context(statements.announced(before))
    return watching


def begin(projection: AnyProjection, age: int) -> Worker:
    """A process that rebuilds, and is killed ahead of its statement number `age`."""
    connection.close()
    if pid := os.fork():
        return Worker(pid)
    try:
        left = iter(range(age, 0, -1))

        def grow_older(_: str) -> None:
            if next(left) == 1:
                os.kill(os.getpid(), signal.SIGKILL)

        with watched(grow_older):
            live(projection)
    finally:
        os._exit(1)


def finish(projection: AnyProjection) -> str:
    """Somebody who lives goes on; what hinders them, if anything does for long."""
    for _ in range(200):
        # The database needs a moment to notice that somebody has died.
        with suppress(Busy):
            rooms.rebuild(projection, processes=PROCESSES)
            return ""
        time.sleep(0.02)
    return "whoever died holds the rebuild for ever"


def faults(projection: AnyProjection, before: tuple[int, str]) -> str:
    """What is wrong with the live table and what is known of it, by what it held before."""
    if rooms.content(projection) != before:
        return "the live table has changed"
    position, version, paused = rooms.checkpoints(projection)[projection.name]
    if (position, version, paused) != (log.number(), projection.version, False):
        return f"the live table is at {position}, of version {version}, paused: {paused}"
    if rooms.parked(projection):
        return f"parked: {rooms.parked(projection)}"
    if rooms.indexes(projection) == set():
        return "the live table cannot be searched"
    if {room.CHECKED, room.BETWEEN} & rooms.tables(projection):
        return "a table was left where none belongs"
    return ""
