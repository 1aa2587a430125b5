"""Prepared statements: each is run as by a cursor, whatever has become of what its connection has prepared."""

from contextlib import suppress
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, connections, transaction
from uuid_utils.compat import uuid7

from eventstore import prepared
from eventstore.database import query
from eventstore.log import append
from tests.eventstore.pieces import by, pieces, rows

pytestmark = pytest.mark.django_db(transaction=True)

SUM = "SELECT %s::integer + %s::bigint"
COUNTED = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'prepared_%%' AND statement = %s"


def execute(statement: str) -> None:
    """Run a statement as Django does it."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def kept(statement: str) -> int:
    """How many of the connection's prepared statements are this one."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [statement])
        return int(cursor.fetchone()[0])


def test_a_statement_is_prepared_once() -> None:
    assert [query(SUM, (1, each)) for each in (2, 2**40, None)] == [[(3,)], [(2**40 + 1,)], [(None,)]]
    assert kept("SELECT $1::integer + $2::bigint") == 1


def test_a_statement_that_says_no_types_is_prepared_for_those_that_come() -> None:
    statement = "SELECT %s, %s = ANY(%s), '100%%'"
    assert query(statement, ("a", "b", ["a", "b"])) == [("a", True, "100%")]
    assert query(statement, (1, 2, [3, 4])) == [(1, False, "100%")]
    assert query(statement, (None, uuid7(), [UUID(int=0)])) == [(None, False, "100%")]


def test_a_statement_that_the_server_has_lost_is_prepared_anew() -> None:
    query(SUM, (1, 2))
    execute("DEALLOCATE ALL")
    assert query(SUM, (1, 2)) == [(3,)]


def test_after_a_rollback_all_is_prepared_anew() -> None:
    query(SUM, (1, 2))
    with transaction.atomic():
        query(SUM, (1, 2))  # by psycopg itself, which then throws away what is prepared
        transaction.set_rollback(True)
    assert kept("SELECT $1::integer + $2::bigint") == 0
    assert query(SUM, (1, 2)) == [(3,)]


def test_what_fails_only_as_it_is_committed_has_failed() -> None:
    execute("CREATE TEMP TABLE late (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    query("INSERT INTO late VALUES (%s::integer)", (1,))
    with pytest.raises(IntegrityError, match="duplicate key"):
        query("INSERT INTO late VALUES (%s::integer)", (1,))
    assert query("SELECT n FROM late") == [(1,)]


def test_a_table_with_other_columns_is_read_with_those() -> None:
    execute("CREATE TEMPORARY TABLE shelf AS SELECT 1 AS pieces")
    assert query("SELECT * FROM shelf") == [(1,)]
    execute("ALTER TABLE shelf ADD COLUMN sku text DEFAULT 'MUG'")
    assert query("SELECT * FROM shelf") == [(1, "MUG")]


def test_a_connection_keeps_no_more_than_so_many() -> None:
    for number in range(prepared.MOST + 20):
        assert query(f"SELECT {number}, %s::integer", (number,)) == [(number, number)]
    [(count,)] = rows("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'prepared_%%'")
    assert count == prepared.MOST


def test_what_the_server_refuses_is_djangos_error_with_its_diagnosis_and_the_connection_goes_on() -> None:
    with pytest.raises(DataError, match="division by zero") as told:
        query("SELECT 1 / %s::integer", (0,))
    assert told.value.__cause__.diag.sqlstate == "22012"  # type: ignore[union-attr]
    event_id = uuid7()
    insert = "INSERT INTO eventstore_log (position, event) VALUES (%s::bigint, %s::uuid) RETURNING position"
    with pytest.raises(IntegrityError, match="eventstore_log_position_check"):
        query(insert, (0, event_id))
    assert query(SUM, (1, 2)) == [(3,)]


def test_a_statement_in_a_transaction_is_part_of_it() -> None:
    execute("CREATE TEMPORARY TABLE shelf (pieces integer)")
    with transaction.atomic():
        query("INSERT INTO shelf VALUES (%s::integer) RETURNING pieces", (1,))
        transaction.set_rollback(True)
    assert query("SELECT * FROM shelf") == []


def test_nothing_is_said_to_be_done_in_a_transaction_that_can_only_be_undone() -> None:
    with transaction.atomic():
        with suppress(ValueError), transaction.atomic(savepoint=False):
            raise ValueError
        with pytest.raises(transaction.TransactionManagementError):
            append([pieces("stock_item-A", 1)], *by(uuid7()))
    assert rows("SELECT FROM eventstore_event") == []


def test_a_connection_that_is_lost_is_said_to_be_also_where_all_can_only_be_undone() -> None:
    with suppress(ValueError), transaction.atomic():
        connection.connection.close()
        connection.needs_rollback = True
        with pytest.raises(OperationalError):
            query(SUM, (1, 2))
        raise ValueError
    assert query(SUM, (1, 2)) == [(3,)]


def test_another_connection_has_its_own() -> None:
    query(SUM, (1, 2))
    connection.close()
    assert query(SUM, (1, 2)) == [(3,)]


def test_two_connections_in_turns_have_each_their_own() -> None:
    wrapper = connections["default"]
    query(SUM, (1, 2))
    first, wrapper.connection = wrapper.connection, None
    query(SUM, (1, 2))
    second, wrapper.connection = wrapper.connection, first
    try:
        assert query(SUM, (1, 2)) == [(3,)]
    finally:
        second.close()


def test_one_event_and_its_receipt_are_kept_as_several_are() -> None:
    [one] = append([pieces("stock_item-A", 1)], *by(uuid7()))
    _, other = append([pieces("stock_item-B", 2, 1)], *by(uuid7()))
    for table, which, what in (
        (
            "event",
            "id = %s",
            "name, schema, data, correlation, causation, actor, recorded_at <= now()",
        ),
        ("receipt", "%s = ANY(events)", "name, digest, actor, refusal, stream, recorded_at <= now()"),
    ):
        first, second = (rows(f"SELECT {what} FROM eventstore_{table} WHERE {which}", each) for each in (one, other))
        assert first == second != []
