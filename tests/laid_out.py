"""What many tests begin with: made once in each of pytest's workers, and laid out anew for each test."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from tests.log_room import OF_MIGRATIONS, TABLES

type Rows = dict[str, bytes]

_kept: dict[Callable[[], Any], tuple[Any, Rows]] = {}


def laid_out[T](make: Callable[[], T]) -> T:
    """What `make` returns, and what it leaves in an empty database: from its second time on, copies of the rows."""
    if make not in _kept:
        _kept[make] = make(), copied()
    else:
        lay_out(_kept[make][1])
    return _kept[make][0]  # type: ignore[no-any-return]


def copied() -> Rows:
    """All rows of all tables, but for what is there in an empty database as well."""
    tables = {*connection.introspection.django_table_names(only_existing=True, include_views=False), *TABLES}
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables - OF_MIGRATIONS):
            with cursor.copy(sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(table))) as copy:
                found[table] = b"".join(copy)
        return found


def lay_out(rows: Rows) -> None:
    """Put rows into the empty tables that they are of; what refers to other rows is looked at in the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, content in rows.items():
            with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table))) as copy:
                copy.write(content)
