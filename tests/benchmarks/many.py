"""Many rows at once: one that a factory made is copied by the database itself, with what tells them apart changed."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from projections.order_page import OrderPage, Status
from projections.search import SearchTerm
from projections.shipments import Shipment, Stage
from tests import factories

# An id whose order is that of g, as that of a UUIDv7 is that of time.
ID = "(lpad(to_hex(g), 12, '0') || '-7000-8000-000000000000')"
UUID_OF_G = f"(substr({ID}, 1, 8) || '-' || substr({ID}, 9))::uuid"
NUMBER = "lpad(to_hex(mod(g::bigint * 2654435761, 4294967296)), 8, '0')"  # as order numbers: all different, in no order
OF_A_NAME = 40  # orders: more than a page shows, however many there are
NAME = "'name' || lpad(mod(g, {})::text, 6, '0')"
SINCE = "t.{} + g * interval '1 second'"
INDEXES = (
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)"
    " FROM pg_index WHERE indrelid = %s::regclass AND NOT indisunique"
)


def orders_of(customer_id: UUID, orders: int) -> None:
    """So many orders of a customer, each with its parcel and its words; a tenth of them are open."""
    for model in (OrderPage, Shipment, SearchTerm):
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {model._meta.db_table}")
            # What is only read here need not wait for the disk as it is written.
            cursor.execute(f"ALTER TABLE {model._meta.db_table} SET UNLOGGED")
    place = {"order_id": UUID_OF_G, "reference": NUMBER}
    statuses = f"CASE WHEN mod(g, 10) = 0 THEN '{Status.PACKING}' ELSE '{Status.COMPLETED}' END"
    stages = f"CASE WHEN mod(g, 1000) = 0 THEN '{Stage.PLANNED}' ELSE '{Stage.DELIVERED}' END"
    order = factories.OrderPage.create(customer_id=customer_id)
    copy(order, orders, **place, status=statuses, placed_at=SINCE.format("placed_at"))
    parcel = factories.Shipment.create()
    copy(parcel, orders, **place, shipment_id=UUID_OF_G, stage=stages, planned_at=SINCE.format("planned_at"))
    for kind, text in (("number", NUMBER), ("recipient", NAME.format(orders // OF_A_NAME))):
        word = factories.SearchTerm.create(kind=kind)
        copy(word, orders, item=f"'{kind}:' || g", subject=UUID_OF_G, text=text)


def copy(row: Model, times: int, **changed: str) -> None:
    """So many rows like this one, and not this one itself; what is changed is said in SQL of t, the row, and g."""
    columns = [str(field.column) for field in row._meta.concrete_fields]
    values = ", ".join(changed.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    key = row._meta.pk.column
    with connection.cursor() as cursor:
        # An index is made of all rows at once in a fraction of the time that it takes row by row.
        cursor.execute(INDEXES, (row._meta.db_table,))
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(
            f"INSERT INTO {row._meta.db_table} ({names})"
            f' SELECT {values} FROM {row._meta.db_table} t, generate_series(1, %s) g WHERE t."{key}" = %s',
            (times, row.pk),
        )
        row.delete()
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute(f"VACUUM ANALYZE {row._meta.db_table}")


def last_shown(rows: Any, *by: str) -> list[Any]:
    """The values by which a page in the middle of a list begins."""
    middle = rows.order_by(*by)[rows.count() // 2]
    return [getattr(middle, name.removeprefix("-")) for name in by]
