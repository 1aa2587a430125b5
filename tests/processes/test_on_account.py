"""Fulfilment, on account, as equations: invoices are issued as parcels leave, and reminded of when nobody pays."""

from datetime import timedelta

import pytest

from accounts.domain.customer import SuspendCustomer
from eventstore.messages import Event
from eventstore.process import Accept, StopWaiting, Wait
from orders.domain import order, payment, shipment, stock_item
from orders.domain.money import Money
from orders.processes import on_account
from tests.processes import happened as h
from tests.processes.happened import CUSTOMER, KETTLE, MUG, NEXT_WEEK, ORDER, PRICE, SECOND, SHIPMENT
from tests.processes.story import NOON, Story

RESERVED: tuple[Event, ...] = (h.placed("on_account"), h.reserved())
FULFILLING: tuple[Event, ...] = (*RESERVED, h.reserved(KETTLE, 1), h.CONFIRMED)
READY: tuple[Event, ...] = (*FULFILLING, h.planned(), h.picking(), h.packed())
SHIPPED: tuple[Event, ...] = (*READY, h.dispatched())
OVERDUE = payment.InvoiceOverdue(order_id=ORDER, shipment_id=SHIPMENT, left=PRICE)
PAID = payment.InvoicePaid(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE, transfer="T-1")
REMINDERS = [StopWaiting(f"{what} {SHIPMENT}") for what in ("due", "remind 1", "remind 2", "remind 3")]


def story(*events: Event) -> Story:
    return Story(on_account).given(*events)


def test_every_line_of_an_order_is_reserved() -> None:
    story().when(h.placed("on_account")).then(
        stock_item.ReserveStock(sku=MUG, order_id=ORDER, quantity=2),
        stock_item.ReserveStock(sku=KETTLE, order_id=ORDER, quantity=1),
    )


def test_once_every_line_has_its_answer_it_is_confirmed_and_its_parcel_planned() -> None:
    story(h.placed("on_account")).when(h.reserved()).then()
    story(*RESERVED).when(h.reserved(KETTLE, 1)).then(
        order.ConfirmOrder(order_id=ORDER),
        shipment.PlanShipment(shipment_id=SHIPMENT, order_id=ORDER, pieces=h.ALL),
    )


def test_a_short_line_is_confirmed_and_waited_for() -> None:
    short = story(*RESERVED).when(h.backordered())
    short.then(order.ConfirmOrder(order_id=ORDER))
    split = order.BackorderAnswered(order_id=ORDER, answer="take_what_is_there")
    short.when(split).then(shipment.PlanShipment(shipment_id=SHIPMENT, order_id=ORDER, pieces={MUG: 2}))
    second = shipment.PlanShipment(shipment_id=SECOND, order_id=ORDER, pieces={KETTLE: 1})
    short.given(h.planned(mug=2)).when(h.allocated()).then(second)


def test_as_a_parcel_leaves_its_invoice_is_issued() -> None:
    due_at = NOON + timedelta(minutes=8, days=14)
    story(*READY).when(h.dispatched()).then(
        stock_item.DispatchReservedStock(sku=MUG, order_id=ORDER, shipment_id=SHIPMENT, quantity=2),
        stock_item.DispatchReservedStock(sku=KETTLE, order_id=ORDER, shipment_id=SHIPMENT, quantity=1),
        payment.IssueInvoice(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE, due_at=due_at),
        Wait(f"due {SHIPMENT}", due_at),
    )


def test_once_it_is_paid_the_order_is_completed_and_nobody_is_reminded() -> None:
    complete = order.CompleteOrder(
        order_id=ORDER, parcels=(order.Parcel(stage="dispatched", pieces=h.ALL),), unpaid=Money(cents=0)
    )
    story(*SHIPPED).when(PAID).then(complete, *REMINDERS)


