"""Inspection: does the live table say what the log says; what would a rebuild cost; what becomes of single rows."""

import time
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from django.db import transaction

from eventstore import log
from eventstore.database import Row
from eventstore.models import Checkpoint, Parked
from eventstore.readers import Reader
from eventstore.subscriptions import follow
from projections.engine import AnyProjection, Fact, ReadModel, room, table
from projections.engine.rebuild import (
    Hindered,
    Tell,
    ask_live,
    builder,
    fill,
    forget,
    forget_unless_held,
    locked,
    table_version,
)
from projections.engine.vanguard import parts_of

SAMPLE = 5_000  # positions of the log that an estimate is made from
CHUNK = 10_000

type Fields = dict[str, Any]


class Difference(NamedTuple):
    """A row that is not what the log says: its fields, each with the live value and the one by the log."""

    key: str
    live: Fields
    by_the_log: Fields

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """The fields in which the two differ."""
        names = sorted(self.live | self.by_the_log)
        pairs = {name: (self.live.get(name), self.by_the_log.get(name)) for name in names}
        return {name: (one, other) for name, (one, other) in pairs.items() if one != other}


class Estimate(NamedTuple):
    """What a rebuild would read, of how many, and for how many seconds."""

    wanted: int
    positions: int
    seconds: float


def verify(
    projection: AnyProjection, tell: Tell, untaken: Callable[[int], object] = lambda _: None
) -> Iterator[Difference]:
    """Build the table beside the live one, and compare: every row that differs.

    `untaken` is told how many events could not be taken, without which rows are compared; what an operator has left out
    of the live table is not missed in the other one.
    """
    _ask_comparable(projection)
    fill(projection, room.CHECKED, tell, until=_paused_at(projection))
    try:
        with transaction.atomic():
            checked = builder(projection, room.CHECKED)
            _together([*projection.readers(), checked])
            names = [reader.name for reader in projection.readers()]
            left_out = Parked.objects.filter(reader__in=names).exclude(skipped_at=None).values("position")
            untaken(Parked.objects.filter(reader=checked.name).exclude(position__in=left_out).count())
            for key, live, by_the_log in room.differences(projection.model, room.CHECKED):
                yield Difference(key, live, by_the_log)
    finally:
        forget(projection, room.CHECKED)


def as_it_was(projection: AnyProjection, position: int, tell: Tell) -> None:
    """Build the table as it was at a position, beside the live one, to look at."""
    former = Checkpoint.objects.filter(reader=builder(projection, room.THEN).name).first()
    if former and former.position > position:
        forget_unless_held(projection, room.THEN)
    fill(projection, room.THEN, tell, until=position)


def rebuild_rows(projection: AnyProjection, keys: Collection[Hashable]) -> int:
    """Make the rows of these keys anew, in place; of how many events they are made."""
    with _by_the_log(projection, keys) as (rows, events):
        table.write(projection.model, [row for row in rows.values() if row], replacing=list(rows))
    return events


def verify_rows(projection: AnyProjection, keys: Collection[Hashable]) -> list[Difference]:
    """Those among the rows of these keys that are not what the log says."""
    with _by_the_log(projection, keys) as (rows, _):
        live = table.load(projection.model, keys)
    pairs = [Difference(str(key), _plain(live.get(key)), _plain(row)) for key, row in rows.items()]
    return [pair for pair in pairs if pair.fields]


def _plain(row: ReadModel | None) -> Fields:
    """A row as JSON has it, in which it does not matter who made it."""
    return msgspec.json.decode(table.encode(row.values()), type=Fields) if row else {}


@contextmanager
def _by_the_log(
    projection: AnyProjection, keys: Collection[Hashable]
) -> Iterator[tuple[dict[Hashable, ReadModel | None], int]]:
    """The rows of these keys as the log has them up to where the live table is, which stays there inside the block."""
    _ask_comparable(projection)
    come = _come_to(projection)
    before = _parked(projection)
    facts = list(about(projection, keys, 0, come, before))
    with transaction.atomic():
        shown = _together(projection.readers())
        parked = _parked(projection)
        after_all = sorted(each for each in before - parked if each <= come)  # taken meanwhile
        facts += _concerned(projection, keys, log.rows_at(after_all))
        facts += about(projection, keys, come, shown, parked)
        taken = [fact for fact in facts if (fact.position or 0) <= shown and fact.position not in parked]
        taken.sort(key=attrgetter("position"))
        yield _folded(projection, keys, taken), len(taken)


