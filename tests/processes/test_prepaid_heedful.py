"""Fulfilment, prepaid, third version: what was said before counts as well, as equations."""

from datetime import timedelta

import pytest

from eventstore.messages import Event
from eventstore.process import Accept, Send, StopWaiting, Wait
from orders.domain import order, payment, shipment
from orders.domain.money import Money
from orders.processes import prepaid, prepaid_heedful, prepaid_in_full
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER, PRICE, SHIPMENT
from tests.processes.story import NOON, Story

PARCEL = Send(shipment.PlanShipment(shipment_id=SHIPMENT, order_id=ORDER, pieces={MUG: 2}))
SHORT: tuple[Event, ...] = (h.placed(), h.reserved(), h.backordered())


def story(*events: Event) -> Story:
    return Story(prepaid_heedful).given(*events)


def answered(answer: order.Answer) -> order.BackorderAnswered:
    return order.BackorderAnswered(order_id=ORDER, answer=answer)


TAKE, WAIT = answered("take_what_is_there"), answered("wait")


@pytest.mark.parametrize(
    "said",
    [
        (*SHORT, TAKE),
        (*SHORT, h.declined(), TAKE, h.replaced(2)),
        (h.placed(), h.backordered(), TAKE, h.reserved()),
        (*SHORT, WAIT, TAKE),
    ],
    ids=["while the card is asked", "once it was declined", "while the stock is asked", "in place of another answer"],
)
def test_who_takes_what_is_there_before_it_is_paid_is_sent_it_once_it_is(said: tuple[Event, ...]) -> None:
    assert PARCEL in story(*said).when(h.authorized()).todo
    assert PARCEL not in Story(prepaid_in_full).given(*said).when(h.authorized()).todo


@pytest.mark.parametrize("said", [(), (WAIT,), (TAKE, WAIT)], ids=["nothing", "to wait", "to wait after all"])
def test_who_waits_waits(said: tuple[Event, ...]) -> None:
    paid = story(*SHORT, *said).when(h.authorized())
    assert PARCEL not in paid.todo
    assert PARCEL in paid.when(TAKE).todo


def test_an_order_that_ends_before_it_is_paid_is_sent_nothing() -> None:
    assert PARCEL not in story(*SHORT, TAKE, h.CANCELLED).when(h.authorized()).todo


AUTHORIZING: tuple[Event, ...] = (h.placed(), h.reserved(), h.reserved(KETTLE, 1))


def requested(attempt: int = 1) -> payment.PaymentRequested:
    return payment.PaymentRequested(order_id=ORDER, attempt=attempt, amount=PRICE)


def half_an_hour(told: Story) -> Wait:
    """So long after the last event of a story."""
    return Wait("authorization", told.at + timedelta(minutes=30))


def test_the_half_hour_begins_when_the_card_is_asked() -> None:
    told = story(*AUTHORIZING)
    told.then(asked(1))
    told.when(requested()).then(half_an_hour(told))
    Story(prepaid_in_full).given(*AUTHORIZING).when(requested()).then()


def test_another_card_has_what_is_left_of_it() -> None:
    story(*AUTHORIZING, requested(), h.declined(), h.replaced(2)).when(requested(2)).then()


def test_and_a_card_that_is_asked_anew_later_has_as_long_as_it_likes() -> None:
    story(*AUTHORIZING, requested(), h.authorized(), h.planned(), h.deadline("renewal")).when(requested(2)).then()


def test_who_cannot_be_asked_for_half_an_hour_is_not_asked_any_more() -> None:
    told = story(*AUTHORIZING).when(h.refused("RequestPayment"))
    told.then(half_an_hour(told))
    told.when(requested()).then(half_an_hour(told))


