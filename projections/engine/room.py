"""Rooms: schemas of the database, in which a read model's table can stand a second time, under the same names."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.db import connection, models
from psycopg import sql

LIVE = "public"
NEXT = "projections_next"
FORMER = "projections_former"
THEN = "projections_then"
CHECKED = "projections_checked"
BETWEEN = "projections_between"
OTHERS = (NEXT, FORMER, THEN, CHECKED, BETWEEN)

# Longer than the server takes to see that its own vacuum is in somebody's way (deadlock_timeout, 1 s), which then ends.
WHILE_VACUUM_ENDS = "3s"

COLUMNS = (
    "SELECT attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,"
    " pg_get_expr(adbin, adrelid)) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
    " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
)
UNIQUE = (
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conrelid = to_regclass(%s) AND contype IN ('p', 'u', 'x')"
)
WITHOUT_LIVE = (
    "SELECT DISTINCT tablename FROM pg_tables AS other WHERE schemaname = ANY(%s)"
    " AND NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = %s AND tablename = other.tablename)"
)
STANDING = "SELECT schemaname FROM pg_tables WHERE schemaname ~ %s AND tablename = %s"
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = %s"

type Model = type[models.Model]


def create(model: Model, room: str) -> None:
    """An empty table in `room`, like the live one, but without the indexes that only reading needs.

    The model is not asked: the code that makes the table may be older than a migration of the live one.
    """
    here = named(model, room)
    like = "CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING INDEXES)"
    _run(
        [
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(room)),
            sql.SQL(like).format(here, named(model, LIVE)),
        ]
    )
    unique = _rows(UNIQUE, [as_text(model, LIVE)])
    added = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
    _run([added.format(here, sql.Identifier(name), sql.SQL(definition)) for name, definition in unique])


def index(model: Model, room: str) -> None:
    """Make the indexes that the live table is read by, where they are not there yet."""
    live, here = (dict(_rows(INDEXES, [place, model._meta.db_table])) for place in (LIVE, room))
    _run([made.replace(f" ON {LIVE}.", f" ON {room}.", 1) for name, made in live.items() if name not in here])


def drop(model: Model, room: str) -> None:
    """Throw away the table in `room`, where there is one."""
    _run([sql.SQL("DROP TABLE IF EXISTS {}").format(named(model, room))])


def move(model: Model, room: str, to: str) -> None:
    """Put the table from `room` into the room `to`, with its indexes, under the same names."""
    _run(
        [
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(to)),
            sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(named(model, room), sql.Identifier(to)),
        ]
    )


def exists(model: Model, room: str) -> bool:
    """Whether there is such a table in `room`."""
    return bool(columns(model, room))


def is_like_live(model: Model, room: str) -> bool:
    """Whether the table in `room` has the columns of the live one, so that no migration has come in between."""
    return columns(model, room) == columns(model, LIVE)


def columns(model: Model, room: str) -> dict[str, str]:
    """The columns of the table in `room`, each with its type and what else the database holds it to."""
    return dict(_rows(COLUMNS, [as_text(model, room)]))


def part(room: str) -> str:
    """The name of a new room for a part of what is to stand in `room`. Nobody else ever has it: it is a fence."""
    return f"{room}_{secrets.token_hex(6)}"


def close_parts(model: Model, room: str) -> None:
    """Throw away what is left of parts of the table that was to stand in `room`."""
    for (name,) in _rows(STANDING, [f"^{room}_[0-9a-f]+$", model._meta.db_table]):
        close(name)


def without_live() -> list[str]:
    """The names of tables that stand in other rooms, while no table of that name is live any more."""
    return [name for (name,) in _rows(WITHOUT_LIVE, [list(OTHERS), LIVE])]


def drop_everywhere(table: str) -> None:
    """Throw away the tables of this name in all rooms but the live one, and what is left of parts of them."""
    for other in OTHERS:
        _run([sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(other, table))])
        for (name,) in _rows(STANDING, [f"^{other}_[0-9a-f]+$", table]):
            close(name)


def close(room: str) -> None:
    """Throw away a room and all that is in it."""
    _run([sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(room))])


def hold_off_vacuum(model: Model, *rooms: str) -> None:
    """Keep the server's vacuum from these tables to the end of the transaction, and nobody who reads or writes.

    For as long as it is at work in a table, nobody can move that; and it only gives way to who waits for it for long,
    as whoever keeps readers waiting must not.
    """
    there = [named(model, each) for each in rooms if exists(model, each)]
    _run(
        [
            sql.SQL("SET LOCAL lock_timeout TO {}").format(WHILE_VACUUM_ENDS),
            *(sql.SQL("LOCK TABLE {} IN SHARE UPDATE EXCLUSIVE MODE").format(each) for each in there),
            "SET LOCAL lock_timeout TO DEFAULT",
        ]
    )


def commit_without_waiting() -> None:
    """Have this transaction's commit not wait for the disk. What a crash takes away then has to be made again."""
    _run(["SET LOCAL synchronous_commit TO off"])


def rows(model: Model, room: str) -> int:
    """How many rows the table in `room` has."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(named(model, room)))
        return int(cursor.fetchone()[0])


def differences(model: Model, room: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every row in which the live table differs from that in `room`: key, live and other fields. In a transaction."""
    fields = model._meta.concrete_fields
    key = next(field.column for field in fields if field.primary_key)
    query = sql.SQL(
        "SELECT coalesce(live.{key}, other.{key})::text, to_jsonb(live), to_jsonb(other)"
        " FROM (SELECT {known} FROM {live}) live FULL JOIN (SELECT {known} FROM {other}) other"
        " ON live.{key} = other.{key} WHERE to_jsonb(live) IS DISTINCT FROM to_jsonb(other) ORDER BY 1"
    ).format(
        key=sql.Identifier(str(key)),
        # What newer code puts into columns that this one does not know, it cannot make from the log.
        known=sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields),
        live=named(model, LIVE),
        other=named(model, room),
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        for found, live, other in cursor:
            yield found, as_dict(live), as_dict(other)


def as_dict(value: Any) -> dict[str, Any]:
    """A row as the database wrote it; empty where there is none."""
    return msgspec.json.decode(value, type=dict[str, Any]) if value else {}


def named(model: Model, room: str) -> sql.Identifier:
    """The table in `room`, for a statement."""
    return sql.Identifier(room, model._meta.db_table)


def as_text(model: Model, room: str) -> str:
    """The table in `room`, for a parameter."""
    return named(model, room).as_string()


def _rows(query: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found: list[Any] = cursor.fetchall()
    return found


def _run(lines: Sequence[str | sql.Composable]) -> None:
    with connection.cursor() as cursor:
        for line in lines:
            cursor.execute(line)
