"""Backorders as equations: who waits for two weeks is asked what becomes of what is not there."""

from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import uuid5

import pytest
from msgspec.structs import replace

from eventstore.messages import Event
from eventstore.process import Accept, StopWaiting, Wait
from orders.domain import order, stock_item
from orders.processes import (
    PROCESSES,
    backorder,
    backorder_anew,
    backorder_by_answer,
    backorder_by_shelf,
    backorder_in_part,
)
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER
from tests.processes.story import NOON, Story

WAITING: tuple[Event, ...] = (h.placed(), h.backordered())
POLICY: ModuleType = backorder_by_answer
NOW = (backorder_anew, backorder_by_shelf, backorder_by_answer)
OFFERED = order.BackorderChoiceOffered(order_id=ORDER)
UNWANTED = "The customer did not want to wait any longer."


@pytest.fixture(
    autouse=True,
    params=[backorder, backorder_in_part, *NOW],
    ids=["first", "second", "third", "fourth", "now"],
)
def _by_each_policy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what is cancelled, and who is asked anew, they decide alike."""
    monkeypatch.setitem(globals(), "POLICY", request.param)


def story(*events: Event) -> Story:
    return Story(POLICY).given(*events)


def after(minutes: int) -> Wait:
    return Wait("patience", NOON + timedelta(minutes=minutes, days=14))


def answered(answer: order.Answer) -> order.BackorderAnswered:
    return order.BackorderAnswered(order_id=ORDER, answer=answer)


def question(number: int | None) -> order.OfferBackorderChoice:
    return order.OfferBackorderChoice(order_id=ORDER, number=number)


def given_up(number: int, *parcels: order.Parcel) -> order.CancelOrderLines:
    """The kettle that is not there is given up by the customer's answer of this number; now by any of them."""
    now = POLICY in NOW
    number = (1 if POLICY is backorder_by_answer else 0) if now else number
    return order.CancelOrderLines(
        order_id=ORDER,
        cancellation_id=uuid5(ORDER, f"given up {KETTLE} {number}"),
        sku=KETTLE,
        quantity=1,
        reason=UNWANTED,
        parcels=parcels,
        in_all=1 if now else None,
    )


def test_who_waits_is_given_two_weeks() -> None:
    story(h.placed()).when(h.backordered()).then(after(2))


def test_nobody_waits_before_anything_is_ordered() -> None:
    Story(backorder).when(h.backordered()).then()


def test_who_waits_once_more_is_given_them_anew() -> None:
    story(*WAITING, h.allocated()).when(h.backordered(MUG, 1, 1)).then(after(4))


def test_a_second_product_that_is_short_does_not_prolong_them() -> None:
    story(*WAITING).when(h.backordered(MUG, 1, 1)).then()


def test_then_the_customer_is_asked_and_asked_again() -> None:
    ask = question(1) if POLICY in NOW else question(None)
    asked = story(*WAITING).when(h.deadline("patience"))
    asked.then(ask, after(3))
    asked.when(h.deadline("patience")).then(ask, after(4))
    story(*WAITING, OFFERED).when(h.deadline("patience")).then(ask, after(4))


@pytest.mark.parametrize("answer", ["wait", "take_what_is_there"])
def test_who_waits_on_has_another_two_weeks(answer: order.Answer) -> None:
    story(*WAITING).when(answered(answer)).then(after(3))


def test_who_cancels_keeps_what_is_there_and_had_the_order_cancelled_before() -> None:
    before = order.CancelOrder(order_id=ORDER, reason=UNWANTED, parcels=())
    story(*WAITING).when(answered("cancel")).then(before if POLICY is backorder else given_up(1))


@pytest.mark.parametrize(
    ("begun", "stage"),
    [
        ((h.picking(),), "picking"),
        ((h.picking(), h.packed(mug=2)), "packed"),
        ((h.picking(), h.packed(mug=2), h.dispatched(mug=2)), "dispatched"),
    ],
)
def test_also_once_a_parcel_was_begun(begun: tuple[Event, ...], stage: Any) -> None:
    told = story(*WAITING, answered("take_what_is_there"), h.planned(mug=2), *begun).when(answered("cancel"))
    told.then(given_up(2, order.Parcel(stage=stage, pieces={MUG: 2})))