@pytest.mark.parametrize(
    "settled",
    [
        payment.InvoiceWrittenOff(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE, reason="Gone."),
        payment.InvoiceCredited(
            order_id=ORDER,
            shipment_id=SHIPMENT,
            refund_id=SHIPMENT,
            amount=PRICE,
            left=Money(cents=0),
            reason="Returned.",
        ),
    ],
)
def test_written_off_or_credited_is_settled_as_well(settled: Event) -> None:
    told = story(*SHIPPED).when(settled)
    assert told.todo[1:] == REMINDERS


def test_an_invoice_that_is_credited_in_part_is_still_waited_for() -> None:
    credited = payment.InvoiceCredited(
        order_id=ORDER,
        shipment_id=SHIPMENT,
        refund_id=SHIPMENT,
        amount=Money(cents=100),
        left=PRICE - Money(cents=100),
        reason="Scratched.",
    )
    story(*SHIPPED).when(credited).then()


def test_what_is_not_paid_in_time_is_overdue() -> None:
    overdue = payment.MarkInvoiceOverdue(order_id=ORDER, shipment_id=SHIPMENT, at=NEXT_WEEK)
    story(*SHIPPED).when(h.deadline(f"due {SHIPMENT}")).then(overdue)


def test_and_reminded_of_after_a_week_two_and_four() -> None:
    told = story(*SHIPPED).when(OVERDUE)
    told.then(Wait(f"remind 1 {SHIPMENT}", NOON + timedelta(minutes=9, days=7)))
    told.when(h.deadline(f"remind 1 {SHIPMENT}")).then(
        payment.RemindOfInvoice(order_id=ORDER, shipment_id=SHIPMENT, reminder=1),
        Wait(f"remind 2 {SHIPMENT}", NEXT_WEEK + timedelta(days=7)),
    )
    told.when(h.deadline(f"remind 2 {SHIPMENT}")).then(
        payment.RemindOfInvoice(order_id=ORDER, shipment_id=SHIPMENT, reminder=2),
        Wait(f"remind 3 {SHIPMENT}", NEXT_WEEK + timedelta(days=14)),
    )


def test_with_the_third_reminder_the_customer_places_no_more_orders() -> None:
    story(*SHIPPED, OVERDUE).when(h.deadline(f"remind 3 {SHIPMENT}")).then(
        payment.RemindOfInvoice(order_id=ORDER, shipment_id=SHIPMENT, reminder=3),
        SuspendCustomer(
            customer_id=CUSTOMER, reason="An invoice is unpaid although we have reminded of it three times."
        ),
    )


def test_a_parcel_that_gets_lost_is_paid_back() -> None:
    back = payment.RefundPayment(
        order_id=ORDER, refund_id=SHIPMENT, amount=PRICE, reason="The parcel was lost on its way."
    )
    story(*SHIPPED).when(h.lost()).then(back)
    story(*SHIPPED, PAID, h.COMPLETED).when(h.lost()).then(back)


def test_nothing_is_planned_while_the_customer_waits_for_an_answer() -> None:
    asked = story(*FULFILLING, h.planned(), h.picking(), h.ASKED_TO_CANCEL)
    asked.when(h.stopped()).then()
    asked.when(h.GOES_ON).then(shipment.PlanShipment(shipment_id=SECOND, order_id=ORDER, pieces=h.ALL))


@pytest.mark.parametrize("ending", [h.REJECTED, h.CANCELLED])
def test_an_order_that_ends_is_no_longer_followed(ending: Event) -> None:
    story(*FULFILLING).when(ending).then()
    story(*FULFILLING, ending).when(h.refused("PlanShipment")).then(Accept())
    story(*FULFILLING, ending).when(h.planned()).then()


def test_to_compensate_is_to_reject_and_once_confirmed_to_cancel() -> None:
    reject = order.RejectOrder(order_id=ORDER, reason="The supplier is gone.")
    story(*RESERVED).when(h.asked_to_compensate()).then(reject)
    cancel = order.CancelOrder(
        order_id=ORDER,
        reason="The supplier is gone.",
        parcels=(order.Parcel(stage="planned", pieces=h.ALL),),
    )
    story(*FULFILLING, h.planned()).when(h.asked_to_compensate()).then(cancel)
