"""Rooms: schemas of the database, in which a read model's table can stand a second time, under the same names."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.db import connection, models
from psycopg import sql

from projections.engine.table import in_room

LIVE = "public"
NEXT = "projections_next"
FORMER = "projections_former"
THEN = "projections_then"
CHECKED = "projections_checked"
BETWEEN = "projections_between"

# Longer than the server takes to see that its own vacuum is in somebody's way (deadlock_timeout, 1 s), which then ends.
WHILE_VACUUM_ENDS = "3s"

type Model = type[models.Model]


def create(model: Model, room: str) -> None:
    """An empty table in `room`, as Django would make it, without the indexes that only reading needs."""
    _run([sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(room))])
    with in_room(room):
        _run(statements(model)[:1])


def index(model: Model, room: str) -> None:
    """Make the indexes that reading needs, where they are not there yet."""
    lines = statements(model)
    if _count("pg_indexes", model, room) < len(lines):
        with in_room(room):
            _run(lines[1:])


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
    return _count("pg_tables", model, room) > 0


def part(room: str) -> str:
    """The name of a new room for a part of what is to stand in `room`. Nobody else ever has it: it is a fence."""
    return f"{room}_{secrets.token_hex(6)}"


def close_parts(model: Model, room: str) -> None:
    """Throw away what is left of parts of the table that was to stand in `room`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname FROM pg_tables WHERE schemaname ~ %s AND tablename = %s",
            [f"^{room}_[0-9a-f]+$", model._meta.db_table],
        )
        left = [name for (name,) in cursor.fetchall()]
    for name in left:
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
    key = next(field.column for field in model._meta.concrete_fields if field.primary_key)
    query = sql.SQL(
        "SELECT coalesce(live.{key}, other.{key})::text, to_jsonb(live), to_jsonb(other)"
        " FROM {live} live FULL JOIN {other} other ON live.{key} = other.{key}"
        " WHERE to_jsonb(live) IS DISTINCT FROM to_jsonb(other) ORDER BY 1"
    ).format(key=sql.Identifier(str(key)), live=named(model, LIVE), other=named(model, room))
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


def statements(model: Model) -> list[str]:
    """What Django would run to make the table: first the table itself, then its indexes."""
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor.create_model(model)
    return [line for line in map(str, editor.collected_sql) if not line.startswith("--")]


def _count(catalogue: str, model: Model, room: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {} WHERE schemaname = %s AND tablename = %s").format(
        sql.Identifier(catalogue)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [room, model._meta.db_table])
        return int(cursor.fetchone()[0])


def _run(lines: Sequence[str | sql.Composable]) -> None:
    with connection.cursor() as cursor:
        for line in lines:
            cursor.execute(line)
