"""Cancellation (second version): no card is held for an order that is not wanted, as equations."""

import pytest

from eventstore.messages import Event
from eventstore.process import Send
from orders.domain import payment
from orders.processes import cancellation, cancellation_in_any_order, cancellation_to_the_last
from tests.processes import happened as h
from tests.processes.happened import KETTLE, ORDER, PRICE
from tests.processes.story import Story


def requested(attempt: int) -> payment.PaymentRequested:
    return payment.PaymentRequested(order_id=ORDER, attempt=attempt, amount=PRICE)


STOPPING: tuple[Event, ...] = (
    *(h.placed(), h.reserved(), h.reserved(KETTLE, 1), requested(1)),
    *(h.planned(), h.picking(), h.packed(), h.ASKED_TO_CANCEL),
)


def given_up(told: Story) -> list[int]:
    """The attempts to have the payment authorized that are not wanted any more."""
    sent = [each.command for each in told.todo if isinstance(each, Send)]
    return [command.attempt for command in sent if isinstance(command, payment.VoidAuthorization)]


@pytest.mark.parametrize(
    "asked",
    [(requested(2), h.stopped()), (h.stopped(), requested(2)), (requested(2), requested(3), h.stopped())],
    ids=["before", "after", "more than once"],
)
def test_a_card_that_was_asked_while_the_parcels_were_stopped_lets_go_as_well(asked: tuple[Event, ...]) -> None:
    attempts = [1, *(each.attempt for each in asked if isinstance(each, payment.PaymentRequested))]
    for policy in (cancellation_to_the_last, cancellation_in_any_order):
        assert given_up(Story(policy).given(*STOPPING, *asked).when(h.CANCELLED)) == attempts
    assert given_up(Story(cancellation).given(*STOPPING, *asked).when(h.CANCELLED)) == [1]


def test_and_when_the_order_went_on_and_ends_later() -> None:
    told = Story(cancellation_to_the_last).given(*STOPPING, requested(2), h.GOES_ON)
    assert given_up(told.when(h.CANCELLED)) == [1, 2]
