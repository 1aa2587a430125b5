"""Notes: what a later part of the log says of rows that did not begin in it, beside the rows that did."""

from collections.abc import Hashable, Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor, sql

from projections.engine.room import Model, named
from projections.engine.table import type_of

# The key of a row, and the position of what is said of it; none where a row of this key has begun and ended here.
type Note = tuple[Hashable, int | None]

CREATE = "CREATE TABLE {notes} (key {type}, position bigint)"
ENDED = "SELECT 1 FROM {rows} AS here JOIN {notes} AS note ON here.{key} = note.key WHERE note.position IS NULL LIMIT 1"
OF_OTHERS = (
    "SELECT note.key, note.position FROM {notes} AS note JOIN {rows} AS here ON here.{key} = note.key"
    " WHERE note.position IS NOT NULL ORDER BY note.position"
)
ADD = "INSERT INTO {rows} SELECT * FROM {ahead}"


def create(model: Model, ahead: str) -> None:
    """Have an empty table for notes in the room `ahead`."""
    _run(model, ahead, CREATE)


def write(model: Model, notes: Sequence[Note]) -> None:
    """Keep these notes, in the room that we are in."""
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        statement = sql.SQL("COPY {} (key, position) FROM STDIN (FORMAT BINARY)")
        with cursor.copy(statement.format(sql.Identifier(name(model)))) as copy:
            copy.set_types([type_of(model._meta.pk), "bigint"])
            for note in notes:
                copy.write_row(note)


def ended(model: Model, place: str, ahead: str) -> bool:
    """Whether a row that has begun and ended in the room `ahead` is in `place`."""
    return bool(_run(model, ahead, ENDED, place))


def of_others(model: Model, place: str, ahead: str) -> list[Note]:
    """What was noted of rows that are in `place`, in the order of the log."""
    return _run(model, ahead, OF_OTHERS, place)


def add(model: Model, place: str, ahead: str) -> None:
    """Add the rows in the room `ahead` to those in `place`; an IntegrityError where one of them is there already."""
    _run(model, ahead, ADD, place)


def name(model: Model) -> str:
    """The table for notes beside that of the model."""
    return f"{model._meta.db_table}_notes"


def _run(model: Model, ahead: str, statement: str, place: str = "") -> list[Any]:
    key = model._meta.pk
    assert key is not None
    parts = {
        "notes": sql.Identifier(ahead, name(model)),
        "ahead": named(model, ahead),
        "rows": named(model, place),
        "key": sql.Identifier(str(key.column)),
        "type": sql.SQL(str(key.db_type(connection))),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**parts))
        return cursor.fetchall() if cursor.description is not None else []
