"""A read model's table: rows loaded and written in batches, in whichever room of the database it stands."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
from django.db import connection, models
from psycopg import Cursor, sql
from psycopg.types.json import Jsonb

encode = msgspec.json.Encoder().encode


@contextmanager
def in_room(room: str) -> Iterator[None]:
    """Inside, and within a transaction, read models are those of this room: a schema of the database."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(room)))
        yield
        cursor.execute("SET LOCAL search_path TO DEFAULT")


def load[Row: models.Model](model: type[Row], keys: Collection[Hashable]) -> dict[Any, Row]:
    """The rows with these primary keys, as far as there are any."""
    return model._default_manager.in_bulk(keys) if keys else {}


def write(model: type[models.Model], rows: Sequence[models.Model], *, replacing: Sequence[Hashable]) -> None:
    """Remove the rows with the keys `replacing`, and put `rows` there. Both at once, as COPY writes three times faster."""
    if not rows and not replacing:
        return
    statement = shape(model)
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        if replacing:
            cursor.execute(statement.delete, (list(replacing),), binary=True, prepare=True)
        if rows:
            with cursor.copy(statement.copy) as copy:
                copy.set_types(statement.types)
                for row in statement.plain(rows):
                    copy.write_row(row)


class Shape:
    """How rows of a model go into their table."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        key = next(field for field in fields if field.primary_key)
        name = sql.Identifier(model._meta.db_table)
        columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
        self.names = [field.attname for field in fields]
        self.json = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
        self.types = [str(field.db_type(connection)).partition("(")[0] for field in fields]
        self.copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(name, columns)
        self.delete = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(name, sql.Identifier(str(key.column)))

    def plain(self, rows: Iterable[models.Model]) -> Iterator[list[Any]]:
        """The values of each row as the driver takes them."""
        for row in rows:
            values = [row.__dict__[name] for name in self.names]
            for place in self.json:
                if values[place] is not None:
                    values[place] = Jsonb(values[place], dumps=encode)
            yield values


@cache
def shape(model: type[models.Model]) -> Shape:
    """How rows of this model go into their table."""
    return Shape(model)
