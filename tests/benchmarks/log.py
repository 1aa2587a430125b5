"""How fast the log is: `python -m tests.benchmarks.log` prints it beside a peer and beside what the machine can do.

Whatever is compared runs in turns of seconds, so that the noise of the machine meets all of it alike.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator

from tests.benchmarks.race import Race, Work, race
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

    works = (peer.append_one, ours.append_one, ours.dispatch_in_silence, ours.dispatch_one)
    raced: dict[tuple[Work, int], list[Race]] = defaultdict(list)
    limits = defaultdict(list)
    for _ in range(rounds):
        for writers in TIMES_THE_PEER:
            for work in works:
                raced[work, writers].append(race(work, writers=writers, seconds=seconds))
            limits[writers].append(limit.insert_one(writers, seconds))
            log.number()
    for writers, times in TIMES_THE_PEER.items():
        peers, appended, dispatched, rung = ([each.rate for each in raced[work, writers]] for work in works)
        what = f"{writers} writer{'s' * (writers > 1)}, one event a commit"
        yield Claim(what, appended, "the peer", peers, at_least=times)
        yield Claim(what, appended, "pgbench", limits[writers], at_least=0.4 if writers == 8 else None)
        yield Claim(f"{what}, a full dispatch", dispatched, "the bare append", appended, at_least=0.5)
        yield Claim(f"{what}, and the bell rung", rung, "the bare append", appended)
    slowest, middle = zip(*((1000 * each.p99, 1000 * each.p50) for each in raced[ours.append_one, 16]), strict=True)
    yield Claim("16 writers, slowest of 100 commits", slowest, "the median", middle, at_most=4, unit=" ms")


def main() -> bool:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--seconds", type=float, default=1.0, help="of each turn")
    chosen = options.parse_args()
    with measured():
        from tests.benchmarks import limit, peer

        limit.prepare()
        peer.prepare()
        return report([*batches_and_reading(chosen.rounds, chosen.seconds), *appends(chosen.rounds, chosen.seconds)])


if __name__ == "__main__":
    sys.exit(not main())
