"""Ahead: what a rebuild folds next is fetched while it folds what it has, so that neither waits for the other."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import Cursor, Pipeline

from eventstore.database import Row
from eventstore.order import ROWS_BETWEEN, rows_between, wanted

type Asked = tuple[int, int, Sequence[str] | None, tuple[int, int] | None]


class ReadAhead:
    """`rows_between` for somebody who asks for the next `chunk` positions each time, up to `end`.

    Another session is asked for the following ones, and not waited for. It sees what is committed, as all positions
    up to `end` are.
    """

    def __init__(self, cursor: "Cursor[Any]", pipeline: Pipeline, chunk: int) -> None:
        self.end = 0
        self._cursor = cursor
        self._pipeline = pipeline
        self._chunk = chunk
        self._asked: Asked | None = None

    def __call__(
        self, after: int, until: int, names: Sequence[str] | None = None, partition: tuple[int, int] | None = None
    ) -> list[Row]:
        asked = (after, until, names, partition)
        with connection.wrap_database_errors:
            fetched = self._fetched()
            rows = fetched if self._asked == asked and fetched is not None else rows_between(*asked)
            self._asked = None
            if until < self.end:
                self._ask((until, min(until + self._chunk, self.end), names, partition))
        return rows

    def _ask(self, asked: Asked) -> None:
        after, until, names, partition = asked
        self._cursor.execute(ROWS_BETWEEN, (after, until, *wanted(names, partition)), prepare=True, binary=True)
        self._asked = asked

    def _fetched(self) -> list[Row] | None:
        if self._asked is None:
            return None
        rows = self._cursor.fetchall()
        self._pipeline.sync()
        return rows


@contextmanager
def reading_ahead(chunk: int) -> Iterator[ReadAhead]:
    """Inside, the log is read ahead."""
    session = connection.copy()
    session.ensure_connection()
    try:
        with (
            session.wrap_database_errors,
            session.connection.pipeline() as pipeline,
            Cursor(session.connection) as cursor,
        ):
            yield ReadAhead(cursor, pipeline, chunk)
    finally:
        session.close()
