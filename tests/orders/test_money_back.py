"""The money for a return, on its pages: what is said of it is what has moved."""

from uuid import UUID

import pytest
from django.conf import settings

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE
from accounts.models import User
from eventstore.rest import to_rest
from orders.domain import payment, returns
from orders.domain.money import Money
from orders.domain.reasons import REFUND_WRITTEN_OFF
from orders.screens.money_back import WHY_NOT_PAID, sentences
from orders.screens.order_now import nth_return
from projections.refunds import Standing
from projections.revenue_per_day import DayOfRevenue
from tests import factories
from tests.orders import life
from tests.orders.life import do
from tests.processes import play
from tests.shop import KETTLE, MUG, browsing, follow, read, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)
SMALL, LARGE, ALL = (Money(cents=cents) for cents in (3000, 6000, 11400))


@pytest.fixture(autouse=True)
def _clock_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


def sorry(order_id: UUID, amount: Money) -> None:
    """Customer service grants a refund; a large one is approved."""
    refund = factories.GrantGoodwillRefund.build(order_id=order_id, amount=amount)
    send(refund)
    send(factories.ApproveRefund.build(order_id=order_id, refund_id=refund.refund_id))
    to_rest()


def asked_back(order_id: UUID, clara: User) -> UUID:
    """Clara wants to return everything."""
    do(
        browsing(clara),
        f"/orders/{order_id}/return/",
        **{f"pieces-{MUG}": 2, f"pieces-{KETTLE}": 1, "reason": "damaged"},
    )
    return nth_return(order_id, 1)


def brought_back(return_id: UUID) -> None:
    """Everything has come, and was inspected."""
    send(returns.ApproveReturn(return_id=return_id))
    send(returns.RecordReturnArrival(return_id=return_id))
    for sku, pieces in ((MUG, 2), (KETTLE, 1)):
        send(returns.InspectReturn(return_id=return_id, sku=sku, sellable=pieces, damaged=0))
        to_rest()


def paid_back(order_id: UUID, return_id: UUID, amount: Money) -> None:
    """The payment provider has paid."""
    one = {"order_id": order_id, "refund_id": return_id, "attempt": 1, "amount": amount}
    send(factories.RecordRefund.build(**one))
    to_rest()


def test_what_went_back_before_is_not_promised_again_nor_said_to_be_refunded(clara: User) -> None:
    order_id = life.delivered(clara)
    agent, page = browsing(somebody(CUSTOMER_SERVICE)), browsing(clara)
    return_id = asked_back(order_id, clara)
    assert "Once the goods were inspected, €114.00 goes back" in read(agent.get(f"/returns/{return_id}/approve/"))
    sorry(order_id, LARGE)
    promised = read(agent.get(f"/returns/{return_id}/approve/"))
    assert "The goods are worth €114.00. Once they were inspected, only €54.00 goes back to the customer" in promised
    brought_back(return_id)
    said = read(page.get(f"/returns/{return_id}/"))
    assert "Worth of what came back €114.00 Given back €54.00 is on its way the rest had gone back before" in said
    assert "The goods were looked at. The money has still to go back." in said
    assert "The return was closed. The goods that came back are worth €114.00." in said
    assert "Refunded" not in said
    paid_back(order_id, return_id, ALL - LARGE)
    said = read(page.get(f"/returns/{return_id}/"))
    assert "Worth of what came back €114.00 Given back €54.00 the rest had gone back before" in said
    assert "is on its way" not in said
    assert "All is done." in said
    assert "Closed" in said
    assert "worth €114.00" in read(page.get("/returns/mine/"))
    assert "€54.00 was refunded." in said


def test_of_goods_that_did_not_arrive_in_time_nobody_reads_that_they_came_or_that_all_is_done(clara: User) -> None:
    return_id = asked_back(life.delivered(clara), clara)
    send(returns.ApproveReturn(return_id=return_id))
    send(returns.CloseReturn(return_id=return_id))
    to_rest()
    for reader in (clara, somebody(CUSTOMER_SERVICE)):
        said = read(browsing(reader).get(f"/returns/{return_id}/"))
        assert said.count("No goods came back, so nothing is paid back.") == 2
        assert "All is done." not in said
        assert "worth" not in said
        assert "Arrived" not in said


