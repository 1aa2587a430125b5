"""Vanguard: processes that fold later parts of the log while the rebuild folds the first, for rows that begin once.

A row that begins in a later part is complete there. What a later part says of rows that began before it is noted, and
folded once the rebuild has come so far; to whose table the rest need only be added. Where anything is not as it should
be, the part is thrown away and folded in the ordinary way: nothing depends on a vanguard but the time it takes.
"""

import logging
import os
import signal
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import batched, pairwise
from multiprocessing import get_context
from typing import Any

from django.db import Error, IntegrityError, transaction

from eventstore import log
from eventstore.database import left_to_the_parent
from eventstore.models import Parked
from eventstore.patience import at_most
from eventstore.readers import Reader
from eventstore.subscriptions import move
from projections.engine import AnyProjection, Fact, notes, room, table
from projections.engine.ahead import reading_ahead
from projections.engine.notes import Note

CHUNK = 20_000  # positions of the log in one transaction
WORTH = 100_000  # positions that a process has to have, or it would cost more than it saves
MOST = 50_000  # notes, beyond which most of it would be folded twice

logger = logging.getLogger(__name__)


class Unfit(Exception):
    """What a vanguard has made cannot be added to what came before it."""


class Vanguard:
    """A process that folds the part of the log above `start` and up to `end` into a room of its own."""

    def __init__(self, projection: AnyProjection, place: str, start: int, end: int) -> None:
        self.projection, self.place = projection, place
        self.start, self.end = start, end
        self.room = room.part(place)
        self.noted = 0
        context = get_context("fork")
        self.reached = context.Value("q", start, lock=False)
        self.process = context.Process(target=self.run, args=(os.getpid(),), daemon=True)

    def begin(self) -> None:
        """Start the process, with empty tables."""
        with transaction.atomic():
            room.create(self.projection.model, self.room)
            notes.create(self.projection.model, self.room)
        self.process.start()

    def run(self, parent: int) -> None:
        """In the process: fold the part, for as long as the rebuild is there. It says what keeps it from that."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # which ends the rebuild, and that ends us
        left_to_the_parent()
        try:
            self.fold(parent)
        except Unfit as reason:
            logger.warning("%s, from position %s on, is given up: %s", self.room, self.start, reason)
        except Exception:
            logger.exception("%s, from position %s on, is given up", self.room, self.start)

    def fold(self, parent: int) -> None:
        """Fold the part, chunk by chunk."""
        reader = self.projection.reader(self.room, self.take)
        with reading_ahead(CHUNK) as ahead:
            ahead.end = self.end
            while self.reached.value < self.end and os.getppid() == parent:
                until = min(self.reached.value + CHUNK, self.end)
                rows = ahead(self.reached.value, until, reader.stored_names())
                with transaction.atomic(), at_most(reader.seconds):
                    room.commit_without_waiting()
                    self.take(log.recorded(rows))
                self.reached.value = until

    def take(self, facts: Sequence[Fact]) -> None:
        """Fold facts into rows that begin here, and note what is about others."""
        with table.in_room(self.room):
            about = self.projection.about(facts)
            before = table.load(self.projection.model, about)
            after, noted = folded(self.projection, before, about)
            table.replace(self.projection.model, before, after)
            notes.write(self.projection.model, noted)
        self.noted += len(noted)
        if self.noted > MOST:
            raise Unfit("most of it is about rows that began earlier")

    def done(self) -> int:
        """How many positions it has folded."""
        return int(self.reached.value) - self.start

    def is_at_work(self, seconds: float) -> bool:
        """Whether it is, after so long a while."""
        self.process.join(seconds)
        return self.process.is_alive()

    def add_to(self, reader: Reader) -> None:
        """Add what it has made to the table that `reader` has filled up to its start. Unfit where that cannot be."""
        model = self.projection.model
        if self.reached.value < self.end:
            raise Unfit("it has not come to its end")
        if Parked.objects.filter(reader=reader.name).exists():
            raise Unfit("something is parked, and what comes behind it would have to be, too")
        if notes.ended(model, self.place, self.room):
            raise Unfit("a row that it begins and ends is there already")
        for some in batched(notes.of_others(model, self.place, self.room), CHUNK):
            self.take_up(some)
        try:
            notes.add(model, self.place, self.room)
        except IntegrityError as error:
            raise Unfit("a row that it begins is there already") from error
        move(reader, self.end)

    def take_up(self, noted: Sequence[Note]) -> None:
        """Fold what it has noted of rows that began earlier."""
        positions = sorted({position for _, position in noted if position is not None})
        facts = {fact.position: fact for fact in log.recorded(log.rows_at(positions))}
        about: dict[Hashable, list[Fact]] = {}
        for key, position in noted:
            about.setdefault(key, []).append(facts[position])
        with table.in_room(self.place):
            before = table.load(self.projection.model, about)
            table.replace(self.projection.model, before, self.projection.fold(before, about))

    def leave(self) -> None:
        """End it, and throw away what it has made."""
        if self.process.pid is not None:
            self.process.kill()
            self.process.join()
        with suppress(Error):
            room.close(self.room)


def folded(
    projection: AnyProjection, before: dict[Any, Any], about: dict[Any, list[Fact]]
) -> tuple[dict[Any, Any], list[Note]]:
    """What becomes of rows that begin in a part of the log, and notes of what may be about others. No I/O."""
    after, noted = dict[Any, Any](), list[Note]()
    for key, facts in about.items():
        row = before.get(key)
        for fact in facts:
            former, row = row, projection.project(row, fact, key)
            if row is None:
                noted.append((key, fact.position if former is None else None))
        after[key] = row
    return after, noted


def parts_of(projection: AnyProjection, positions: int, processes: int) -> int:
    """In how many parts so many positions of the log are folded at once, by so many processes at most."""
    return max(1, min(processes, positions // WORTH)) if projection.begins_once else 1


@contextmanager
def vanguards(
    projection: AnyProjection, place: str, after: int, until: int, processes: int
) -> Iterator[list[Vanguard]]:
    """Inside, the later parts of the log between two positions are folded by processes of their own.

    There are so many `processes` in all, this one included, or fewer, where each would have too little to do.
    """
    room.close_parts(projection.model, place)  # of those who were killed together with their rebuild
    parts = parts_of(projection, until - after, processes)
    bounds = [after + (until - after) * part // parts for part in range(1, parts + 1)]
    those = [Vanguard(projection, place, *part) for part in pairwise(bounds)]
    try:
        for each in those:
            each.begin()
        yield those
    finally:
        for each in those:
            each.leave()


def cores() -> int:
    """How many processes can be at work at once here; one where none can be forked."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "fork") and hasattr(os, "sched_getaffinity") else 1
