"""A return through the real log, with everything at work: what goes back when something went back before."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from uuid_utils.compat import uuid7

from eventstore import clock
from eventstore.models import OwedCommand, Parked, ProcessInstance
from eventstore.process import deadlines
from eventstore.rest import to_rest
from orders.domain import payment, returns
from orders.domain.money import Money
from orders.domain.order import PaymentTerms
from orders.domain.payment import refunding
from tests import factories
from tests.processes import play
from tests.shop import CATALOGUE, KETTLE, open_shop, send

pytestmark = pytest.mark.django_db(transaction=True)
PRICE = CATALOGUE[KETTLE].price
PAID = PRICE * 2
GOODWILL = Money(cents=6000)


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)
    open_shop()
    yield
    assert not Parked.objects.exists()
    assert not OwedCommand.objects.exists()  # nobody waits


def sent(terms: PaymentTerms) -> UUID:
    """Two kettles have left, and were paid by card, or invoiced."""
    order_id = play.place({KETTLE: 2}, terms=terms)
    if terms == "prepaid":
        play.authorize(order_id)
    (shipment_id,) = play.planned(order_id)
    play.pick(shipment_id)
    play.dispatch(shipment_id)
    play.capture(order_id)
    return order_id


def sorry(order_id: UUID, amount: Money) -> None:
    """Customer service grants a refund, and finance approves it."""
    refund = {"order_id": order_id, "refund_id": uuid7()}
    send(factories.GrantGoodwillRefund.build(**refund, amount=amount))
    send(factories.ApproveRefund.build(**refund))
    to_rest()


def approved(order_id: UUID) -> UUID:
    """Both kettles may come back."""
    delivery = factories.Delivery.build(sku=KETTLE, price=PRICE, quantity=2)
    return_id = uuid7()
    for command in (
        factories.RequestReturn.build(
            return_id=return_id, order_id=order_id, pieces={KETTLE: 2}, deliveries=(delivery,)
        ),
        returns.ApproveReturn(return_id=return_id),
    ):
        send(command)
        to_rest()
    return return_id


def brought_back(order_id: UUID) -> UUID:
    """Both kettles come back, and are as new."""
    return_id = approved(order_id)
    for command in (
        returns.RecordReturnArrival(return_id=return_id),
        returns.InspectReturn(return_id=return_id, sku=KETTLE, sellable=2, damaged=0),
    ):
        send(command)
        to_rest()
    return return_id


def of_refund(order_id: UUID, refund_id: UUID) -> list[tuple[str, Money | None]]:
    """What has happened to a refund, and to how much."""
    found = [each for each in play.happened(order_id) if getattr(each.event, "refund_id", None) == refund_id]
    return [(each.name, getattr(each.event, "amount", None)) for each in found]


def stands(return_id: UUID) -> str:
    """Where the process of a return stands."""
    return ProcessInstance.objects.get(process="returning", key=return_id).stands


def test_after_a_goodwill_refund_the_rest_goes_back() -> None:
    order_id = sent("prepaid")
    sorry(order_id, GOODWILL)
    return_id = brought_back(order_id)
    assert of_refund(order_id, return_id) == [("RefundRequested", PAID - GOODWILL)]
    paid = payment.RecordRefund(
        order_id=order_id, refund_id=return_id, attempt=1, amount=PAID - GOODWILL, reference="re_1"
    )
    send(paid)
    to_rest()
    assert stands(return_id) == "Closed"
    assert play.ledger(order_id).left == Money(cents=0)


def test_after_a_goodwill_refund_the_rest_of_an_invoice_is_credited() -> None:
    order_id = sent("on_account")
    sorry(order_id, GOODWILL)
    return_id = brought_back(order_id)
    assert of_refund(order_id, return_id) == [("InvoiceCredited", PAID - GOODWILL)]
    assert stands(return_id) == "Closed"
    assert play.ledger(order_id).left == Money(cents=0)


@pytest.mark.parametrize("terms", ["prepaid", "on_account"])
def test_where_all_went_back_before_the_return_is_over(terms: PaymentTerms) -> None:
    order_id = sent(terms)
    sorry(order_id, PAID)
    return_id = brought_back(order_id)
    assert of_refund(order_id, return_id) == [("NothingLeftToRefund", None)]
    assert stands(return_id) == "Closed"


def test_goods_that_come_as_the_return_was_about_to_be_closed_are_refunded_and_nobody_has_to_look() -> None:
    return_id = approved(sent("prepaid"))
    clock.forward(timedelta(days=22))
    deadlines.fire()  # and then no worker is there for a while
    send(returns.RecordReturnArrival(return_id=return_id))
    to_rest()
    assert not OwedCommand.objects.exists()
    send(returns.InspectReturn(return_id=return_id, sku=KETTLE, sellable=2, damaged=0))
    to_rest()
    assert stands(return_id) == "Refunding"


@pytest.mark.parametrize("terms", ["prepaid", "on_account"])
def test_an_empty_parcel_closes_the_return_and_nobody_has_to_look(terms: PaymentTerms) -> None:
    order_id = sent(terms)
    return_id = approved(order_id)
    on_hand = play.item(KETTLE).on_hand
    send(returns.RecordReturnArrival(return_id=return_id))
    send(returns.InspectReturn(return_id=return_id, sku=KETTLE, sellable=0, damaged=0))
    to_rest()
    assert stands(return_id) == "Closed"
    assert of_refund(order_id, return_id) == []
    assert play.item(KETTLE).on_hand == on_hand


def test_a_return_that_waits_for_a_person_since_before_goes_on_when_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = sent("prepaid")
    sorry(order_id, GOODWILL)
    with monkeypatch.context() as before:
        before.setattr(refunding, "as_far_as_left", lambda amount, _: amount)
        return_id = brought_back(order_id)
    waits = OwedCommand.objects.get()
    assert "Only €118.00 can still be refunded." in waits.error
    by = ("--because", "mended", "--by", "olga")
    call_command("processes", "retry", f"returning:{return_id}", str(waits.command_id), *by, stdout=StringIO())
    to_rest()
    assert of_refund(order_id, return_id) == [("RefundRequested", PAID - GOODWILL)]
