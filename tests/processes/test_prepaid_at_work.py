"""Fulfilment, prepaid, through the real log: from the order to its completion, and what can come in between."""

import pytest

from eventstore.models import Parked, ProcessInstance
from orders.domain.money import Money
from tests.processes import play
from tests.shop import KETTLE, MUG, open_shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def test_an_order_is_shipped_captured_and_completed() -> None:
    order_id = play.place({MUG: 2, KETTLE: 1})
    play.authorize(order_id)
    (shipment_id,) = play.planned(order_id)
    play.pick(shipment_id)
    play.dispatch(shipment_id)
    play.capture(order_id)
    assert play.names(order_id) == [
        "OrderPlaced",
        "StockReserved",
        "StockReserved",
        "PaymentRequested",
        "PaymentAuthorized",
        "OrderConfirmed",
        "ShipmentPlanned",
        "PickingStarted",
        "ItemsPicked",
        "ItemsPicked",
        "ShipmentPacked",
        "LabelPrinted",
        "ShipmentDispatched",
        "CaptureRequested",
        "StockDispatched",
        "StockDispatched",
        "PaymentCaptured",
        "OrderCompleted",
    ]
    assert play.ledger(order_id).received == Money(cents=2 * 1250 + 8900)
    assert play.item(MUG).on_hand == 38
    assert ProcessInstance.objects.get(key=order_id, process="prepaid").stands == "Completed"
    assert play.owed() == []
    assert not Parked.objects.exists()
