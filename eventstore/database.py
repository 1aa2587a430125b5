"""The way to the tables of the log: statements on the psycopg connection beneath Django's."""

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Cursor

PORTION = 250  # rows: gone again before the garbage collector looks at them, which takes longer than reading them

type Row = tuple[Any, ...]


def query(statement: str, parameters: Row = ()) -> list[Row]:
    """Run a statement, prepared and in binary; the ORM takes 4 × as long."""
    with _executed(statement, parameters) as cursor:
        return cursor.fetchall()


def portions(statement: str, parameters: Row) -> Iterator[list[Row]]:
    """The rows of a statement, some at a time. All of them are here before the first: the connection is free again."""
    with _executed(statement, parameters) as cursor:
        while rows := cursor.fetchmany(PORTION):
            yield rows


def _executed(statement: str, parameters: Row) -> Cursor:
    database = connections[DEFAULT_DB_ALIAS]  # `django.db.connection` looks it up anew for each of these
    database.ensure_connection()
    with database.wrap_database_errors:
        return Cursor(database.connection).execute(statement, parameters, prepare=True, binary=True)