def test_once_all_is_there_nobody_is_asked() -> None:
    story(*WAITING).when(h.allocated()).then(StopWaiting("patience"))
    gone = stock_item.BackorderCancelled(sku=KETTLE, order_id=ORDER, quantity=1)
    story(*WAITING).when(gone).then(StopWaiting("patience"))


LATER: tuple[Event, ...] = (*WAITING, OFFERED, h.allocated(), h.backordered())


def test_what_is_lacking_later_is_another_question() -> None:
    asked = Story(backorder_anew).given(*LATER).when(h.deadline("patience"))
    asked.then(question(2), after(6))
    asked.when(h.deadline("patience")).then(question(2), after(7))
    Story(backorder_in_part).given(*LATER).when(h.deadline("patience")).then(question(None), after(6))


def test_who_chose_to_wait_is_asked_once_more() -> None:
    waits_on = (*WAITING, OFFERED, answered("wait"))
    Story(backorder_anew).given(*waits_on).when(h.deadline("patience")).then(question(2), after(5))


SHORT: tuple[Event, ...] = (h.placed(), h.reserved(quantity=1), h.backordered(MUG, 1, 1))  # a mug is there


def fewer_mugs(cancelled: int) -> order.CancelOrderLines:
    """A mug is given up, after so many of them."""
    return order.CancelOrderLines(
        order_id=ORDER,
        cancellation_id=uuid5(ORDER, f"given up {MUG} {cancelled}"),
        sku=MUG,
        quantity=1,
        reason=UNWANTED,
        parcels=(),
        in_all=cancelled + 1,
    )


def test_who_cancels_twice_cancels_once() -> None:
    Story(backorder_anew).given(*SHORT, answered("cancel")).when(answered("cancel")).then(fewer_mugs(0))
    done = (*SHORT, answered("cancel"), h.lines_cancelled(MUG))
    Story(backorder_anew).given(*done).when(answered("cancel")).then()


def test_what_is_lacking_later_is_cancelled_anew() -> None:
    less = stock_item.BackorderCancelled(sku=MUG, order_id=ORDER, quantity=1)
    again = (*SHORT, answered("cancel"), h.lines_cancelled(MUG), less, h.backordered(MUG, 1, 0))
    Story(backorder_anew).given(*again).when(answered("cancel")).then(fewer_mugs(1))


def test_what_has_left_is_not_cancelled() -> None:
    left = (*SHORT, h.planned(mug=1), h.dispatched(mug=1))
    for events in (left, (*left, h.left_stock(MUG, 1))):
        parcel = order.Parcel(stage="dispatched", pieces={MUG: 1})
        told = Story(backorder_anew).given(*events).when(answered("cancel"))
        told.then(replace(fewer_mugs(0), parcels=(parcel,)))


def test_what_begins_today_asks_so_and_what_began_before_as_it_did() -> None:
    [process] = [each for each in PROCESSES if each.name == "backorder"]
    assert process.policies == {
        1: backorder,
        2: backorder_in_part,
        3: backorder_anew,
        4: backorder_by_shelf,
        5: backorder_by_answer,
    }


@pytest.mark.parametrize("ending", [h.CANCELLED, h.REJECTED, h.COMPLETED])
def test_nor_once_the_order_has_ended(ending: Event) -> None:
    story(*WAITING).when(ending).then(StopWaiting("patience"))
    story(h.placed()).when(ending).then()


def test_what_is_refused_while_somebody_waits_is_for_a_person() -> None:
    story(*WAITING).when(h.refused("CancelOrder")).then()


def test_but_not_once_nobody_waits_any_more() -> None:
    story(h.placed()).when(h.refused("CancelOrder")).then(Accept())
