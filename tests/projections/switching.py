"""How long a switch keeps readers of the live table waiting: `python -m tests.projections.switching --switches 40`."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from statistics import quantiles

import django

from config.services import throwaway

READERS = 2

type Reads = list[tuple[float, float]]


def main() -> None:
    """Fill a log, switch again and again while others read, and say how long a read took at most."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=40)
    parser.add_argument("--events", type=int, default=20_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.projections.alone")
    with ExitStack() as after:
        after.enter_context(throwaway(os.environ, durable=True))
        django.setup()
        from django.test.utils import setup_databases, teardown_databases

        former = setup_databases(verbosity=0, interactive=False)
        after.callback(teardown_databases, former, verbosity=0)
        prepare(options.events)
        with reading() as calm:
            time.sleep(5)
        with reading() as reads:
            switches = [switch_once() for _ in range(options.switches)]
    report("nobody switches", calm)
    report(f"{options.switches} switches of {options.events} events", reads)
    meanwhile = [each for each in reads if any(began < sum(each) and each[0] < ended for began, ended in switches)]
    report("while a switch was on its way", meanwhile)
    took = [(ended - began) * 1000 for began, ended in switches]
    sys.stdout.write(f"a switch took {min(took):.1f} to {max(took):.1f} ms, with all that it waited for\n")


def prepare(events: int) -> None:
    """A log of so many events, and a table that shows them."""
    from eventstore import log
    from tests import factories
    from tests.eventstore.pieces import METADATA
    from tests.shop import follow

    for start in range(0, events, 1000):
        received = [factories.StockReceived.build(sku=f"SKU-{start + place}") for place in range(1000)]
        log.append([log.New(f"stock_item-{start}", received)], METADATA)
    follow()


def switch_once() -> tuple[float, float]:
    """Build the table anew, and switch; from when to when the switch took."""
    from projections.engine import room
    from projections.engine.rebuild import fill
    from projections.engine.switch import switch
    from projections.products import PROJECTION
    from tests.projections.rooms import nobody

    fill(PROJECTION, room.NEXT, nobody)
    began = time.monotonic()
    switch(PROJECTION)
    return began, time.monotonic()


@contextmanager
def reading() -> Iterator[Reads]:
    """Others read the live table inside the block, without a pause; afterwards the list says when, and for how long."""
    from django.db import connection

    reads: Reads = []
    connection.close()  # no connection may be shared with a child
    context = get_context("fork")
    over, pipes = context.Event(), [context.Pipe() for _ in range(READERS)]
    readers = [context.Process(target=read, args=(sender, over)) for _, sender in pipes]
    for reader in readers:
        reader.start()
    yield reads
    over.set()
    for receiver, _ in pipes:
        reads += receiver.recv()
    for reader in readers:
        reader.join()


def read(sender: Connection, over: Event) -> None:
    """Read a row, as a page would, again and again."""
    from projections.products import Product

    reads: Reads = []
    while not over.is_set():
        began = time.monotonic()
        Product.objects.get(sku=f"SKU-{len(reads) % 1000}")
        reads.append((began, time.monotonic() - began))
    sender.send(reads)


def report(when: str, reads: Reads) -> None:
    """One line."""
    took = sorted(seconds * 1000 for _, seconds in reads)
    p50, p99 = (quantiles(took, n=100)[at] for at in (49, 98)) if len(took) > 1 else (0.0, 0.0)
    sys.stdout.write(
        f"{when}: {len(took)} reads, p50 {p50:.2f} ms, p99 {p99:.2f} ms, longest {max(took, default=0.0):.1f} ms\n"
    )


if __name__ == "__main__":
    main()
