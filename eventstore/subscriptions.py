"""Readers of the log move on: each event takes effect once and in order, whoever else runs, whatever dies."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, transaction
from psycopg.errors import QueryCanceled

from eventstore import log
from eventstore.database import query
from eventstore.errors import Newer, said_of
from eventstore.models import Checkpoint, Parked
from eventstore.patience import TookTooLong, at_most
from eventstore.readers import Reader, reader_named

logger = logging.getLogger(__name__)

type Row = tuple[Any, ...]

FIELDS = [field.attname for field in Checkpoint._meta.concrete_fields]
FENCE = f"SELECT {', '.join(FIELDS)} FROM eventstore_checkpoint WHERE reader = %s FOR UPDATE"
MOVED = (
    "UPDATE eventstore_checkpoint SET position = %s, version = %s, advanced_at = clock_timestamp()"
    " WHERE reader = %s RETURNING reader"
)
TOO_LARGE = "54"  # the class of what is beyond a limit of the database's own, such as a text too long for an index
WAITING = "SELECT DISTINCT stream FROM eventstore_parked WHERE reader = %s AND skipped_at IS NULL"


def advance(name: str) -> int:
    """Bring a reader up to the end of the log; how many positions it moved. Returns at once where another moves it."""
    return follow(reader_named(name))


def follow(reader: Reader, until: int | None = None) -> int:
    """Bring a reader up to the end of the log, or `until` a position; how many positions it moved."""
    begin(reader)
    moved = 0
    while True:
        before, reached = step(reader, log.number() if until is None else until)
        if reached is None:
            return moved
        moved += reached - before
        # Whoever was turned away while this one held the fence relies on a last look after it was let go.
        if reached >= (log.number() if until is None else until):
            return moved


def begin(reader: Reader) -> None:
    """Give a new reader its checkpoint, for all to see before its first batch: who finds it busy does not wait."""
    if not is_known(reader):
        Checkpoint.objects.bulk_create(reader.beginnings(), ignore_conflicts=True)


def is_known(reader: Reader) -> bool:
    """Whether the reader has a checkpoint."""
    return bool(query("SELECT 1 FROM eventstore_checkpoint WHERE reader = %s", (reader.name,)))


def step(reader: Reader, head: int) -> tuple[int, int | None]:
    """One batch in one transaction: the position before and after.

    None where it is paused, or moved by another, or for newer code to take.
    """
    try:
        return _step(reader, head)
    except Newer as error:
        logger.warning("%s stays where it is: %s", reader.name, error)
        return 0, None


def _step(reader: Reader, head: int) -> tuple[int, int | None]:
    try:
        return _transaction(reader, head, careful=False)
    except Exception as error:
        if is_passing(error) or isinstance(error, Newer):
            raise
        logger.exception("%s could not take a batch; it takes its events one by one", reader.name)
        return _transaction(reader, head, careful=True)


def is_passing(error: Exception) -> bool:
    """Whether the database was away or busy, and nothing is wrong with the events."""
    fault = str(getattr(error.__cause__, "sqlstate", None) or "")
    return isinstance(error, OperationalError) and fault != QueryCanceled.sqlstate and fault[:2] != TOO_LARGE


def _transaction(reader: Reader, head: int, *, careful: bool) -> tuple[int, int | None]:
    with transaction.atomic():
        checkpoint = fence(reader)
        if checkpoint is None or checkpoint.paused or not is_ours(reader, checkpoint):
            return 0, None
        before = checkpoint.position
        until = min(before + reader.batch, head)
        if until > before:
            rows = _free(reader, reader.read(before, until, reader.stored_names(), reader.partition))
            if careful:
                _take_one_by_one(reader, rows)
            elif rows:
                with at_most(reader.seconds):
                    reader.take(log.recorded(rows))
            move(reader, until)
        return before, max(until, before)


def move(reader: Reader, position: int) -> None:
    """The reader has taken all up to a position."""
    query(MOVED, (position, reader.version, reader.name))


def is_ours(reader: Reader, checkpoint: Checkpoint) -> bool:
    """Whether a reader of this version goes on from the checkpoint."""
    return checkpoint.version == reader.version or (reader.takes_over and checkpoint.version < reader.version)


def fence(reader: Reader, *, wait: bool = False) -> Checkpoint | None:
    """A reader's checkpoint, locked to the end of the transaction; None where another holds it, unless we `wait`."""
    statement = FENCE if wait else f"{FENCE} SKIP LOCKED"
    rows = query(statement, (reader.name,))
    if not rows and not is_known(reader):
        begin(reader)
        rows = query(statement, (reader.name,))
    return Checkpoint.from_db(DEFAULT_DB_ALIAS, FIELDS, rows[0]) if rows else None


def _free(reader: Reader, rows: list[Row]) -> list[Row]:
    """The rows that may go on; what comes behind a parked event in its stream is parked, too."""
    waiting = {stream for (stream,) in query(WAITING, (reader.name,))} if rows else set()
    if not waiting:
        return rows
    _park(reader, [row for row in rows if row[1] in waiting], "")
    return [row for row in rows if row[1] not in waiting]


def _take_one_by_one(reader: Reader, rows: Sequence[Row]) -> None:
    """Take each event by itself, so that one that cannot be taken parks its own stream only."""
    parked: set[str] = set()
    for row in rows:
        if row[1] in parked:
            _park(reader, [row], "")
        elif error := take_one(reader, row):
            if isinstance(error, Newer):
                raise error
            logger.error("%s parks %s at position %s: %s", reader.name, row[1], row[-1], type(error).__name__)
            _park(reader, [row], why(error))
            parked.add(row[1])


def take_one(reader: Reader, row: Row) -> Exception | None:
    """Let the reader take one event; what was wrong, when it could not."""
    try:
        with transaction.atomic(), at_most(reader.seconds):
            reader.take(log.recorded([row]))
    except Exception as error:
        if is_passing(error):
            raise
        return error
    return None


def why(error: Exception) -> str:
    """An error as it is kept with the parked event."""
    if isinstance(error, TookTooLong) or isinstance(error.__cause__, QueryCanceled):
        return "It took too long."
    return said_of(error)


def _park(reader: Reader, rows: Sequence[Row], error: str) -> None:
    Parked.objects.bulk_create(
        [
            Parked(reader=reader.name, stream=row[1], position=row[-1], error=error, attempts=1 if error else 0)
            for row in rows
        ]
    )
