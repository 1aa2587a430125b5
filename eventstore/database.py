"""The way to the tables of the log: statements on the psycopg connection beneath Django's."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Connection, Cursor

from eventstore import prepared

PORTION = 1000  # rows

type Row = tuple[Any, ...]


def query(statement: str, parameters: Row = ()) -> list[Row]:
    """Run a statement, prepared and in binary; the ORM takes 4 × as long."""
    database = connections[DEFAULT_DB_ALIAS]  # `django.db.connection` looks it up anew for each of these
    if database.connection is None:
        database.ensure_connection()
    if not prepared.possible(database.connection):
        return _execute(statement, parameters, _cursor).fetchall()
    with database.wrap_database_errors:
        return prepared.run(database.connection, statement, parameters)


def portions(statement: str, parameters: Row) -> Iterator[list[Row]]:
    """The rows of a statement, some at a time. All of them are here before the first: the connection is free again."""
    cursor = _execute(statement, parameters, Cursor)
    while rows := cursor.fetchmany(PORTION):
        yield rows


def read_meanwhile[T](
    statement: str, each: Iterable[Row], read: Callable[[Sequence[Row]], list[T]]
) -> Iterator[list[T]]:
    """What `read` makes of a statement's rows for each of these parameters, while the database finds the next ones.

    Nothing is under way when a list is handed out: the connection is free again.
    """
    database = connections[DEFAULT_DB_ALIAS]
    found: Cursor | None = None
    for parameters in each:
        database.ensure_connection()
        with database.wrap_database_errors, database.connection.pipeline():
            coming = Cursor(database.connection).execute(statement, parameters, prepare=True, binary=True)
            made = read(found.fetchall()) if found else []
        yield made
        found = coming
    yield read(found.fetchall()) if found else []


class _Kept(threading.local):
    """The cursor of this thread: to make one takes a third of the time of a short statement."""

    cursor: Cursor | None = None


_kept = _Kept()


def _cursor(connection: Connection) -> Cursor:
    if _kept.cursor is None or _kept.cursor.connection is not connection:
        _kept.cursor = Cursor(connection)
    return _kept.cursor


def _execute(statement: str, parameters: Row, cursor: Callable[[Connection], Cursor]) -> Cursor:
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        return cursor(database.connection).execute(statement, parameters, prepare=True, binary=True)
