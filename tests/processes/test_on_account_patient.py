"""Fulfilment, on account (second version), as equations: who has not paid by the third reminder orders no more."""

from datetime import timedelta

import pytest

from accounts.domain.customer import SuspendCustomer
from eventstore.process import Wait
from orders.domain import payment
from orders.processes import on_account, on_account_patient
from tests.processes import happened as h
from tests.processes.happened import CUSTOMER, NEXT_WEEK, ORDER, PRICE, SHIPMENT
from tests.processes.story import Story
from tests.processes.test_on_account import OVERDUE, PAID, READY, REMINDERS, SHIPPED

ISSUED = Story(on_account).given(*READY).when(h.dispatched()).todo


def story() -> Story:
    """An invoice is overdue."""
    return Story(on_account_patient).given(*SHIPPED, OVERDUE)


def reminded(reminder: int) -> payment.InvoiceReminded:
    return payment.InvoiceReminded(order_id=ORDER, shipment_id=SHIPMENT, reminder=reminder, left=PRICE)


def test_a_parcel_is_invoiced_and_paid_as_before() -> None:
    told = Story(on_account_patient).given(*READY).when(h.dispatched())
    told.then(*ISSUED)
    assert told.when(PAID).todo[1:] == REMINDERS
    overdue = payment.MarkInvoiceOverdue(order_id=ORDER, shipment_id=SHIPMENT, at=NEXT_WEEK)
    Story(on_account_patient).given(*SHIPPED).when(h.deadline(f"due {SHIPMENT}")).then(overdue)


@pytest.mark.parametrize(("reminder", "days"), [(1, 7), (2, 14)])
def test_the_next_reminder_leaves_time_to_pay_however_late_this_one_is(reminder: int, days: int) -> None:
    remind = payment.RemindOfInvoice(order_id=ORDER, shipment_id=SHIPMENT, reminder=reminder)
    told = story()
    late = told.at + timedelta(minutes=1)
    told.when(h.deadline(f"remind {reminder} {SHIPMENT}", late - timedelta(days=40))).then(
        remind, Wait(f"remind {reminder + 1} {SHIPMENT}", late + timedelta(days=days))
    )
    story().when(h.deadline(f"remind {reminder} {SHIPMENT}")).then(
        remind, Wait(f"remind {reminder + 1} {SHIPMENT}", NEXT_WEEK + timedelta(days=days))
    )


def test_the_third_reminder_alone_stops_nobody_from_ordering() -> None:
    story().when(h.deadline(f"remind 3 {SHIPMENT}")).then(
        payment.RemindOfInvoice(order_id=ORDER, shipment_id=SHIPMENT, reminder=3)
    )


def test_who_was_reminded_for_the_third_time_as_the_invoice_was_unpaid_places_no_more_orders() -> None:
    story().when(reminded(3)).then(
        SuspendCustomer(
            customer_id=CUSTOMER, reason="An invoice is unpaid although we have reminded of it three times."
        )
    )


@pytest.mark.parametrize("reminder", [1, 2])
def test_who_was_reminded_less_often_may_order(reminder: int) -> None:
    story().when(reminded(reminder)).then()


def test_an_order_that_began_before_takes_no_notice_that_somebody_was_reminded() -> None:
    Story(on_account).given(*SHIPPED, OVERDUE).when(reminded(3)).then()
