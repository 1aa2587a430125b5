"""Rows of models, read and written in one prepared statement each: the ORM takes several times as long."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models

from eventstore.database import Row, query

TYPES = {"varchar": "text", "timestamp with time zone": "timestamptz"}


class Shape:
    """How rows of a model lie in their table."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        written = [field for field in fields if not isinstance(field, models.AutoField | models.BigAutoField)]
        table, names = model._meta.db_table, [str(field.column) for field in written]
        self.written = [field.attname for field in written]
        self.json = {field.attname for field in fields if isinstance(field, models.JSONField)}
        self.read = [field.attname for field in fields]
        self.select = f"SELECT {', '.join(str(field.column) for field in fields)} FROM {table} "
        columns, arrays = ", ".join(names), ", ".join(map(array_of, written))
        self.insert = (
            f"INSERT INTO {table} ({columns}) SELECT {columns}"
            f" FROM unnest({arrays}) WITH ORDINALITY AS new ({columns}, place) ORDER BY place"
        )


def array_of(field: Any) -> str:
    """The placeholder for the values of a field."""
    kind = str(field.db_type(connection)).partition("(")[0]
    return "%s::text[]::jsonb[]" if kind == "jsonb" else f"%s::{TYPES.get(kind, kind)}[]"


@cache
def shape(model: type[models.Model]) -> Shape:
    """How rows of this model lie in their table."""
    return Shape(model)


def read[M: models.Model](model: type[M], rest: str, parameters: Row) -> list[M]:
    """The rows that there are by the `rest` of a SELECT."""
    form = shape(model)
    return [loaded(model, form, values) for values in query(form.select + rest, parameters)]


def loaded[M: models.Model](model: type[M], form: Shape, values: Sequence[Any]) -> M:
    """A row as it came from the database."""
    row = model.from_db(DEFAULT_DB_ALIAS, form.read, values)
    for name in form.json:
        held = row.__dict__
        held[name] = json.loads(held[name]) if isinstance(held[name], str | bytes) else held[name]
    return row


def insert(model: type[models.Model], rows: Iterable[models.Model], conflict: str = "") -> None:
    """Insert these rows, in this order; where one is there, by what the statement says of a `conflict`."""
    held = [row.__dict__ for row in rows]
    if held:
        form = shape(model)
        query(f"{form.insert} {conflict} RETURNING 1", tuple(columns(form, held)))


def columns(form: Shape, held: Sequence[dict[str, Any]]) -> Iterator[list[Any]]:
    """The values of rows, column by column, as the driver takes them."""
    for name in form.written:
        values = [row[name] for row in held]
        yield [json.dumps(value) for value in values] if name in form.json else values
