"""A customer is reminded of an invoice that is overdue, and asked what becomes of goods that do not come."""

from uuid import UUID

from msgspec.structs import replace

from orders.domain import order, payment
from orders.domain.money import Money
from orders.domain.order import BackorderChoiceOffered, OfferBackorderChoice
from orders.domain.payment import InvoiceReminded, RemindOfInvoice
from tests import factories
from tests.scenario import Scenario

ORDER, SHIPMENT = UUID(int=1), UUID(int=2)
ISSUED = factories.InvoiceIssued.build(order_id=ORDER, shipment_id=SHIPMENT, amount=Money(cents=2500))
OVERDUE = factories.InvoiceOverdue.build(order_id=ORDER, shipment_id=SHIPMENT, left=Money(cents=2500))
PAID = factories.InvoicePaid.build(order_id=ORDER, shipment_id=SHIPMENT, amount=Money(cents=2500))
FIRST = RemindOfInvoice(order_id=ORDER, shipment_id=SHIPMENT, reminder=1)
REMINDED = InvoiceReminded(order_id=ORDER, shipment_id=SHIPMENT, reminder=1, left=Money(cents=2500))
PLACED = factories.OrderPlaced.build(order_id=ORDER)


def test_who_has_not_paid_in_time_is_reminded() -> None:
    Scenario(payment).given(ISSUED, OVERDUE).when(FIRST).then(REMINDED)


def test_a_reminder_is_sent_once() -> None:
    Scenario(payment).given(ISSUED, OVERDUE, REMINDED).when(FIRST).then()


def test_nobody_is_reminded_of_what_is_paid() -> None:
    Scenario(payment).given(ISSUED, OVERDUE, PAID).when(FIRST).then()


def test_nobody_is_reminded_before_the_day() -> None:
    day = ISSUED.due_at.date()
    Scenario(payment).given(ISSUED).when(FIRST).refused(f"This invoice is due on {day}.")


def test_who_waits_for_goods_is_asked_what_becomes_of_them() -> None:
    offered = BackorderChoiceOffered(order_id=ORDER)
    Scenario(order).given(PLACED).when(OfferBackorderChoice(order_id=ORDER)).then(offered)


def test_who_has_not_answered_is_not_asked_again() -> None:
    offered = BackorderChoiceOffered(order_id=ORDER)
    answered = factories.BackorderAnswered.build(order_id=ORDER)
    Scenario(order).given(PLACED, offered).when(OfferBackorderChoice(order_id=ORDER)).then()
    Scenario(order).given(PLACED, offered, answered).when(OfferBackorderChoice(order_id=ORDER)).then(offered)
    placed = Scenario(order).given(PLACED).state
    assert Scenario(order).given(PLACED, offered, answered).state == replace(placed, questions=1)


def test_each_question_is_asked_once() -> None:
    offered = BackorderChoiceOffered(order_id=ORDER)
    first, second = (OfferBackorderChoice(order_id=ORDER, number=number) for number in (1, 2))
    Scenario(order).given(PLACED).when(first).then(offered)
    Scenario(order).given(PLACED).when(second).then()
    Scenario(order).given(PLACED, offered).when(first).then()
    Scenario(order).given(PLACED, offered).when(second).then(offered)


def test_nobody_is_asked_once_the_order_has_ended() -> None:
    ended = factories.OrderCancelled.build(order_id=ORDER)
    Scenario(order).given(PLACED, ended).when(OfferBackorderChoice(order_id=ORDER)).refused("This order was cancelled.")
