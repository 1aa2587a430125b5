"""Pieces of stock: the smallest events there are, for tests that are about the log and not about what is in it."""

from typing import Any
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from eventstore.log import ANY, Metadata, New, Receipt, append
from orders.domain.stock_item import StockReceived

METADATA = Metadata(actor="tests", correlation=uuid7())


def received(quantity: int = 1, sku: str = "SKU-1") -> StockReceived:
    """Some pieces have arrived."""
    return StockReceived(sku=sku, quantity=quantity)


def pieces(stream: str, *quantities: int, expected: int | None = ANY) -> New:
    """Pieces to append to a stream, an event for each of these quantities."""
    return New(stream, [received(quantity) for quantity in quantities], expected)


def append_pieces(stream: str, *quantities: int, expected: int | None = ANY) -> list[UUID]:
    """Append an event for each of these quantities."""
    return append([pieces(stream, *quantities, expected=expected)], METADATA)


def by(command: UUID) -> tuple[Metadata, Receipt]:
    """What `append` is told of the command that its events come from."""
    return METADATA, Receipt(command, "ReceiveStock", b"digest", "tests")


def rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """What the database itself says."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def count(table: str) -> int:
    """How many rows a table has."""
    return int(rows(f"SELECT count(*) FROM {table}")[0][0])


def make_newer(event: UUID) -> None:
    """Let an event be one that newer code has stored, in a schema of its own."""
    _change(event, "schema = schema + 1")


def make_unreadable(event: UUID) -> None:
    """Let the bytes of an event be what nobody can read."""
    _change(event, "data = 'rotten'")


def _change(event: UUID, what: str) -> None:
    rows("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
    rows(f"UPDATE eventstore_event SET {what} WHERE id = %s", event)
    rows("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
