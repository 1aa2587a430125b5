"""Fulfilment, prepaid, in its second version: the card is asked anew for all that is still to be paid, as equations."""

from types import ModuleType

import pytest

from eventstore.messages import Event
from eventstore.process import Send
from orders.domain import order, payment
from orders.domain.money import Money
from orders.processes import prepaid, prepaid_in_full
from tests.processes import happened as h
from tests.processes.happened import ORDER, PRICE, SECOND, SHIPMENT
from tests.processes.story import Story
from tests.scenario import Scenario

MUGS, KETTLE = Money(cents=2 * 1250), Money(cents=8900)
SHORT: tuple[Event, ...] = (
    *(h.placed(), h.reserved(), h.backordered(), h.authorized(), h.CONFIRMED),
    order.BackorderAnswered(order_id=ORDER, answer="take_what_is_there"),
)
FIRST_LEFT: tuple[Event, ...] = (h.planned(mug=2), h.picking(), h.packed(mug=2), h.dispatched(mug=2))
SECOND_LEFT: tuple[Event, ...] = (
    *(h.allocated(), h.planned(SECOND, kettle=1), h.picking(SECOND)),
    *(h.packed(SECOND, kettle=1), h.dispatched(SECOND, kettle=1)),
)
EXPIRED = payment.AuthorizationExpired(order_id=ORDER, attempt=1, amount=PRICE)
WRITTEN_OFF = payment.CaptureWrittenOff(order_id=ORDER, shipment_id=SHIPMENT, amount=MUGS, reason="Nothing is held.")


def story(*events: Event, policy: ModuleType = prepaid_in_full) -> Story:
    return Story(policy).given(*SHORT, *FIRST_LEFT, *events)


def asked(attempt: int, amount: Money) -> payment.RequestPayment:
    return payment.RequestPayment(order_id=ORDER, attempt=attempt, amount=amount)


@pytest.mark.parametrize("over", [EXPIRED, h.deadline("renewal")])
def test_the_card_is_asked_anew_for_what_has_left_and_is_not_paid_as_well(over: Event) -> None:
    story().when(over).then(asked(2, PRICE))
    story(policy=prepaid).when(over).then(asked(2, KETTLE))


def test_but_not_for_what_is_paid_or_written_off() -> None:
    for settled in (h.captured(MUGS), WRITTEN_OFF):
        story(settled).when(EXPIRED).then(asked(2, KETTLE))


def test_a_share_that_is_tried_again_leaves_enough_for_the_next_parcel() -> None:
    told = story().when(EXPIRED)
    [again] = [each.command for each in told.todo if isinstance(each, Send)]
    assert isinstance(again, payment.RequestPayment)
    card = Scenario(payment).given(
        payment.PaymentRequested(order_id=ORDER, attempt=1, amount=PRICE),
        payment.PaymentAuthorized(order_id=ORDER, attempt=1, amount=PRICE, expires_at=h.NEXT_WEEK, reference="hold"),
        payment.CaptureRequested(order_id=ORDER, shipment_id=SHIPMENT, authorization=1, attempt=1, amount=MUGS),
        payment.CaptureFailed(order_id=ORDER, shipment_id=SHIPMENT, attempt=1, amount=MUGS, reason="Not held."),
        EXPIRED,
        payment.PaymentRequested(order_id=ORDER, attempt=2, amount=again.amount),
        payment.PaymentAuthorized(
            order_id=ORDER, attempt=2, amount=again.amount, expires_at=h.NEXT_WEEK, reference="hold-2"
        ),
        payment.CaptureRequested(order_id=ORDER, shipment_id=SHIPMENT, authorization=2, attempt=2, amount=MUGS),
        payment.PaymentCaptured(order_id=ORDER, shipment_id=SHIPMENT, attempt=2, amount=MUGS, reference="capture"),
    )
    card.when(payment.CapturePayment(order_id=ORDER, shipment_id=SECOND, amount=KETTLE)).then(
        payment.CaptureRequested(order_id=ORDER, shipment_id=SECOND, authorization=2, attempt=1, amount=KETTLE)
    )


def completes(attempt: int | None, *events: Event, policy: ModuleType = prepaid_in_full) -> None:
    """All of it has left and is settled with the last of these events; so this authorization is let go, if any."""
    told = story(*events, policy=policy)
    assert [type(each).__name__ for each in told.todo[:1]] == ["StopWaiting"]
    complete, *rest = [each.command for each in told.todo if isinstance(each, Send)]
    assert isinstance(complete, order.CompleteOrder)
    assert rest == [payment.VoidAuthorization(order_id=ORDER, attempt=each) for each in [attempt] if each]


def test_what_is_still_held_when_all_is_settled_is_let_go() -> None:
    anew = (EXPIRED, h.authorized(2), *SECOND_LEFT)
    completes(2, *anew, h.captured(KETTLE, SECOND), WRITTEN_OFF)
    completes(2, *anew, h.captured(KETTLE, SECOND), h.captured(MUGS))
    completes(1, *SECOND_LEFT, h.captured(KETTLE, SECOND), WRITTEN_OFF)
    completes(None, *SECOND_LEFT, h.captured(KETTLE, SECOND), WRITTEN_OFF, policy=prepaid)


def test_once() -> None:
    completes(1, h.lines_cancelled(), h.captured(MUGS))
    completes(1, h.lines_cancelled(), WRITTEN_OFF)


def test_of_a_card_that_paid_all_nothing_is_left() -> None:
    completes(None, *SECOND_LEFT, h.captured(KETTLE, SECOND), h.captured(MUGS))
    completes(None, *SECOND_LEFT, WRITTEN_OFF, h.captured(MUGS), h.captured(KETTLE, SECOND))


BACK = payment.RefundPayment(order_id=ORDER, refund_id=SHIPMENT, amount=MUGS, reason="The parcel was lost on its way.")
ALL_LEFT: tuple[Event, ...] = (*SECOND_LEFT, h.captured(KETTLE, SECOND))


@pytest.mark.parametrize("before", [(), (*ALL_LEFT, h.COMPLETED)])
def test_what_nobody_paid_for_is_not_paid_back_when_it_gets_lost(before: tuple[Event, ...]) -> None:
    for events in ((WRITTEN_OFF, *before), (*before[:-1], WRITTEN_OFF, *before[-1:])):
        story(*events).when(h.lost()).then()
        story(*events, policy=prepaid).when(h.lost()).then(BACK)


@pytest.mark.parametrize("before", [(), (*ALL_LEFT, h.COMPLETED)])
def test_unless_it_was_taken_after_all(before: tuple[Event, ...]) -> None:
    taken = h.captured(MUGS)
    story(WRITTEN_OFF, *before, taken).when(h.lost()).then(BACK)
    assert Send(BACK) in story(WRITTEN_OFF, *before, h.lost()).when(taken).todo


def test_and_what_others_paid_for_is_paid_back() -> None:
    back = payment.RefundPayment(order_id=ORDER, refund_id=SECOND, amount=KETTLE, reason=BACK.reason)
    story(WRITTEN_OFF, *ALL_LEFT, h.COMPLETED).when(h.lost(SECOND)).then(back)
    story(*ALL_LEFT, WRITTEN_OFF, h.COMPLETED).when(h.captured(MUGS)).then()