def _come_to(projection: AnyProjection) -> int:
    """The position that all readers of the live table have come to."""
    names = [reader.name for reader in projection.readers()]
    return min(Checkpoint.objects.filter(reader__in=names).values_list("position", flat=True), default=0)


def _parked(projection: AnyProjection) -> set[int]:
    """The positions of what the live table lacks, as it could not be taken, or waits behind such an event."""
    names = [reader.name for reader in projection.readers()]
    return set(Parked.objects.filter(reader__in=names).values_list("position", flat=True))


def _folded(
    projection: AnyProjection, keys: Collection[Hashable], facts: Sequence[Fact]
) -> dict[Hashable, ReadModel | None]:
    """The rows of these keys after these facts, whatever else these are about."""
    rows: dict[Hashable, ReadModel | None] = dict.fromkeys(keys)
    for fact in facts:
        try:
            rows |= projection.fold(rows, {key: [fact] for key in projection.keys(fact) if key in rows})
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
            raise Hindered(f"{projection.name} cannot take the event at position {fact.position}: {fault}") from error
    return rows


def about(
    projection: AnyProjection, keys: Collection[Hashable], after: int, until: int, parked: Collection[int] = ()
) -> Iterator[Fact]:
    """The events between two positions that the rows of these keys are made of; what is parked may be unreadable."""
    names = projection.readers()[0].stored_names()
    for start in range(after, until, CHUNK):
        rows = log.rows_between(start, min(start + CHUNK, until), names)
        yield from _concerned(projection, keys, [row for row in rows if row[-1] not in parked])


def _concerned(projection: AnyProjection, keys: Collection[Hashable], rows: Sequence[Row]) -> Iterator[Fact]:
    """Those among these events that the rows of these keys are made of."""
    wanted = frozenset(keys)
    return (fact for fact in log.recorded(rows) if not wanted.isdisjoint(projection.keys(fact)))


def _together(readers: Sequence[Reader]) -> int:
    """Bring these readers to one position, where they stay to the end of the transaction."""
    position = max(locked(reader).position for reader in readers)
    for reader in readers:
        follow(reader, position)
    if any(locked(reader).position != position for reader in readers):
        name = readers[0].name.partition("#")[0]
        raise Hindered(f"The parts of {name} are not at one position. Resume those that are paused first.")
    return position


def _paused_at(projection: AnyProjection) -> int | None:
    """The position at which an operator has paused the read model."""
    names = [reader.name for reader in projection.readers()]
    paused = Checkpoint.objects.filter(reader__in=names, paused=True)
    return max(paused.values_list("position", flat=True), default=None)


def _ask_comparable(projection: AnyProjection) -> None:
    """Hindered where the live table is not the work of this version of the code."""
    ask_live(projection)
    version = table_version(projection)
    if version not in {None, projection.version}:
        raise Hindered(
            f"The table of {projection.name} is of version {version}, and this code of version {projection.version}:"
            " it has to be built anew as a whole."
        )


def estimate(projection: AnyProjection, processes: int = 1) -> Estimate:
    """What a rebuild would read, and how long it would take, by folding a sample of it in memory."""
    names = projection.readers()[0].stored_names()
    head = log.number()
    began = time.perf_counter()
    sample = log.recorded(log.rows_between(0, min(SAMPLE, head), names))
    # An event that cannot be taken would be parked.
    with suppress(Exception):
        projection.fold({}, projection.about(sample))
    # Writing takes about as long as is saved by reading ahead.
    seconds = (time.perf_counter() - began) * head / max(min(SAMPLE, head), 1)
    return Estimate(log.count(names), head, seconds / parts_of(projection, head, processes))
