"""Order page: where an order stands, what became of each line, and where its parcels are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from eventstore.messages import Event
from orders.domain.money import Money
from orders.domain.order import OrderPlaced, reference
from projections import order_page
from projections.order_page import Status
from tests import factories
from tests.orders.domain.ids import ORDER, PARCEL, PARCEL_2
from tests.projections.folding import row_after, rows_after

PLACED: OrderPlaced = factories.OrderPlaced.build(
    order_id=ORDER,
    lines=(
        factories.OrderedLine.build(sku="MUG", name="Enamel mug", quantity=2, price=Money(cents=1250)),
        factories.OrderedLine.build(sku="KETTLE", name="Whistling kettle", quantity=1, price=Money(cents=8900)),
    ),
    payment_terms="on_account",
)


def page(*events: Event) -> dict[str, Any]:
    return row_after(order_page.PROJECTION, PLACED, *events)


def line(sku: str, *events: Event) -> dict[str, Any]:
    """A line of the order after these events."""
    [found] = [line for line in page(*events)["lines"] if line["sku"] == sku]
    return dict(found)


def of(kind: str, **fields: Any) -> Event:
    """An event of the order or one of its parcels."""
    event: Event = getattr(factories, kind).build(order_id=ORDER, **fields)
    return event


def parcel(*kinds: str, **fields: Any) -> list[Event]:
    """What happens to a parcel of everything, or of these pieces."""
    whole = {"ShipmentPlanned", "ShipmentPacked", "ShipmentDispatched"}
    pieces = fields.pop("pieces", {"MUG": 2, "KETTLE": 1})
    return [
        of(kind, **{"shipment_id": PARCEL} | fields | ({"pieces": pieces} if kind in whole else {})) for kind in kinds
    ]


TO_THE_DOOR = ("ShipmentPlanned", "PickingStarted", "ShipmentPacked", "LabelPrinted", "ShipmentDispatched")


def test_the_page_of_a_placed_order() -> None:
    [fact] = factories.history(PLACED)
    [[key, row]] = rows_after(order_page.PROJECTION, PLACED).items()
    assert key == ORDER
    nothing = {"cancelled": 0, "waiting": 0, "sent": 0, "returned": 0, "reserved": 0}
    assert list(row.pop("lines")) == [
        {"sku": "MUG", "name": "Enamel mug", "quantity": 2, "price": {"cents": 1250, "currency": "EUR"}} | nothing,
        {"sku": "KETTLE", "name": "Whistling kettle", "quantity": 1, "price": {"cents": 8900, "currency": "EUR"}}
        | nothing,
    ]
    assert row == {
        "order_id": ORDER,
        "reference": reference(ORDER),
        "customer_id": PLACED.customer_id,
        "status": Status.PLACED,
        "reason": "",
        "placed_at": fact.recorded_at,
        "payment_terms": "on_account",
        "cents": 11400,
        "currency": "EUR",
        "delivery_address": {
            "recipient": "Clara Vogel",
            "street": "Lindenallee 7",
            "postcode": "10115",
            "city": "Berlin",
            "country": "DE",
        },
        "parcels": [],
        "confirmed": False,
        "held": False,
        "cancelling": False,
        "version": 1,
        "position": 1,
    }


LATE = of("Backordered", sku="MUG", short_by=2, reserved=0)
MUG_LESS = of("OrderLinesCancelled", sku="MUG", quantity=1)
STANDINGS: list[tuple[Status, list[Event]]] = [
    (Status.PLACED, []),
    (Status.CONFIRMED, [of("OrderConfirmed")]),
    (Status.WAITING, [of("OrderConfirmed"), LATE]),
    (Status.WAITING, [of("OrderConfirmed"), LATE, of("BackorderAllocated", sku="MUG", quantity=1)]),
    (Status.CONFIRMED, [of("OrderConfirmed"), LATE, of("BackorderAllocated", sku="MUG", quantity=2)]),
    (Status.PLACED, [LATE, of("BackorderCancelled", sku="MUG", quantity=2)]),
    (Status.CONFIRMED, [of("OrderConfirmed"), *parcel("ShipmentPlanned")]),
    (Status.CONFIRMED, [of("OrderConfirmed"), LATE, *parcel("ShipmentPlanned", pieces={"KETTLE": 1})]),
    (Status.WAITING, [of("OrderConfirmed"), LATE, *parcel("ShipmentPlanned", "ShipmentCancelled", pieces={"MUG": 1})]),
    (Status.PACKING, [of("OrderConfirmed"), *parcel("ShipmentPlanned", "PickingStarted")]),
    (Status.PACKING, parcel("ShipmentPlanned", "PickingStarted", "ShipmentPacked")),
    (Status.PACKING, parcel("ShipmentPlanned", "PickingStarted", "ShipmentPacked", "LabelPrinted")),
    (Status.CONFIRMED, [of("OrderConfirmed"), *parcel("ShipmentPlanned", "PickingStarted", "ShipmentCancelled")]),
    (Status.SENT, parcel(*TO_THE_DOOR)),
    (Status.SENT, parcel(*TO_THE_DOOR, "ShipmentLost")),
    (Status.DELIVERED, parcel(*TO_THE_DOOR, "ShipmentDelivered")),
    (Status.DELIVERED, parcel(*TO_THE_DOOR, "ShipmentLost", "ShipmentDelivered")),
    (Status.PARTLY_SENT, parcel(*TO_THE_DOOR, pieces={"MUG": 2})),
    (Status.PARTLY_SENT, parcel(*TO_THE_DOOR, "ShipmentDelivered", pieces={"MUG": 2})),
    (Status.SENT, [MUG_LESS, *parcel(*TO_THE_DOOR, pieces={"MUG": 1, "KETTLE": 1})]),
    (Status.COMPLETED, [*parcel(*TO_THE_DOOR, "ShipmentDelivered"), of("OrderCompleted")]),
    (Status.COMPLETED, [of("OrderCompleted"), *parcel(*TO_THE_DOOR, "ShipmentDelivered")]),
    (Status.HELD, [of("OrderHeld")]),
    (Status.PLACED, [of("OrderHeld"), of("OrderReleased")]),
    (Status.CANCELLING, [of("OrderHeld"), of("CancellationRequested")]),
    (Status.CONFIRMED, [of("OrderConfirmed"), of("CancellationRequested"), of("CancellationRefused")]),
    (Status.CANCELLED, [of("CancellationRequested"), of("OrderCancelled")]),
    (Status.REJECTED, [of("OrderRejected")]),
]


@pytest.mark.parametrize(("status", "events"), STANDINGS, ids=[f"{n}-{each[0]}" for n, each in enumerate(STANDINGS)])
def test_where_an_order_stands(status: Status, events: list[Event]) -> None:
    assert page(*events)["status"] == status


def test_an_order_can_come_to_every_standing() -> None:
    assert set(Status) == {status for status, _ in STANDINGS}


@pytest.mark.parametrize(
    "kind", ["OrderRejected", "OrderCancelled", "OrderHeld", "CancellationRequested", "CancellationRefused"]
)
def test_a_page_says_why(kind: str) -> None:
    assert page(of(kind, reason="It was too much."))["reason"] == "It was too much."
    assert page(of(kind), of("OrderHeld"), of("OrderReleased"))["reason"] == ""


def test_what_became_of_each_line() -> None:
    inspected = of("ReturnInspected", sku="MUG", sellable=1, damaged=0)
    happened = [LATE, MUG_LESS, of("BackorderCancelled", sku="MUG", quantity=1)]
    mug = {"cancelled": 1, "waiting": 1, "sent": 0, "returned": 0}
    assert line("MUG", *happened) == line("MUG") | mug
    sent = parcel(*TO_THE_DOOR, pieces={"MUG": 1})
    mug |= {"waiting": 0, "sent": 1, "returned": 1, "reserved": 1}
    got = of("BackorderAllocated", sku="MUG", quantity=1)
    assert line("MUG", *happened, got, *sent, inspected) == line("MUG") | mug
    assert line("KETTLE", *happened, got, *sent, inspected) == line("KETTLE")


def of_stock(kind: str, quantity: int) -> Event:
    """What the stock says of the mugs."""
    return of(kind, sku="MUG", quantity=quantity)


def test_what_leaves_unreserved_is_no_longer_waited_for() -> None:
    lacks = of("Backordered", sku="MUG", short_by=1, reserved=1)
    got, gone = of_stock("BackorderAllocated", 1), of_stock("BackorderCancelled", 1)
    waiting = [
        line("MUG", *happened)["waiting"]
        for happened in (
            (lacks, of_stock("StockDispatched", 2)),
            (lacks, of_stock("StockDispatched", 1)),
            (lacks, of_stock("StockDispatched", 1), of_stock("StockDispatched", 1)),
            (lacks, of_stock("StockDispatched", 3)),
            (lacks, got, lacks, of_stock("StockDispatched", 1)),
            (lacks, got, of_stock("StockDispatched", 2)),
            (lacks, gone, of_stock("StockDispatched", 2)),
            (of_stock("StockDispatched", 2),),
        )
    ]
    assert waiting == [0, 1, 0, 0, 1, 0, 0, 0]
    assert line("KETTLE", lacks, of_stock("StockDispatched", 2)) == line("KETTLE")


def test_a_parcel_and_where_it_is() -> None:
    begun = {"shipment_id": str(PARCEL), "status": "planned", "pieces": {"MUG": 2, "KETTLE": 1}}
    begun |= {"carrier": "", "tracking_number": ""}
    assert page(*parcel("ShipmentPlanned"))["parcels"] == [begun]
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    label = of("LabelPrinted", shipment_id=PARCEL, carrier="Parcel Post", tracking_number="PP1")
    arrived = of("ShipmentDelivered", shipment_id=PARCEL, delivered_at=at)
    assert page(*parcel(*TO_THE_DOOR[:3], pieces={"MUG": 2}), label, arrived)["parcels"] == [
        {
            "shipment_id": str(PARCEL),
            "status": "delivered",
            "pieces": {"MUG": 2},
            "carrier": "Parcel Post",
            "tracking_number": "PP1",
            "delivered_at": at.isoformat(),
        }
    ]


def test_parcels_stand_in_the_order_in_which_they_were_planned() -> None:
    second = of("ShipmentPlanned", shipment_id=PARCEL_2)
    parcels = page(*parcel("ShipmentPlanned"), second, *parcel("PickingStarted"))["parcels"]
    assert [each["shipment_id"] for each in parcels] == [str(PARCEL), str(PARCEL_2)]


def test_the_parcels_go_to_another_address() -> None:
    moved = of("DeliveryAddressChanged", delivery_address=factories.Address.build(city="Leipzig"))
    assert page(moved)["delivery_address"]["city"] == "Leipzig"


def test_the_version_is_that_of_the_order_and_the_position_that_of_the_log() -> None:
    row = page(of("OrderConfirmed"), *parcel("ShipmentPlanned", "PickingStarted"))
    assert (row["version"], row["position"]) == (2, 4)


def test_of_an_order_that_was_never_placed_there_is_no_page() -> None:
    assert rows_after(order_page.PROJECTION, of("OrderConfirmed")) == {}


def test_an_order_whose_customer_was_erased_has_no_address() -> None:
    erased = factories.OrderPlaced.build(delivery_address=None)
    [row] = rows_after(order_page.PROJECTION, erased).values()
    assert row["delivery_address"] is None


def test_an_order_as_lists_show_it() -> None:
    row = factories.OrderPage.build(cents=4200, currency="GBP")
    assert (str(row), row.total) == (row.reference, Money(cents=4200, currency="GBP"))
