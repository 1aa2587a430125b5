"""What has left, and what could not be picked, through the real log: a count is the truth, whenever it comes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal
from uuid import UUID

import pytest
from django.conf import settings
from uuid_utils.compat import uuid7

from eventstore import clock
from eventstore.rest import to_rest
from orders.domain import order, payment, shipment
from orders.domain.stock_item import CountStock, ReceiveStock
from orders.screens.order_now import order_now
from projections.backorders import Backorder
from projections.order_page import OrderPage
from tests.processes import play
from tests.shop import CATALOGUE, KETTLE, follow, open_shop, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ten kettles are on hand."""
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)
    open_shop()
    send(ReceiveStock(sku=KETTLE, quantity=7))
    yield
    assert play.owed() == []


def begun(if_short: order.IfShort = "wait") -> tuple[UUID, UUID, UUID]:
    """Two orders of five kettles; the parcel of the second one is being picked."""
    first = play.place({KETTLE: 5}, terms="on_account")
    second = play.place({KETTLE: 5}, terms="on_account", if_short=if_short)
    (parcel,) = play.planned(second)
    send(shipment.StartPicking(shipment_id=parcel))
    to_rest()
    return first, second, parcel


def miss(parcel: UUID, pieces: int = 1) -> None:
    """Some of them are not there."""
    send(shipment.ReportShortPick(shipment_id=parcel, sku=KETTLE, missing=pieces))
    to_rest()


def count(pieces: int) -> None:
    """A colleague counts them."""
    send(CountStock(sku=KETTLE, counted=pieces))
    to_rest()


def pack_and_dispatch(parcel: UUID, pieces: int) -> None:
    """What was found leaves."""
    send(shipment.RecordPick(shipment_id=parcel, sku=KETTLE, quantity=pieces))
    send(shipment.PackShipment(shipment_id=parcel, grams=1200))
    send(shipment.RecordLabel(shipment_id=parcel, carrier="Post", tracking_number="X1"))
    to_rest()
    play.dispatch(parcel)


@pytest.mark.parametrize(("if_short", "waiting"), [("wait", 2), ("cancel", 0)])
def test_who_counts_after_a_short_pick_takes_nothing_from_another_order(if_short: order.IfShort, waiting: int) -> None:
    first, second, parcel = begun(if_short)
    miss(parcel)
    miss(parcel)
    count(8)
    pack_and_dispatch(parcel, 3)
    item = play.item(KETTLE)
    assert (item.on_hand, item.claim(first).reserved, item.claim(second).waiting) == (5, 5, waiting)
    assert "ShipmentCancelled" not in play.names(first)


def test_nor_does_who_counts_before_it() -> None:
    first, second, parcel = begun()
    count(8)
    miss(parcel, 2)
    pack_and_dispatch(parcel, 3)
    item = play.item(KETTLE)
    assert (item.on_hand, item.claim(first).reserved, item.claim(second).waiting) == (5, 5, 2)


def test_what_is_found_after_all_is_sent_in_another_parcel() -> None:
    _, second, parcel = begun()
    miss(parcel, 2)
    count(10)
    pack_and_dispatch(parcel, 3)
    assert [play.shipments(each).pieces for each in play.planned(second)] == [{KETTLE: 5}, {KETTLE: 2}]


@pytest.mark.parametrize(("found", "status"), [(3, "sent"), (0, "cancelled")])
def test_who_gives_up_what_is_missed_gets_what_was_found_and_no_more(found: int, status: str) -> None:
    first, second, parcel = begun()
    miss(parcel, 5 - found)
    send(order.AnswerBackorder(order_id=second, answer="cancel"))
    to_rest()
    assert order_now(second).goods.wanted(KETTLE) == found
    if found:
        pack_and_dispatch(parcel, found)
    assert play.item(KETTLE).claims.keys() == {first}
    follow()
    assert OrderPage.objects.get(order_id=second).status == status


def test_who_gives_up_what_a_count_has_found_lacking_gets_none_of_it_later() -> None:
    _, second, parcel = begun()
    count(8)
    send(order.AnswerBackorder(order_id=second, answer="cancel"))
    to_rest()
    miss(parcel, 2)
    pack_and_dispatch(parcel, 3)
    send(ReceiveStock(sku=KETTLE, quantity=2))
    to_rest()
    assert play.planned(second) == [parcel]
    assert (order_now(second).order.state.wanted(KETTLE), play.item(KETTLE).available) == (3, 2)


@pytest.mark.parametrize("answer", ["wait", "cancel"])
def test_who_does_not_want_what_is_missed_is_not_asked_about_it(answer: Literal["wait", "cancel"]) -> None:
    first, second, parcel = begun("cancel")
    miss(parcel, 2)
    follow()
    assert not Backorder.objects.exists()
    assert [line["waiting"] for line in OrderPage.objects.get(order_id=second).lines] == [0]
    send(order.AnswerBackorder(order_id=second, answer=answer))
    to_rest()
    clock.forward(timedelta(days=15))
    to_rest()
    assert "BackorderChoiceOffered" not in play.names(second)
    pack_and_dispatch(parcel, 3)
    assert play.item(KETTLE).claims.keys() == {first}
    assert order_now(second).order.state.wanted(KETTLE) == 3


@pytest.mark.parametrize("terms", ["on_account", "prepaid"])
@pytest.mark.parametrize("found", [2, 1])
def test_who_cancels_a_piece_as_picking_begins_pays_what_is_sent(terms: order.PaymentTerms, found: int) -> None:
    order_id = play.place({KETTLE: 3}, terms=terms, if_short="cancel")
    if terms == "prepaid":
        play.authorize(order_id)
    (parcel,) = play.planned(order_id)
    less = order.CancelOrderLines(
        order_id=order_id,
        cancellation_id=uuid7(),
        sku=KETTLE,
        quantity=1,
        reason="Too many.",
        parcels=order_now(order_id).parcels,
    )
    send(shipment.StartPicking(shipment_id=parcel))
    send(less)
    to_rest()
    miss(parcel, 3 - found)
    pack_and_dispatch(parcel, found)
    events = [each.event for each in play.happened(order_id)]
    asked = [each.amount for each in events if isinstance(each, payment.InvoiceIssued | payment.CaptureRequested)]
    assert asked == [CATALOGUE[KETTLE].price * found]
    assert order_now(order_id).order.state.wanted(KETTLE) == found


def test_who_counts_without_a_packed_parcel_does_not_keep_it_from_leaving() -> None:
    first = play.place({KETTLE: 10}, terms="on_account")
    (parcel,) = play.planned(first)
    play.pick(parcel)
    count(0)
    play.dispatch(parcel)
    assert (play.item(KETTLE).on_hand, play.item(KETTLE).claims) == (0, {})
    send(ReceiveStock(sku=KETTLE, quantity=7))
    to_rest()
    assert play.item(KETTLE).available == 7