READY: tuple[Event, ...] = (
    *(h.placed(), h.reserved(), h.reserved(KETTLE, 1), h.authorized(), h.CONFIRMED),
    *(h.planned(), h.picking(), h.packed()),
)
SHIPPED: tuple[Event, ...] = (*READY, h.dispatched())
EXPIRED = payment.AuthorizationExpired(order_id=ORDER, attempt=1, amount=PRICE)
SHARE = payment.CapturePayment(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE)
WRITTEN_OFF = payment.CaptureWrittenOff(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE, reason="Gone.")


def asked(attempt: int) -> payment.RequestPayment:
    return payment.RequestPayment(order_id=ORDER, attempt=attempt, amount=PRICE)


@pytest.mark.parametrize("over", [EXPIRED, h.deadline("renewal")])
def test_the_card_is_asked_anew_for_what_has_left_although_all_has(over: Event) -> None:
    told = story(*SHIPPED).when(over)
    told.then(asked(2))
    told.when(h.authorized(2))
    assert Send(SHARE) in told.todo
    Story(prepaid_in_full).given(*SHIPPED).when(over).then()


@pytest.mark.parametrize("settled", [h.captured(), WRITTEN_OFF])
def test_but_not_once_all_of_it_is_paid_or_given_up(settled: Event) -> None:
    for over in (EXPIRED, h.deadline("renewal")):
        story(*SHIPPED, settled).when(over).then()
        story(*SHIPPED, settled, h.COMPLETED).when(over).then()


def test_nor_another_time_while_it_is_being_asked_nor_for_an_earlier_attempt() -> None:
    story(*SHIPPED, EXPIRED).when(h.deadline("renewal")).then(asked(2))
    story(*SHIPPED, EXPIRED, h.authorized(2)).when(EXPIRED).then()


def test_a_capture_that_is_under_way_is_waited_for() -> None:
    pause = Wait("renewal", NOON + timedelta(minutes=len(SHIPPED) + 2, hours=1))
    told = story(*SHIPPED, h.deadline("renewal")).when(h.refused("RequestPayment"))
    told.then(Accept(), pause)
    told.when(h.captured())
    assert StopWaiting("renewal") in told.todo


LEFT_AS_IT_WAS_ASKED: tuple[Event, ...] = (*READY, h.deadline("renewal"), h.dispatched(), h.refused("CapturePayment"))


def test_a_card_that_says_no_once_all_has_left_holds_nothing_back_and_is_asked_every_day() -> None:
    told = story(*LEFT_AS_IT_WAS_ASKED).when(h.declined(2))
    told.then(Wait("renewal", NOON + timedelta(minutes=len(LEFT_AS_IT_WAS_ASKED) + 1, days=1)), SHARE)
    told.when(h.deadline("renewal")).then(asked(3))
    told.when(h.declined(3))
    assert Send(SHARE) in told.todo
    told.given(h.deadline("renewal")).when(h.authorized(4))
    assert Send(SHARE) in told.todo


def test_nor_any_more_once_what_has_left_is_given_up() -> None:
    told = story(*LEFT_AS_IT_WAS_ASKED, h.declined(2)).when(WRITTEN_OFF)
    assert StopWaiting("renewal") in told.todo
    told.when(h.COMPLETED).then()
    told.when(h.deadline("renewal")).then()


def test_a_card_that_says_no_while_the_rest_is_waited_for_holds_that_and_fails_the_share_of_what_has_left() -> None:
    first = (*SHORT, h.authorized(), TAKE, h.planned(mug=2), h.picking(), h.packed(mug=2), h.dispatched(mug=2))
    told = story(*first, h.deadline("renewal")).when(h.declined(2))
    hold = order.HoldOrder(order_id=ORDER, reason=prepaid.NOT_HELD)
    share = payment.CapturePayment(order_id=ORDER, shipment_id=SHIPMENT, amount=Money(cents=2500))
    assert [each.command for each in told.todo if isinstance(each, Send)] == [hold, share]
    paid = story(*first, h.captured(Money(cents=2500)), h.deadline("renewal")).when(h.declined(2))
    assert [each.command for each in paid.todo if isinstance(each, Send)] == [hold]
