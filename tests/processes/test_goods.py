"""Goods as equations: what a process knows of an order's pieces after each thing that can happen to them."""

from typing import Any
from uuid import UUID

import pytest

from eventstore.messages import Event
from orders import processes
from orders.domain import order, payment, returns, stock_item
from orders.domain.money import Money
from orders.processes.goods import Goods, Parcel, goods_of, told, unplanned, with_plan
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER, PRICE, SECOND, SHIPMENT

NEW = goods_of(h.placed())


def after(*events: Event, goods: Goods = NEW) -> Goods:
    for event in events:
        goods = told(goods, event)
    return goods


def stock(goods: Goods) -> tuple[dict[str, int], ...]:
    """Claimed, waiting, lost and leaving, without what is nothing."""
    each = (goods.claimed, goods.waiting, goods.lost, goods.leaving)
    return tuple({sku: pieces for sku, pieces in kind.items() if pieces} for kind in each)


BOTH = (h.reserved(MUG, 1), h.backordered(MUG, 1, 1))
CASES: dict[str, tuple[tuple[Event, ...], tuple[dict[str, int], ...]]] = {
    "reserved": ((h.reserved(),), ({MUG: 2}, {}, {}, {})),
    "reserved in two": ((h.reserved(MUG, 1), h.reserved(MUG, 1)), ({MUG: 2}, {}, {}, {})),
    "short": (BOTH, ({MUG: 1}, {MUG: 1}, {}, {})),
    "short once more": ((*BOTH, h.backordered(MUG, 1, 0)), ({}, {MUG: 2}, {}, {})),
    "allocated": ((*BOTH, h.allocated(MUG, 1)), ({MUG: 2}, {}, {}, {})),
    "no longer waited for": (
        (*BOTH, stock_item.BackorderCancelled(sku=MUG, order_id=ORDER, quantity=1)),
        ({MUG: 1}, {}, {}, {}),
    ),
    "released": (
        (h.reserved(), stock_item.ReservationReleased(sku=MUG, order_id=ORDER, quantity=1)),
        ({MUG: 1}, {}, {}, {}),
    ),
    "leaving": ((h.reserved(), h.planned(mug=2), h.dispatched(mug=2)), ({MUG: 2}, {}, {}, {MUG: 2})),
    "gone": (
        (h.reserved(), h.planned(mug=2), h.dispatched(mug=2), h.left_stock(MUG, 2)),
        ({}, {}, {}, {}),
    ),
    "gone in part": (
        (h.reserved(), h.planned(mug=2), h.dispatched(mug=2), h.left_stock(MUG, 1)),
        ({MUG: 1}, {}, {}, {MUG: 1}),
    ),
    "not on the shelf": (
        (h.reserved(), h.planned(mug=2), h.picking(), h.short(), h.packed(mug=1)),
        ({MUG: 2}, {}, {MUG: 1}, {}),
    ),
    "nothing on the shelf": (
        (h.reserved(), h.planned(mug=2), h.picking(), h.short(), h.short(), h.stopped()),
        ({MUG: 2}, {}, {MUG: 2}, {}),
    ),
    "known to the books": (
        (h.reserved(), h.planned(mug=2), h.picking(), h.short(), h.packed(mug=1), h.backordered(MUG, 1, 1)),
        ({MUG: 1}, {MUG: 1}, {}, {}),
    ),
    "stopped when packed": (
        (h.reserved(), h.planned(mug=2), h.picking(), h.short(), h.packed(mug=1), h.stopped()),
        ({MUG: 2}, {}, {MUG: 1}, {}),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_where_the_pieces_are(case: str) -> None:
    happened, there = CASES[case]
    assert stock(after(*happened)) == there


def test_what_is_about_something_else_changes_nothing() -> None:
    assert told(NEW, h.CONFIRMED) is NEW


def test_a_parcel_goes_its_way() -> None:
    way = [h.planned(), h.picking(), h.packed(mug=1, kettle=1), h.dispatched(mug=1, kettle=1)]
    stages = [after(*way[: n + 1]).parcels[SHIPMENT] for n in range(len(way))]
    one_each = {MUG: 1, KETTLE: 1}
    assert [(each.stage, each.pieces) for each in stages] == [
        ("planned", h.ALL),
        ("picking", h.ALL),
        ("packed", one_each),
        ("dispatched", one_each),
    ]
    assert after(*way, h.lost()).parcels[SHIPMENT].stage == "lost"
    assert after(h.planned(), h.short()).parcels[SHIPMENT].missing == {MUG: 1}
    assert after(h.planned(), h.short(), h.short()).parcels[SHIPMENT].missing == {MUG: 2}


def test_what_was_cancelled_is_not_wanted() -> None:
    assert [NEW.wanted(MUG), after(h.lines_cancelled(MUG)).wanted(MUG)] == [2, 1]
    chosen = goods_of(h.placed(if_short="cancel"))
    assert after(h.planned(), h.short(), h.packed(mug=1, kettle=1), goods=chosen).wanted(MUG) == 1
    assert after(h.planned(), h.short(), h.packed(mug=1, kettle=1)).wanted(MUG) == 2


def test_what_can_be_planned_is_there_wanted_and_in_no_parcel() -> None:
    assert unplanned(after(h.reserved()), MUG) == 2
    assert unplanned(after(h.reserved(), h.lines_cancelled(MUG)), MUG) == 1
    assert unplanned(after(h.reserved(), h.planned(mug=1)), MUG) == 1
    assert unplanned(after(h.reserved(), h.planned(mug=1), h.stopped()), MUG) == 2
    assert unplanned(after(h.reserved(), h.planned(mug=1), h.dispatched(mug=1)), MUG) == 1
    assert unplanned(after(h.reserved(), h.planned(mug=1), h.dispatched(mug=1), h.left_stock(MUG, 1)), MUG) == 1
    assert unplanned(after(h.reserved(), h.planned(), h.short(), h.packed(mug=1)), MUG) == 0
    assert unplanned(after(h.reserved(), h.planned(), h.backordered(MUG, 1, 1)), MUG) == -1
    half = after(h.reserved(MUG, 1), h.backordered(MUG, 1, 1), h.planned(mug=1), h.dispatched(mug=1))
    assert [unplanned(half, MUG), unplanned(after(h.left_stock(MUG, 1), goods=half), MUG)] == [0, 0]


def test_a_parcel_is_planned_once_nothing_is_waited_for_or_before_where_that_is_wanted() -> None:
    short = after(h.reserved(), h.backordered())
    assert with_plan(short, split=False) is short
    assert with_plan(short, split=True).parcels == {SHIPMENT: Parcel(stage="asked", pieces={MUG: 2})}
    there = after(h.allocated(), goods=with_plan(short, split=True))
    assert with_plan(there, split=False).parcels[SECOND] == Parcel(stage="asked", pieces={KETTLE: 1})
    assert with_plan(NEW, split=True) is NEW


def test_what_is_due_for_a_parcel_are_the_pieces_that_are_wanted() -> None:
    sent = after(h.planned(), h.dispatched())
    assert sent.due(SHIPMENT) == PRICE
    assert after(h.lines_cancelled(MUG), goods=sent).due(SHIPMENT) == PRICE - Money(cents=1250)
    assert after(h.lines_cancelled(MUG, 2), h.lines_cancelled(KETTLE), goods=sent).due(SHIPMENT) == Money(cents=0)
    two = after(h.planned(mug=1), h.dispatched(mug=1), h.planned(SECOND, mug=1), h.dispatched(SECOND, mug=1))
    assert (two.due(SHIPMENT), two.due(SECOND)) == (Money(cents=1250), Money(cents=1250))
    assert two.to_pay(frozenset({SHIPMENT})) == {SECOND}
    assert NEW.value == PRICE
    assert two.value == Money(cents=8900)
    assert two.worth == PRICE
    assert after(h.lines_cancelled(), goods=two).worth == Money(cents=2500)


def test_all_is_sent_once_no_parcel_is_being_made_ready() -> None:
    sent = after(h.planned(), h.dispatched())
    assert sent.sent_all
    assert not after(h.planned(SECOND, mug=1), goods=sent).sent_all
    assert not after(h.planned(mug=2), h.dispatched(mug=2)).sent_all


def test_others_see_the_parcels_that_were_not_stopped() -> None:
    asked = with_plan(after(h.reserved(), h.reserved(KETTLE, 1)), split=False)
    assert asked.seen() == (order.Parcel(stage="planned", pieces=h.ALL),)
    assert after(h.planned(), h.picking()).seen() == (order.Parcel(stage="picking", pieces=h.ALL),)
    assert after(h.planned(), h.stopped()).seen() == ()


@pytest.mark.parametrize("terms", ["prepaid", "on_account"])
def test_an_order_is_carried_by_the_process_of_its_terms_and_by_those_that_carry_all(terms: Any) -> None:
    placed = h.placed(terms)
    found = {each.name: each.instance(placed) for each in processes.PROCESSES if order.OrderPlaced in each.begins}
    other = {"prepaid": "on_account", "on_account": "prepaid"}[terms]
    # Only an order with a card is charged by the payment provider.
    for_all = dict.fromkeys(("cancellation", "backorder", "notification"), ORDER)
    assert found == {terms: ORDER, other: None, "charging": None} | for_all
    assert {each.instance(h.reserved()) for each in processes.PROCESSES if each.name in found} == {ORDER}


def test_the_carrier_is_asked_for_each_parcel_by_itself() -> None:
    carriage = next(each for each in processes.PROCESSES if each.name == "carriage")
    assert [carriage.instance(event) for event in (h.packed(), h.packed(SECOND))] == [SHIPMENT, SECOND]


def test_a_refund_belongs_to_the_return_of_the_same_id() -> None:
    returning = next(each for each in processes.PROCESSES if each.name == "returning")
    refunded = payment.PaymentRefunded(order_id=ORDER, refund_id=UUID(int=5), attempt=1, amount=PRICE, reference="R")
    assert returning.instance(refunded) == UUID(int=5)
    approved = returns.ReturnApproved(return_id=UUID(int=5), order_id=ORDER)
    assert returning.instance(approved) == UUID(int=5)
