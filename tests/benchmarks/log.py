"""How fast the log is: `python -m tests.benchmarks.log` prints it beside a peer and beside what the machine can do.

Whatever is compared runs in turns of seconds, so that the noise of the machine meets all of it alike.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator

from tests.benchmarks.race import Race, race
from tests.benchmarks.report import Claim, report
from tests.benchmarks.server import measured

TIMES_THE_PEER = {1: 2.0, 8: 3.0, 16: 4.0}


def batches_and_reading(rounds: int, seconds: float) -> Iterator[Claim]:
    """Batches of events, and the whole log, beside COPY."""
    from tests.benchmarks import limit, ours

    ours.store()
    works = (ours.append_many, limit.copy_in, ours.read_all, limit.copy_in_order, limit.copy_out)
    rates = defaultdict(list)
    for _ in range(rounds):
        for work in works[2:]:
            rates[work].append(race(work, seconds=seconds, warm_up=1).rate * ours.STORED)
    for _ in range(rounds):
        for work in works[:2]:
            rates[work].append(race(work, seconds=seconds).rate * ours.BATCH)
    batches, copied, read, in_order, as_it_lies = (rates[work] for work in works)
    yield Claim("Batches of 1,000 events", batches, "COPY of as many events", copied, at_least=0.8)
    yield Claim("Reading and decoding the log", read, "COPY TO, in the log's order", in_order, at_least=0.5)
    yield Claim("Reading and decoding the log", read, "COPY TO of the bare table", as_it_lies)


def appends(rounds: int, seconds: float) -> Iterator[Claim]:
    """One event a commit, beside the peer and beside pgbench, and full dispatches beside that."""
    from eventstore import log
    from tests.benchmarks import limit, ours, peer

    appended: dict[int, list[Race]] = defaultdict(list)
    dispatched, peers, limits = defaultdict(list), defaultdict(list), defaultdict(list)
    for _ in range(rounds):
        for writers in TIMES_THE_PEER:
            peers[writers].append(race(peer.append_one, writers=writers, seconds=seconds).rate)
            appended[writers].append(race(ours.append_one, writers=writers, seconds=seconds))
            limits[writers].append(limit.insert_one(writers, seconds))
            dispatched[writers].append(race(ours.dispatch_one, writers=writers, seconds=seconds).rate)
            log.number()
    for writers, times in TIMES_THE_PEER.items():
        rates = [each.rate for each in appended[writers]]
        what = f"One event a commit, {writers} writer{'s' * (writers > 1)}"
        yield Claim(what, rates, "the peer", peers[writers], at_least=times)
        yield Claim(what, rates, "pgbench", limits[writers], at_least=0.4 if writers == 8 else None)
        yield Claim(f"{what}, by a full dispatch", dispatched[writers], "the bare append", rates, at_least=0.5)
    slowest = ([1000 * each.p99 for each in appended[16]], [1000 * each.p50 for each in appended[16]])
    yield Claim("99th percentile of it, 16 writers", slowest[0], "median", slowest[1], at_most=4, unit=" ms")


def main() -> bool:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    chosen = options.parse_args()
    with measured():
        from tests.benchmarks import limit, peer

        limit.prepare()
        peer.prepare()
        return report([*batches_and_reading(chosen.rounds, chosen.seconds), *appends(chosen.rounds, chosen.seconds)])


if __name__ == "__main__":
    sys.exit(not main())
