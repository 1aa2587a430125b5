"""A parcel that was believed lost and turns up: what was paid back for it is not paid back once more."""

import pytest
from msgspec.structs import replace

from eventstore.messages import Event
from orders.domain import reasons
from orders.domain.money import Money
from orders.domain.payment import NothingLeftToRefund, RefundFailed, RefundRequested
from orders.screens.order_now import OrderNow
from tests import factories
from tests.orders.domain.ids import ORDER, PARCEL, PARCEL_2
from tests.orders.domain.payments import AUTHORIZED, CAPTURED, CAPTURING, REQUESTED, SHARE

MUGS = factories.OrderedLine.build(sku="MUG", quantity=3)
PLACED = factories.OrderPlaced.build(order_id=ORDER, lines=(MUGS,))


def parcel(kind: str, **fields: object) -> Event:
    """What has happened to the parcel that was believed lost."""
    event: Event = getattr(factories, kind).build(shipment_id=PARCEL, order_id=ORDER, **fields)
    return event


CENT = Money(cents=1)
GONE = (parcel("ShipmentPlanned", pieces={"MUG": 2}), parcel("ShipmentDispatched", pieces={"MUG": 2}))
LOST, FOUND = parcel("ShipmentLost"), parcel("ShipmentDelivered")
PAID = (REQUESTED, AUTHORIZED, CAPTURING, CAPTURED)
BACK = RefundRequested(order_id=ORDER, refund_id=PARCEL, attempt=1, amount=SHARE, reason="Lost.")
FAILED = RefundFailed(order_id=ORDER, refund_id=PARCEL, attempt=1, amount=SHARE, reason="No account.")
PARTLY = RefundFailed(
    order_id=ORDER, refund_id=PARCEL, attempt=1, amount=SHARE - CENT, reason="No account.", gone={"capture-1": CENT}
)
GIVEN_UP = factories.RefundWrittenOff.build(order_id=ORDER, refund_id=PARCEL, amount=SHARE)
OTHERWISE = replace(GIVEN_UP, reason=reasons.PAID_OTHERWISE)
NOTHING = NothingLeftToRefund(order_id=ORDER, refund_id=PARCEL, reason="Lost.")


def to_return(*events: Event) -> int:
    """How many mugs the customer can return."""
    now = OrderNow(ORDER, factories.history(PLACED, *GONE, *PAID, *events))
    return sum(delivery.quantity for delivery in now.deliveries)


@pytest.mark.parametrize(
    "since",
    [(BACK,), (BACK, FAILED), (BACK, FAILED, OTHERWISE), (BACK, PARTLY, GIVEN_UP)],
    ids=["on its way", "failed", "paid otherwise", "partly paid"],
)
def test_what_was_paid_back_for_a_lost_parcel_is_not_returned_as_well(since: tuple[Event, ...]) -> None:
    assert to_return(LOST, *since, FOUND) == 0


@pytest.mark.parametrize("since", [(), (BACK, FAILED, GIVEN_UP), (NOTHING,)], ids=["nothing", "given up", "none left"])
def test_what_nothing_was_paid_back_for_can_be_returned(since: tuple[Event, ...]) -> None:
    assert to_return(FOUND) == to_return(LOST, *since, FOUND) == 2


def test_what_came_in_another_parcel_can_be_returned() -> None:
    other = {"shipment_id": PARCEL_2, "order_id": ORDER}
    came = (
        factories.ShipmentPlanned.build(**other, pieces={"MUG": 1}),
        factories.ShipmentDispatched.build(**other, pieces={"MUG": 1}),
        factories.ShipmentDelivered.build(**other),
    )
    assert to_return(LOST, BACK, *came, FOUND) == 1
