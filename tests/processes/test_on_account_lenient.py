"""Fulfilment, on account, as it is run now, as equations: the third reminder as well leaves time to pay."""

from datetime import timedelta

import pytest

from accounts.domain.customer import SuspendCustomer
from eventstore.messages import Event
from eventstore.process import StopWaiting, Wait
from orders.domain import payment
from orders.domain.money import Money
from orders.processes import (
    PROCESSES,
    on_account,
    on_account_by_shelf,
    on_account_lenient,
    on_account_patient,
    on_account_to_the_day,
    on_account_to_the_piece,
)
from tests.processes import happened as h
from tests.processes.happened import CUSTOMER, ORDER, PRICE, SHIPMENT
from tests.processes.story import Story
from tests.processes.test_on_account import OVERDUE, PAID, READY, SHIPPED
from tests.processes.test_on_account_patient import reminded

LET_BE = StopWaiting(f"suspend {SHIPMENT}")
CREDITED = payment.InvoiceCredited(
    order_id=ORDER, shipment_id=SHIPMENT, refund_id=SHIPMENT, amount=PRICE, left=Money(cents=0), reason="Lost."
)
WRITTEN_OFF = payment.InvoiceWrittenOff(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE, reason="Gone.")


def story(*events: Event) -> Story:
    """An invoice is overdue."""
    return Story(on_account_lenient).given(*SHIPPED, OVERDUE, *events)


def test_an_order_that_begins_now_is_carried_by_it_and_those_that_began_before_as_they_were() -> None:
    (process,) = (each for each in PROCESSES if each.name == "on_account")
    assert process.policies == {
        1: on_account,
        2: on_account_patient,
        3: on_account_lenient,
        4: on_account_to_the_day,
        5: on_account_by_shelf,
        6: on_account_to_the_piece,
    }


def test_who_was_reminded_for_the_third_time_has_three_days_to_pay() -> None:
    told = story()
    told.when(reminded(3)).then(Wait(f"suspend {SHIPMENT}", told.at + timedelta(days=3)))


def test_who_has_not_paid_by_then_places_no_more_orders() -> None:
    story(reminded(3)).when(h.deadline(f"suspend {SHIPMENT}")).then(
        SuspendCustomer(
            customer_id=CUSTOMER, reason="An invoice is unpaid although we have reminded of it three times."
        )
    )


@pytest.mark.parametrize("settled", [PAID, CREDITED, WRITTEN_OFF])
def test_who_owes_nothing_any_more_may_order(settled: Event) -> None:
    before = Story(on_account_patient).given(*SHIPPED, OVERDUE, reminded(3)).when(settled).todo
    told = story(reminded(3)).when(settled)
    assert told.todo == [*before, LET_BE]


def test_who_owes_a_part_is_waited_for() -> None:
    part = payment.InvoiceCredited(
        order_id=ORDER, shipment_id=SHIPMENT, refund_id=ORDER, amount=PRICE, left=PRICE, reason="Goods were returned."
    )
    assert LET_BE not in story(reminded(3)).when(part).todo


@pytest.mark.parametrize("reminder", [1, 2])
def test_everything_else_is_as_before(reminder: int) -> None:
    story().when(reminded(reminder)).then()
    for given, event in (
        (READY, h.dispatched()),
        (SHIPPED, OVERDUE),
        ((*SHIPPED, OVERDUE), h.deadline(f"remind {reminder} {SHIPMENT}")),
        ((*SHIPPED, PAID), h.COMPLETED),
    ):
        before = Story(on_account_patient).given(*given).when(event)
        assert Story(on_account_lenient).given(*given).when(event).todo == before.todo
