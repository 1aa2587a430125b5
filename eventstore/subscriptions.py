"""Readers of the log move on: each event takes effect once and in order, whoever else runs, whatever dies."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, transaction

from eventstore import log
from eventstore.models import Checkpoint, Parked
from eventstore.readers import Reader, reader_named

logger = logging.getLogger(__name__)

type Row = tuple[Any, ...]


def advance(name: str) -> int:
    """Bring a reader up to the end of the log; how many positions it moved. Returns at once where another moves it."""
    reader = reader_named(name)
    moved = 0
    while True:
        before, reached = _step(reader, log.number())
        if reached is None:
            return moved
        moved += reached - before
        # Whoever was turned away while this one held the fence relies on a last look after it was let go.
        if reached >= log.number():
            return moved


def _step(reader: Reader, head: int) -> tuple[int, int | None]:
    """One batch in one transaction: the position before and after; None where paused, or moved by another."""
    try:
        return _transaction(reader, head, careful=False)
    except OperationalError:
        raise  # the database was away or timed out: nothing is wrong with the events
    except Exception:
        logger.exception("%s could not take a batch; it takes its events one by one", reader.name)
        return _transaction(reader, head, careful=True)


def _transaction(reader: Reader, head: int, *, careful: bool) -> tuple[int, int | None]:
    with transaction.atomic():
        checkpoint = _fence(reader)
        if checkpoint is None or checkpoint.paused:
            return 0, None
        before = checkpoint.position
        until = min(before + reader.batch, head)
        if until > before:
            rows = log.rows_between(before, until, reader.stored_names())
            rows = _behind_the_parked(reader, rows)
            if careful:
                _take_one_by_one(reader, rows)
            elif rows:
                reader.take(log.recorded(rows))
            checkpoint.position = until
            checkpoint.save()
        return before, max(until, before)


def _fence(reader: Reader) -> Checkpoint | None:
    """The reader's checkpoint, locked; None where somebody else holds it."""
    free = Checkpoint.objects.select_for_update(skip_locked=True).filter(reader=reader.name)
    checkpoint = free.first()
    if checkpoint is None and not Checkpoint.objects.filter(reader=reader.name).exists():
        Checkpoint.objects.bulk_create([Checkpoint(reader=reader.name)], ignore_conflicts=True)
        checkpoint = free.first()
    return checkpoint


def _behind_the_parked(reader: Reader, rows: list[Row]) -> list[Row]:
    """Park what comes behind a parked event in its stream; the rows that are free to go on."""
    parked = set(Parked.objects.filter(reader=reader.name).values_list("stream", flat=True).distinct())
    if not parked:
        return rows
    _park(reader, [row for row in rows if row[1] in parked], "")
    return [row for row in rows if row[1] not in parked]


def _take_one_by_one(reader: Reader, rows: Sequence[Row]) -> None:
    """Take each event by itself, so that one that cannot be taken parks its own stream only."""
    parked: set[str] = set()
    for row in rows:
        if row[1] in parked:
            _park(reader, [row], "")
            continue
        try:
            with transaction.atomic():
                reader.take(log.recorded([row]))
        except OperationalError:
            raise
        except Exception as error:
            logger.exception("%s parks %s at position %s", reader.name, row[1], row[-1])
            _park(reader, [row], f"{type(error).__name__}: {error}")
            parked.add(row[1])


def _park(reader: Reader, rows: Sequence[Row], error: str) -> None:
    Parked.objects.bulk_create(
        [Parked(reader=reader.name, stream=row[1], position=row[-1], error=error) for row in rows]
    )
