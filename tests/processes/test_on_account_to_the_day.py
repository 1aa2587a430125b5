"""Fulfilment, on account (fourth version), as equations: an invoice is due until the day is over that it names."""

from datetime import UTC, datetime, timedelta

from eventstore.process import Send, Wait
from orders.domain import payment
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
from tests.processes.happened import ORDER, PRICE, SHIPMENT
from tests.processes.story import NOON, Story
from tests.processes.test_on_account import OVERDUE, PAID, READY, SHIPPED
from tests.processes.test_on_account_patient import reminded

LAST_MOMENT = datetime(2026, 3, 16, 22, 59, 59, tzinfo=UTC)  # of the 14th day after the 2nd of March, in Berlin


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


def test_an_invoice_is_due_until_the_day_is_over_that_it_names() -> None:
    todo = Story(on_account_to_the_day).given(*READY).when(h.dispatched()).todo
    before = Story(on_account_lenient).given(*READY).when(h.dispatched()).todo
    invoice = payment.IssueInvoice(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE, due_at=LAST_MOMENT)
    assert todo == [*before[:-2], Send(invoice), Wait(f"due {SHIPMENT}", LAST_MOMENT)]
    assert before[-1] == Wait(f"due {SHIPMENT}", NOON + timedelta(minutes=8, days=14))


def test_everything_else_is_as_before() -> None:
    for given, event in (
        (SHIPPED, h.deadline(f"due {SHIPMENT}")),
        (SHIPPED, OVERDUE),
        ((*SHIPPED, OVERDUE), h.deadline(f"remind 1 {SHIPMENT}")),
        ((*SHIPPED, OVERDUE), reminded(3)),
        ((*SHIPPED, PAID), h.COMPLETED),
    ):
        before = Story(on_account_lenient).given(*given).when(event)
        assert Story(on_account_to_the_day).given(*given).when(event).todo == before.todo
