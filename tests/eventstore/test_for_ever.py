"""What was recorded stays as it is: the database itself refuses every change of it."""

import pytest
from django.db import DatabaseError, transaction
from uuid_utils.compat import uuid7

from eventstore import log
from tests.eventstore.pieces import by, pieces, rows

KEYS = {"eventstore_event": "id", "eventstore_log": "position", "eventstore_receipt": "command"}
CHANGES = (
    "UPDATE {table} SET {key} = {key}",
    "UPDATE {table} SET {key} = {key} WHERE false",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE false",
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}",
    "MERGE INTO {table} USING {table} AS mine ON {table}.{key} = mine.{key} WHEN MATCHED THEN DELETE",
)


@pytest.mark.django_db
@pytest.mark.parametrize("table", KEYS)
@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses(change: str, table: str) -> None:
    log.append([pieces("stock_item-A", 1)], *by(uuid7()))
    log.number()
    before = rows(f"SELECT * FROM {table}")

    refused = f"{table} is kept for ever: (UPDATE|DELETE|TRUNCATE) is refused"
    with pytest.raises(DatabaseError, match=refused), transaction.atomic():
        rows(change.format(table=table, key=KEYS[table]))

    assert rows(f"SELECT * FROM {table}") == before
    assert before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE eventstore_unnumbered SET events = '{}'", "UPDATE is refused"),
        ("TRUNCATE eventstore_unnumbered", "TRUNCATE is refused"),
        ("DELETE FROM eventstore_unnumbered", "what has no position is not deleted"),
        ("DELETE FROM eventstore_unnumbered WHERE arrival > 1", "what has no position is not deleted"),
    ],
)
def test_what_waits_for_its_position_waits_until_it_has_one(change: str, reason: str) -> None:
    log.append([pieces("stock_item-A", 1, 2)], *by(uuid7()))
    log.append([pieces("stock_item-B", 1)], *by(uuid7()))

    with pytest.raises(DatabaseError, match=reason), transaction.atomic():
        rows(change)

    assert log.number() == 3
    assert rows("SELECT * FROM eventstore_unnumbered") == []


@pytest.mark.django_db
def test_not_even_all_of_them_together_can_be_emptied() -> None:
    with pytest.raises(DatabaseError, match="is kept for ever"), transaction.atomic():
        rows(f"TRUNCATE {', '.join(KEYS)}, eventstore_unnumbered")
