"""A log of orders, from the day on which each was placed to the day on which it is completed; and the rows of it."""

import random
from collections.abc import Iterable, Iterator
from itertools import batched, islice
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import Cursor
from uuid_utils.compat import uuid7

from accounts.domain.address import Address
from eventstore.encoding import encode
from eventstore.log import Recorded
from eventstore.messages import Event
from eventstore.models import Checkpoint
from eventstore.order import number
from eventstore.subscriptions import follow as catch_up
from orders.domain.money import Money, total
from orders.domain.order import OrderCompleted, OrderConfirmed, OrderedLine, OrderPlaced
from orders.domain.shipment import (
    ItemsPicked,
    LabelPrinted,
    PickingStarted,
    ShipmentDelivered,
    ShipmentDispatched,
    ShipmentPacked,
    ShipmentPlanned,
)
from projections import order_page
from projections.engine import Projection, room
from projections.engine.rebuild import fill
from projections.engine.switch import switch
from projections.engine.vanguard import cores
from projections.order_page import OrderPage
from tests.factories.facts import NOON

OPEN = 500  # orders that are on their way at any time
CUSTOMERS = 5_000
BATCH = 10_000
COLUMNS = {
    "id": "uuid",
    "stream": "text",
    "version": "int4",
    "name": "text",
    "schema": "int2",
    "data": "bytea",
    "correlation": "uuid",
    "actor": "text",
}

ADDRESS = Address(recipient="Clara Vogel", street="Lindenallee 7", postcode="04103", city="Leipzig", country="DE")
LINES = tuple(OrderedLine(sku=f"SKU-{n}", name="Enamel mug", quantity=2, price=Money(cents=1250)) for n in range(2))
LATER = (
    "OrderConfirmed",
    "ShipmentPlanned",
    "PickingStarted",
    "ItemsPicked",
    "ShipmentPacked",
    "LabelPrinted",
    "ShipmentDispatched",
    "ShipmentDelivered",
    "OrderCompleted",
)
PIECES = {line.sku: line.quantity for line in LINES}

type Later = (
    OrderConfirmed
    | ShipmentPlanned
    | PickingStarted
    | ItemsPicked
    | ShipmentPacked
    | LabelPrinted
    | ShipmentDispatched
    | ShipmentDelivered
    | OrderCompleted
)
type Life = OrderPlaced | Later


def keys(fact: Recorded[Life]) -> Iterable[UUID]:
    """The order that the fact is about."""
    return (fact.event.order_id,)


def project(row: OrderPage | None, fact: Recorded[Any], order_id: UUID) -> OrderPage | None:
    """The order after the fact: as the shop's own read model has it, and then of a newer version each time."""
    match fact.event:
        case OrderPlaced():
            return order_page.project(row, fact, order_id)
        case _:
            return row and row.but(status=fact.name, version=row.version + 1)


# Of the version of the shop's own, as both fill one table.
ORDERS = Projection(
    OrderPage, wants=Life, keys=keys, project=project, version=order_page.PROJECTION.version, begins_once=True
)


def life(order_id: UUID, customer_id: UUID) -> Iterator[tuple[str, int, Event]]:
    """All that happens to an order, each with its stream and version."""
    shipment = {"order_id": order_id, "shipment_id": uuid7()}
    of_order = (
        OrderPlaced(
            order_id=order_id,
            customer_id=customer_id,
            lines=LINES,
            total=total(line.price * line.quantity for line in LINES),
            delivery_address=ADDRESS,
            payment_terms="prepaid",
        ),
        OrderConfirmed(order_id=order_id),
        OrderCompleted(order_id=order_id),
    )
    of_shipment = (
        ShipmentPlanned(**shipment, pieces=PIECES),
        PickingStarted(**shipment),
        ItemsPicked(**shipment, sku="SKU-0", quantity=2),
        ShipmentPacked(**shipment, pieces=PIECES, grams=740),
        LabelPrinted(**shipment, carrier="Parcel Post", tracking_number="PP-0000-4711"),
        ShipmentDispatched(**shipment, pieces=PIECES, tracking_number="PP-0000-4711"),
        ShipmentDelivered(**shipment, delivered_at=NOON),
    )
    yield from ((f"order-{order_id}", version, event) for version, event in enumerate(of_order[:2], start=1))
    yield from ((f"shipment-{shipment['shipment_id']}", version, event) for version, event in enumerate(of_shipment, 1))
    yield f"order-{order_id}", 3, of_order[2]


def lives(chance: random.Random) -> Iterator[tuple[str, int, Event]]:
    """Without end: what happens next to any of those orders that are on their way."""
    customers = [uuid7() for _ in range(CUSTOMERS)]
    under_way = [life(uuid7(), chance.choice(customers)) for _ in range(OPEN)]
    while True:
        place = chance.randrange(OPEN)
        if (happened := next(under_way[place], None)) is None:
            under_way[place] = life(uuid7(), chance.choice(customers))
        else:
            yield happened


def store(events: int) -> None:
    """Add so many events of orders to the log."""
    head = number()
    with Cursor(connection.connection) as cursor:
        for some in batched(islice(lives(random.Random(events)), events), BATCH):
            ids = _copy_events(cursor, some)
            with cursor.copy("COPY eventstore_log (position, event) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int8", "uuid"])
                for position, event_id in enumerate(ids, start=head + 1):
                    copy.write_row((position, event_id))
            head += len(ids)
    with connection.cursor() as cursor:
        for table in ("eventstore_event", "eventstore_log"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def _copy_events(cursor: "Cursor[Any]", some: Iterable[tuple[str, int, Event]]) -> list[UUID]:
    """Put events into their table; their ids."""
    streams, versions, events = zip(*some, strict=True)
    ids = [uuid7() for _ in events]
    encoded = encode(list(zip(ids, events, strict=True)))
    cause = uuid7()
    with cursor.copy(f"COPY eventstore_event ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(list(COLUMNS.values()))
        for event_id, stream, version, stored in zip(ids, streams, versions, encoded, strict=True):
            copy.write_row((event_id, stream, version, *stored, cause, "clara"))
    return ids


def rebuild() -> None:
    """All of it: fill the new table, and switch."""
    fill(ORDERS, room.NEXT, lambda *_: None, processes=cores())
    switch(ORDERS)


def rebuild_page() -> None:
    """The same of the shop's own read model."""
    fill(order_page.PROJECTION, room.NEXT, lambda *_: None, processes=cores())
    switch(order_page.PROJECTION)


def follow(events: int) -> None:
    """Bring the live table up to so many events."""
    [reader] = ORDERS.readers()
    catch_up(reader, events)


def forget() -> None:
    """Empty the live table, which begins with the first event again."""
    Checkpoint.objects.filter(reader=ORDERS.name).delete()
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {OrderPage._meta.db_table}")
