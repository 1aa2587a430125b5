"""What can be returned is refunded at what was charged for it: nothing for a present, or a share that nobody paid."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from accounts.domain.roles import CUSTOMER, CUSTOMER_SERVICE, WAREHOUSE
from accounts.models import User
from eventstore import clock
from eventstore.messages import Event
from eventstore.rest import to_rest
from orders.domain import order, payment, reasons, returns, shipment, stock_item
from orders.screens.order_now import OrderNow, nth_return, order_now
from tests import factories
from tests.orders import life
from tests.orders.domain.ids import ORDER, PARCEL
from tests.orders.domain.payments import AUTHORIZED, CAPTURED, CAPTURING, FAILED, REQUESTED, WRITTEN_OFF
from tests.processes import play
from tests.shop import KETTLE, MUG, browsing, open_shop, read, send, somebody

MUGS = factories.OrderedLine.build(sku="MUG", quantity=3)
PLACED = factories.OrderPlaced.build(order_id=ORDER, lines=(MUGS,))
FULL, NOTHING = MUGS.price.cents, 0
OF = {"order_id": ORDER, "shipment_id": PARCEL}
PLANNED = factories.ShipmentPlanned.build(**OF, pieces={"MUG": 3})
SENT = factories.ShipmentDispatched.build(**OF, pieces={"MUG": 3})
CAME = factories.ShipmentDelivered.build(**OF)
TOO_LATE = factories.OrderLinesCancelled.build(order_id=ORDER, sku="MUG", quantity=1, in_all=1)
ON_CARD = (REQUESTED, AUTHORIZED, CAPTURING)
OTHERWISE = replace(WRITTEN_OFF, reason=reasons.PAID_OTHERWISE)
OWED = factories.InvoiceIssued.build(**OF)
NOT_COLLECTED = factories.InvoiceWrittenOff.build(**OF)


def to_return(*events: Event) -> list[tuple[int, int]]:
    """How many mugs can be returned, and at how many cents each."""
    now = OrderNow(ORDER, factories.history(PLACED, PLANNED, *events))
    return [(each.quantity, each.price.cents) for each in now.deliveries]


def test_pieces_that_were_cancelled_a_moment_too_late_are_a_present() -> None:
    assert to_return(TOO_LATE, SENT, *ON_CARD, CAPTURED, CAME) == [(2, FULL), (1, NOTHING)]
    asked = factories.ReturnRequested.build(
        return_id=nth_return(ORDER, 1), order_id=ORDER, lines=(factories.ReturnedLine.build(sku="MUG", quantity=2),)
    )
    assert to_return(TOO_LATE, SENT, *ON_CARD, CAPTURED, CAME, asked) == [(1, NOTHING)]


@pytest.mark.parametrize(
    ("since", "price"),
    [
        ((CAPTURED,), FULL),
        ((FAILED,), FULL),
        ((FAILED, WRITTEN_OFF), NOTHING),
        ((FAILED, OTHERWISE), FULL),
        ((FAILED, WRITTEN_OFF, CAPTURED), FULL),
    ],
    ids=["taken", "still to be taken", "written off", "paid otherwise", "taken after all"],
)
def test_a_share_that_was_given_up_was_not_paid(since: tuple[Event, ...], price: int) -> None:
    assert to_return(SENT, *ON_CARD, *since, CAME) == [(3, price)]


def test_an_invoice_that_was_written_off_is_set_off_by_the_payment_itself() -> None:
    assert to_return(SENT, OWED, NOT_COLLECTED, CAME) == [(3, FULL)]


def in_two_parcels(clara: User) -> UUID:
    """Mugs and a kettle for which no card pays, and the other kettles, which are paid; all of it has come."""
    order_id = play.place({MUG: 2, KETTLE: 4}, customer=clara)
    play.authorize(order_id)
    send(order.AnswerBackorder(order_id=order_id, answer="take_what_is_there"))
    to_rest()
    one, two = (life.parcel(order_id, number) for number in (1, 2))
    play.pick(one)
    play.dispatch(one)
    send(payment.RecordCaptureFailure(order_id=order_id, shipment_id=one, attempt=1, reason="No cover."))
    send(payment.WriteOffCapture(order_id=order_id, shipment_id=one, reason=reasons.MONEY_WRITTEN_OFF[0]))
    send(stock_item.ReceiveStock(sku=KETTLE, quantity=5))
    to_rest()
    play.pick(two)
    play.dispatch(two)
    share = play.ledger(order_id).captures[two].amount
    send(payment.RecordCapture(order_id=order_id, shipment_id=two, attempt=1, amount=share, reference="second"))
    for each in (one, two):
        send(shipment.RecordDelivery(shipment_id=each, delivered_at=clock.now()))
    to_rest()
    return order_id


@pytest.mark.django_db(transaction=True)
def test_goods_that_no_card_has_paid_come_back_for_nothing() -> None:
    open_shop()
    clara = somebody(CUSTOMER, "Clara Vogel")
    order_id = in_two_parcels(clara)
    hers, agent, hands = browsing(clara), browsing(somebody(CUSTOMER_SERVICE)), browsing(somebody(WAREHOUSE))
    asked = read(hers.get(f"/orders/{order_id}/return/"))
    assert "Up to 2, for which nothing was paid: nothing is refunded." in asked
    assert "more in another return, as not the same was paid for them." in asked
    return_id = nth_return(order_id, 1)
    life.do(hers, f"/orders/{order_id}/return/", **{f"pieces-{MUG}": 2, f"pieces-{KETTLE}": 0, "reason": "damaged"})
    approving = read(agent.get(f"/returns/{return_id}/approve/"))
    assert "Nothing goes back to the customer, as they have not paid for the goods." in approving
    send(returns.ApproveReturn(return_id=return_id))
    send(returns.RecordReturnArrival(return_id=return_id))
    address = f"/returns/{return_id}/inspect/"
    carried = {field.html_name: field.value() for field in hands.get(address).context["hand"].hidden_fields()}
    there = hands.post(address, carried | {"sellable": 2, "damaged": 0}).headers["Location"]
    assert "All is inspected. What was paid for the goods goes back." in read(hands.get(there))
    to_rest()
    assert "Given back nothing: these goods were not paid" in read(hers.get(f"/returns/{return_id}/"))
    assert (play.ledger(order_id).refunds, play.owed()) == ({}, [])
    assert {each.sku for each in order_now(order_id).deliveries} == {KETTLE}