def test_where_nothing_is_left_the_page_says_why_nothing_comes(clara: User) -> None:
    order_id = life.delivered(clara)
    sorry(order_id, ALL)
    return_id = asked_back(order_id, clara)
    agent = browsing(somebody(CUSTOMER_SERVICE))
    promised = read(agent.get(f"/returns/{return_id}/approve/"))
    assert "The goods are worth €114.00. Nothing goes back to the customer" in promised
    assert "Given back nothing yet" in read(browsing(clara).get(f"/returns/{return_id}/"))
    brought_back(return_id)
    said = read(browsing(clara).get(f"/returns/{return_id}/"))
    assert "Given back nothing: all that was paid for the order had gone back before" in said
    assert "Nothing was left to be refunded: Goods were returned." in said
    assert "All is done." in said


def test_what_is_taken_off_an_invoice_and_what_cannot_be_paid_is_said(clara: User) -> None:
    order_id = life.delivered(clara, terms="on_account")
    parcel = life.parcel(order_id)
    send(payment.RecordInvoicePayment(order_id=order_id, shipment_id=parcel, amount=SMALL, transfer="T-1"))
    return_id = asked_back(order_id, clara)
    brought_back(return_id)
    page = browsing(clara)
    said = read(page.get(f"/returns/{return_id}/"))
    assert "Given back €84.00 taken off an invoice €30.00 is on its way" in said
    assert "the rest" not in said
    one = {"order_id": order_id, "refund_id": return_id}
    send(factories.RecordRefundFailure.build(**one))
    to_rest()
    assert "€30.00 could not be paid so far" in read(page.get(f"/returns/{return_id}/"))
    send(factories.WriteOffRefund.build(**one))
    to_rest()
    assert "€30.00 was not paid back to where it came from" in read(page.get(f"/returns/{return_id}/"))


def test_that_a_refund_was_tried_again_is_told_to_those_who_work_here_and_how_it_ended_to_all(clara: User) -> None:
    order_id = life.delivered(clara)
    return_id = asked_back(order_id, clara)
    brought_back(return_id)
    one = {"order_id": order_id, "refund_id": return_id}
    send(factories.RecordRefundFailure.build(**one))
    send(factories.RetryRefund.build(**one, attempt=2))
    send(factories.RecordRefundFailure.build(**one, attempt=2))
    send(factories.WriteOffRefund.build(**one, reason="It was paid in another way."))
    to_rest()
    follow()
    assert play.ledger(order_id).left == Money(cents=0)
    assert sum(day.revenue.cents for day in DayOfRevenue.objects.all()) == 0
    address, due = f"/returns/{return_id}/", "€114.00 is to be refunded"
    given = "Given back €114.00 was not paid back to where it came from: It was paid in another way."
    assert given in read(browsing(clara).get(address))
    readers = browsing(clara), browsing(somebody(FINANCE))
    for where in (address, f"/orders/{order_id}/"):
        hers, ours = (read(reader.get(where)) for reader in readers)
        assert hers.count(due) == 1 < ours.count(due)
        assert "€114.00 was not paid back to where it came from." in hers
        assert "A refund of €114.00 was written off: It was paid in another way." in ours
        assert "written off" not in hers
        assert "could not be" not in hers


def test_why_a_refund_was_written_off_is_said_as_far_as_a_customer_is_to_know_it() -> None:
    assert WHY_NOT_PAID.keys() < set(REFUND_WRITTEN_OFF)
    for reason in REFUND_WRITTEN_OFF:
        [said] = sentences(factories.Refund.build(standing=Standing.WRITTEN_OFF, cents=2500, failure=reason))
        assert said.startswith("€25.00 was not paid back to where it came from")
        assert said.endswith(WHY_NOT_PAID.get(reason, "from"))
        assert "customer" not in said


def test_a_lost_parcel_promises_no_more_than_is_left(clara: User) -> None:
    order_id = life.sent(clara)
    sorry(order_id, LARGE)
    address = f"/shipments/{life.parcel(order_id)}/lost/"
    agent = browsing(somebody(CUSTOMER_SERVICE))
    assert "Refunds €54.00: what is left of the customer’s money" in read(agent.get(address))
    do(agent, address)
    assert play.ledger(order_id).refunds[life.parcel(order_id)].amount == ALL - LARGE
