"""Ahead: what a rebuild folds next is fetched while it folds what it has, so that neither waits for the other."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections

from eventstore.database import Row
from eventstore.order import rows_between

type Asked = tuple[int, int, Sequence[str] | None, tuple[int, int] | None]


class ReadAhead:
    """`rows_between` for somebody who asks for the next `chunk` positions each time, up to `end`.

    A thread asks for the following ones, in a session of its own. It sees what is committed, as all positions up to
    `end` are.
    """

    def __init__(self, thread: Executor, chunk: int) -> None:
        self.end = 0
        self._thread = thread
        self._chunk = chunk
        self._coming: tuple[Asked, Future[list[Row]]] | None = None

    def __call__(
        self, after: int, until: int, names: Sequence[str] | None = None, partition: tuple[int, int] | None = None
    ) -> list[Row]:
        asked = (after, until, names, partition)
        fetched = self._fetched(asked)
        rows = rows_between(*asked) if fetched is None else fetched
        self._coming = None
        if until < self.end:
            following = (until, min(until + self._chunk, self.end), names, partition)
            self._coming = following, self._thread.submit(rows_between, *following)
        return rows

    def _fetched(self, asked: Asked) -> list[Row] | None:
        """What was asked for ahead; None where it was something else."""
        if self._coming is None or self._coming[0] != asked:
            return None
        return self._coming[1].result()


@contextmanager
def reading_ahead(chunk: int) -> Iterator[ReadAhead]:
    """Inside, the log is read ahead."""
    with ThreadPoolExecutor(1, "ahead") as thread:
        try:
            yield ReadAhead(thread, chunk)
        finally:
            thread.submit(connections.close_all).result()
