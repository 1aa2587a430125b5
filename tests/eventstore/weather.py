"""A storm of commits, some late, some rolled back, some cut off, while readers follow the log; and what they missed."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import wait
from functools import partial
from operator import ne
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from eventstore import log
from eventstore.errors import Conflict
from tests.eventstore.pieces import METADATA, pieces, rows
from tests.eventstore.together import elsewhere

NAME = "storm"  # by which the connections that may be cut off are known to the database
ROLLED_BACK = 0.05
LATE = 0.10
LATEST = 0.02  # seconds between an append and its commit
CUT_OFF_EVERY = 0.1  # seconds
PAUSE = 0.002  # seconds between two looks of a reader

type Seen = tuple[int, UUID, str, int]


class ChangedMyMind(Exception):
    """A transaction is rolled back."""


class Storm:
    """Writers, readers, a naive reader for comparison, and somebody who cuts their connections off."""

    def __init__(self, *, commits: int, writers: int, readers: int = 3, seed: int | None = None) -> None:
        self.commits = commits
        self.writers = writers
        self.streams = [f"stock_item-{place}" for place in range(writers * 4)]
        self.seed = seed if seed is not None else random.randrange(2**32)
        self.counts: Counter[str] = Counter()
        self.committed: set[UUID] = set()
        self.rolled_back: set[UUID] = set()
        self.seen: list[list[Seen]] = [[] for _ in range(readers)]
        self.naively_seen: set[UUID] = set()
        self.over = threading.Event()
        self.seconds = 0.0

    def run(self) -> None:
        """Begin with an empty log, and return once all readers have come to its end."""
        began = time.monotonic()
        followers = [elsewhere(self._connected(partial(self._read, seen))) for seen in self.seen]
        followers += [elsewhere(self._connected(self._read_naively)), elsewhere(self._cut_off)]
        writers = [elsewhere(self._connected(partial(self._write, number))) for number in range(self.writers)]
        wait(writers)
        self.seconds = time.monotonic() - began
        self.over.set()
        for each in (*writers, *followers):
            each.result()

    def faults(self) -> list[str]:
        """What the readers of the log missed, saw twice, or saw in a wrong order; and what should not be there."""
        there = {event_id for (event_id,) in rows("SELECT id FROM eventstore_event")}
        found = [f"{len(self.committed - there)} commits are lost"] if self.committed - there else []
        if self.rolled_back & there:
            found.append(f"{len(self.rolled_back & there)} events are there that were rolled back")
        for number, seen in enumerate(self.seen):
            ids = {event_id for _, event_id, _, _ in seen}
            wrong = {
                "missed": len(there - ids),
                "seen that are not there": len(ids - there),
                "seen twice": len(seen) - len(ids),
                "not at the next position": sum(1 for place, row in enumerate(seen, start=1) if row[0] != place),
                "out of order in their streams": out_of_order(seen),
                "seen elsewhere than by the first reader": sum(map(ne, seen, self.seen[0])),
            }
            found += [f"reader {number}: {events} {what}" for what, events in wrong.items() if events]
        return found

    def naively_missed(self) -> int:
        """How many events a reader never saw who followed the ids of the events."""
        return int(rows("SELECT count(*) FROM eventstore_event")[0][0]) - len(self.naively_seen)

    def _connected(self, deed: Callable[[], None]) -> Callable[[], None]:
        def connected() -> None:
            options = connection.settings_dict["OPTIONS"] | {"application_name": NAME}
            connection.settings_dict = connection.settings_dict | {"OPTIONS": options}
            connection.close()
            deed()

        return connected

    def _write(self, number: int) -> None:
        chance = random.Random(f"{self.seed} {number}")
        share = self.commits // self.writers + (number < self.commits % self.writers)
        done = 0
        while done < share:
            try:
                done += self._append(chance)
            except ChangedMyMind:
                self.counts["rolled back"] += 1
            except Conflict:
                self.counts["conflicts"] += 1
            except (OperationalError, InterfaceError):
                self._reconnect("writers cut off")

    def _append(self, chance: random.Random) -> int:
        new = pieces(chance.choice(self.streams), *range(chance.choice((1, 1, 1, 2, 5))))
        deed = chance.random()
        if deed >= ROLLED_BACK + LATE:
            self.committed.update(log.append([new], METADATA))
            return 1
        with transaction.atomic():
            ids = log.append([new], METADATA)
            if deed < ROLLED_BACK:
                self.rolled_back.update(ids)
                raise ChangedMyMind
            time.sleep(chance.uniform(0, LATEST))
        self.committed.update(ids)
        self.counts["late commits"] += 1
        return 1

    def _read(self, seen: list[Seen]) -> None:
        """Follow the log, as every reader does: by position."""
        position = 0
        while True:
            over = self.over.is_set()
            try:
                head = log.number()
                seen += [(row[-1], row[0], row[1], row[2]) for row in log.rows_between(position, head)]
                position = head
            except (OperationalError, InterfaceError):
                self._reconnect("readers cut off")
                continue
            if over:
                return
            time.sleep(PAUSE)

    def _read_naively(self) -> None:
        """Follow the events by their ids, which grow with time."""
        last = UUID(int=0)
        while True:
            over = self.over.is_set()
            try:
                fresh = rows("SELECT id FROM eventstore_event WHERE id > %s ORDER BY id", last)
            except (OperationalError, InterfaceError):
                self._reconnect("naive readers cut off")
                continue
            self.naively_seen.update(event_id for (event_id,) in fresh)
            last = fresh[-1][0] if fresh else last
            if over:
                return
            time.sleep(PAUSE)

    def _cut_off(self) -> None:
        """End somebody's connection, now and then."""
        while not self.over.wait(CUT_OFF_EVERY):
            rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = %s ORDER BY random() LIMIT 1",
                NAME,
            )

    def _reconnect(self, what: str) -> None:
        self.counts[what] += 1
        connection.close()


def out_of_order(seen: list[Seen]) -> int:
    """How many events come before, or without, the one before them in their stream."""
    versions: Counter[str] = Counter()
    wrong = 0
    for _, _, stream, version in seen:
        wrong += version != versions[stream] + 1
        versions[stream] = version
    return wrong
