"""The way to the tables of the log: statements on the psycopg connection beneath Django's."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Connection, Cursor, Error
from psycopg.generators import execute
from psycopg.pq import TransactionStatus

from eventstore import prepared

PORTION = 1000  # rows

type Row = tuple[Any, ...]


class _Kept(threading.local):
    """This thread's cursor, to make which takes a third of a short statement's time, and the connection of a parent."""

    cursor: Cursor | None = None
    of_the_parent: Connection | None = None


_kept = _Kept()


def here() -> BaseDatabaseWrapper:
    """Django's connection here. `django.db.connection` looks it up anew for all that it is asked.

    It is not kept: where an event loop runs, a thread has another one.
    """
    return connections[DEFAULT_DB_ALIAS]


def left_to_the_parent() -> None:
    """In a process that was forked: the connection that was open is the parent's, and stays open there."""
    database = here()
    _kept.of_the_parent = database.connection
    database.connection = None


def query(statement: str, parameters: Row = ()) -> list[Row]:
    """Run a statement, prepared and in binary; the ORM takes 4 × as long."""
    database = here()
    if database.connection is None:
        database.ensure_connection()
    if not prepared.possible(database.connection):
        return _execute(statement, parameters, _cursor).fetchall()
    try:
        return prepared.run(database.connection, statement, parameters)
    except Error:
        with database.wrap_database_errors:  # as Django calls it
            raise


def break_off() -> None:
    """End the statement that is under way, where an alarm has rung meanwhile: until then nothing else can be said."""
    database = here()
    link = database.connection and database.connection.pgconn
    if link and link.transaction_status == TransactionStatus.ACTIVE:
        with database.wrap_database_errors:
            database.connection.cancel_safe()
            database.connection.wait(execute(link))


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
    database = here()
    found: Cursor | None = None
    for parameters in each:
        database.ensure_connection()
        with database.wrap_database_errors, database.connection.pipeline():
            coming = Cursor(database.connection).execute(statement, parameters, prepare=True, binary=True)
            made = read(found.fetchall()) if found else []
        yield made
        found = coming
    yield read(found.fetchall()) if found else []


def _cursor(connection: Connection) -> Cursor:
    if _kept.cursor is None or _kept.cursor.connection is not connection:
        _kept.cursor = Cursor(connection)
    return _kept.cursor


def _execute(statement: str, parameters: Row, cursor: Callable[[Connection], Cursor]) -> Cursor:
    database = here()
    database.ensure_connection()
    if not database.connection.closed:  # which the driver says, and whoever tries again knows by it
        database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        return cursor(database.connection).execute(statement, parameters, prepare=True, binary=True)
