"""A read model's table: rows loaded and written in batches, in whichever room of the database it stands."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, LiteralString

import msgspec
from django.db import connection, models
from django.db.models.base import ModelState
from psycopg import Cursor, sql
from psycopg.types.json import set_json_dumps, set_json_loads

from eventstore import arrays

ARRAYS: dict[str, tuple[LiteralString, Callable[[Collection[Any]], object]]] = {
    "uuid": ("::uuid[]", arrays.uuids),
    "varchar": ("::text[]", arrays.texts),
}
SIZES = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
encode = msgspec.json.Encoder().encode


@contextmanager
def in_room(room: str) -> Iterator[None]:
    """Inside, and within a transaction, read models are those of this room of the database and of no other."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(room)))
        yield
        cursor.execute("SET LOCAL search_path TO DEFAULT")


def load[Row: models.Model](model: type[Row], keys: Collection[Hashable]) -> dict[Any, Row]:
    """The rows with these primary keys, as far as there are any."""
    if not keys:
        return {}
    statement = shape(model)
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        set_json_loads(msgspec.json.decode, cursor)
        cursor.execute(statement.select, (statement.keys(keys),), binary=True, prepare=True)
        return {values[statement.key]: statement.row(values) for values in cursor.fetchall()}


def write(model: type[models.Model], rows: Sequence[models.Model], *, replacing: Sequence[Hashable]) -> None:
    """Remove the rows with the keys `replacing`, and put `rows` there, by COPY."""
    if not rows and not replacing:
        return
    statement = shape(model)
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        if replacing:
            cursor.execute(statement.delete, (statement.keys(replacing),), binary=True, prepare=True)
        if rows:
            set_json_dumps(encode, cursor)
            with cursor.copy(statement.copy) as copy:
                copy.set_types(statement.types)
                for row in statement.plain(rows):
                    copy.write_row(row)


def replace(model: type[models.Model], before: Mapping[Any, Any], after: Mapping[Any, Any]) -> None:
    """Put the rows that there are `after` something in the place of those `before` it, as far as they are others."""
    changed = [row for key, row in after.items() if row is not None and row is not before.get(key)]
    gone = [key for key, row in before.items() if row is not after[key]]
    write(model, changed, replacing=gone)


class Shape:
    """How rows of a model go into their table."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        key = next(field for field in fields if field.primary_key)
        name = sql.Identifier(model._meta.db_table)
        columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
        self.names = [field.attname for field in fields]
        self.key = fields.index(key)
        self.values = itemgetter(*self.names)
        self.whole = [(place, SIZES[kind]) for place, kind in enumerate(map(type_of, fields)) if kind in SIZES]
        self.types = [type_of(field) for field in fields]
        self.model = model
        self.state = ModelState()
        self.state.adding, self.state.db = False, connection.alias
        several, self.keys = ARRAYS.get(type_of(key), ("", list))
        where = sql.SQL("WHERE {} = ANY(%s{})").format(sql.Identifier(str(key.column)), sql.SQL(several))
        self.select = sql.SQL("SELECT {} FROM {} {}").format(columns, name, where)
        self.delete = sql.SQL("DELETE FROM {} {}").format(name, where)
        self.copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(name, columns)

    def row(self, values: Sequence[Any]) -> Any:
        """A row as it was loaded. Django's own way would cost as much as everything else that is done with it."""
        row = object.__new__(self.model)
        row.__dict__ = dict(zip(self.names, values, strict=True), _state=self.state)
        return row

    def plain(self, rows: Iterable[models.Model]) -> Iterator[Sequence[Any]]:
        """The values of each row as the driver takes them."""
        for row in rows:
            values = self.values(row.__dict__)
            for place, most in self.whole:
                # The driver would cut off what does not fit.
                if values[place] is not None and not -most <= values[place] < most:
                    raise ValueError(f"{values[place]} is too large for {self.names[place]}.")
            yield values


def type_of(field: Any) -> str:
    """The type of a field in the database, such as varchar for varchar(40)."""
    return str(field.db_type(connection)).partition("(")[0]


@cache
def shape(model: type[models.Model]) -> Shape:
    """How rows of this model go into their table."""
    return Shape(model)
