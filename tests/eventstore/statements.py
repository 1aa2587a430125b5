"""Every statement on its way to the database, seen before it leaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

import psycopg

from eventstore import prepared

PLACES = (
    (psycopg.Cursor, "execute"),
    (psycopg.Cursor, "executemany"),
    (psycopg.Cursor, "copy"),
    (prepared, "run"),
    (psycopg.Connection, "commit"),
    (psycopg.Connection, "rollback"),
)


@contextmanager
def announced(before: Callable[[str], None]) -> Iterator[None]:
    """Have `before` called ahead of every statement of this process, COMMIT and ROLLBACK included."""
    patches = [patch.object(kind, name, _announcing(getattr(kind, name), before)) for kind, name in PLACES]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the block."""
    seen: list[str] = []
    with announced(seen.append):
        yield seen


def _announcing(original: Callable[..., Any], before: Callable[[str], None]) -> Callable[..., Any]:
    @wraps(original)
    def announcing(self: Any, *arguments: Any, **keywords: Any) -> Any:
        before(str(arguments[0]) if arguments else original.__name__.upper())
        return original(self, *arguments, **keywords)

    return announcing
