"""Fulfilment, prepaid (fourth version): an outage of the shop is not the customer's, as equations."""

from datetime import timedelta

import pytest

from eventstore.messages import Event
from eventstore.process import Send, StopWaiting, Wait
from orders.domain import order
from orders.processes import (
    PROCESSES,
    prepaid,
    prepaid_by_shelf,
    prepaid_heedful,
    prepaid_in_full,
    prepaid_patient,
    prepaid_to_the_piece,
)
from tests.processes import happened as h
from tests.processes.happened import KETTLE, ORDER
from tests.processes.story import Story

AUTHORIZING: tuple[Event, ...] = (h.placed(), h.reserved(), h.reserved(KETTLE, 1))
REJECTED = Send(order.RejectOrder(order_id=ORDER, reason="The payment was not authorized in time."))
HALF_AN_HOUR = timedelta(minutes=30)


def story(*events: Event) -> Story:
    return Story(prepaid_patient).given(*events)


def over(told: Story, late: timedelta) -> Event:
    """The half hour is over as the next event of a story, and that is told so late."""
    return h.deadline("authorization", told.at + timedelta(minutes=1) - late)


def test_an_order_that_begins_today_is_carried_so_and_one_that_began_before_as_it_was() -> None:
    [process] = [each for each in PROCESSES if each.name == "prepaid"]
    assert process.policies == {
        1: prepaid,
        2: prepaid_in_full,
        3: prepaid_heedful,
        4: prepaid_patient,
        5: prepaid_by_shelf,
        6: prepaid_to_the_piece,
    }


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=2)])
def test_whose_card_says_nothing_in_half_an_hour_is_rejected(late: timedelta) -> None:
    told = story(*AUTHORIZING)
    told.when(over(told, late)).then(REJECTED)


def test_a_half_hour_that_ended_while_nobody_was_at_work_is_given_once_more_and_no_more_than_once() -> None:
    told = story(*AUTHORIZING)
    told.when(over(told, timedelta(hours=2))).then(Wait("authorization", told.at + HALF_AN_HOUR))
    told.given(h.declined(), h.replaced(2)).when(over(told, timedelta(hours=2))).then(REJECTED)


def test_what_the_card_said_meanwhile_counts() -> None:
    told = story(*AUTHORIZING)
    told.given(over(told, timedelta(hours=2))).when(h.authorized())
    assert told.todo[:2] == [StopWaiting("authorization"), Send(order.ConfirmOrder(order_id=ORDER))]
    late = Story(prepaid_heedful).given(*AUTHORIZING)
    late.when(over(late, timedelta(hours=2))).then(REJECTED)
