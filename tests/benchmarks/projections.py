"""How fast read models are: `python -m tests.benchmarks.projections` prints it beside what is wanted, and a peer.

Whatever is compared runs in turns, so that the noise of the machine meets all of it alike.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles

from tests.benchmarks.report import Claim, report
from tests.benchmarks.server import measured

FEW = 100_000  # events, for what is slow, and for a rebuild to compare the large one with
OF_PEER = 2_000
SWITCHES = 40


def bounded(what: str, values: Sequence[float], limit: float, unit: str, *, below: bool = True) -> Claim:
    """What is measured beside what is wanted."""
    bounds = {"at_most": 1.0} if below else {"at_least": 1.0}
    return Claim(what, values, "what is wanted", [limit] * len(values), unit=unit, **bounds)


def switching() -> Iterator[Claim]:
    """How long somebody who reads the live table has to wait while it is switched."""
    from tests.projections import switching as switched

    switched.prepare(20_000)
    with switched.reading() as calm:
        time.sleep(3)
    with switched.reading() as reads:
        for _ in range(SWITCHES):
            switched.switch_once()
    longest, longest_calm = ([1000 * max(seconds for _, seconds in each)] for each in (reads, calm))
    yield bounded(f"Longest of {len(reads):,} live reads, in {SWITCHES} switches", longest, 50, " ms")
    yield Claim("The same", longest, "where nobody switches", longest_calm, unit=" ms")


def rebuilding(events: int, rounds: int) -> Iterator[Claim]:
    """A log of orders into order rows: read, decoded, folded, written, indexed, switched."""
    from tests.benchmarks import limit, orders
    from tests.benchmarks.race import race

    orders.store(FEW)
    _, small = alone(orders.rebuild)
    orders.store(events - FEW)
    orders.forget()
    rates, copied, as_text, memory, shops = (list[float]() for _ in range(5))
    for _ in range(rounds):
        seconds, megabytes = alone(orders.rebuild)
        rates.append(events / seconds)
        memory.append(megabytes)
        copied.append(events * race(limit.copy_in_order, seconds=1, warm_up=0).rate)
        as_text.append(events * race(limit.copy_in_order_as_text, seconds=1, warm_up=0).rate)
        shops.append(events / alone(orders.rebuild_page)[0])
    what = f"Rebuild of {events:,} events into order rows"
    yield bounded(what, rates, 100_000, "/s", below=False)
    yield Claim(what, rates, "COPY TO of the same events, in order", as_text, at_least=0.3)
    yield Claim(what, rates, "the same COPY TO, binary", copied, at_least=0.3)
    yield Claim("The same into the shop's own order page", shops, "binary COPY TO of the same", copied)
    yield bounded(f"Memory of it, {events:,} events", memory, 500, " MB")
    yield Claim("The same", memory, f"{FEW:,} events", [small] * rounds, at_most=1.2, unit=" MB")


def following(rounds: int) -> Iterator[Claim]:
    """Catching up with the log while the table is live, beside reading alone, and beside the peer."""
    from eventstore.reading import read_log
    from tests.benchmarks import orders, rows_of_peer

    last = rows_of_peer.store(OF_PEER)
    rates = defaultdict[str, list[float]](list)
    for _ in range(rounds):
        orders.forget()
        rates["ours"].append(FEW / timed(orders.follow, FEW))
        rates["read"].append(FEW / timed(lambda: sum(1 for _ in islice(read_log(), FEW))))
        rows_of_peer.forget()
        rates["peer"].append(OF_PEER / timed(rows_of_peer.follow, last))
    what = "Live catch-up into order rows"
    yield bounded(what, rates["ours"], 40_000, "/s", below=False)
    yield Claim(what, rates["ours"], "reading and decoding alone", rates["read"], at_least=0.2)
    yield Claim(what, rates["ours"], "the peer's runner", rates["peer"], at_least=20)


def appearing() -> Iterator[Claim]:
    """From a command to its row."""
    from tests.benchmarks import visible

    with visible.shop_at_work():
        idle = percentiles(visible.delays(rate=10, seconds=20))
        busy = percentiles(visible.delays(rate=200, seconds=10))
    yield bounded("From a command to its row, idle, median", idle[:1], 30, " ms")
    yield bounded("From a command to its row, idle, p99", idle[1:], 150, " ms")
    yield bounded("From a command to its row, 200 a second, p99", busy[1:], 1000, " ms")


def percentiles(seconds: Sequence[float]) -> list[float]:
    """The median and the 99th, in milliseconds."""
    found = quantiles(seconds, n=100, method="inclusive")
    return [1000 * found[49], 1000 * found[98]]


def timed[*Given](deed: Callable[[*Given], object], *given: *Given) -> float:
    """The seconds that a deed takes."""
    begun = time.perf_counter()
    deed(*given)
    return time.perf_counter() - begun


def alone(deed: Callable[[], object]) -> tuple[float, float]:
    """The seconds that a deed takes, and the megabytes that a process which does nothing else needs at most."""
    from django.db import connections

    connections.close_all()  # no connection may be shared with a child
    with ProcessPoolExecutor(1, get_context("fork")) as pool:
        return pool.submit(_measured, deed).result()


def _measured(deed: Callable[[], object]) -> tuple[float, float]:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    seconds = timed(deed)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return seconds, int(peak.split()[1]) / 1024


def main() -> bool:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=1_000_000, help="of the large rebuild")
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with measured():
        claims = [*switching(), *appearing(), *rebuilding(chosen.events, chosen.rounds), *following(chosen.rounds)]
        return report(claims)


if __name__ == "__main__":
    sys.exit(not main())
