"""What is missed of a parcel that holds more than is wanted: no more is cancelled than the customer lacks by it."""

from types import ModuleType
from typing import Any
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from eventstore.messages import Event
from eventstore.process import Send
from orders.domain import order, stock_item
from orders.domain.money import Money
from orders.processes import backorder_by_answer, cancellation_in_any_order, on_account_to_the_piece
from orders.processes import prepaid_to_the_piece as prepaid
from orders.processes.goods import Goods, goods_of, told
from orders.processes.shipping import NOT_THERE
from tests.processes import happened as h
from tests.processes.happened import MUG, ORDER, SECOND, SHIPMENT
from tests.processes.story import Story

TERMS: dict[order.PaymentTerms, ModuleType] = {"prepaid": prepaid, "on_account": on_account_to_the_piece}
ONE_OF_THREE = h.lines_cancelled(MUG)
LET_GO = stock_item.ReservationReleased(sku=MUG, order_id=ORDER, quantity=1)


def placed(terms: order.PaymentTerms = "prepaid") -> order.OrderPlaced:
    """Three mugs, and no others for those that are missed."""
    mugs = replace(h.placed().lines[0], quantity=3)
    return replace(h.placed(terms, "cancel"), lines=(mugs,))


def picking(terms: order.PaymentTerms) -> Story:
    """One of the three is cancelled as picking begins, so that it is in the parcel all the same."""
    told = Story(TERMS[terms]).given(placed(terms), h.reserved(MUG, 3), h.authorized(), h.CONFIRMED)
    return told.given(h.planned(mug=3), h.picking(), ONE_OF_THREE, LET_GO)


def asked(told: Story) -> list[Any]:
    """What the order and the stock are asked to give up."""
    commands = [each.command for each in told.todo if isinstance(each, Send)]
    return [each for each in commands if isinstance(each, order.CancelOrderLines | stock_item.ReleaseReservation)]


def goods(told: Story) -> Goods:
    found: Goods = told.state.goods
    return found


def cancelled(pieces: int, in_all: int, found: int, shipment_id: UUID = SHIPMENT) -> order.CancelOrderLines:
    parcel = order.Parcel(stage="packed", pieces={MUG: found})
    return order.CancelOrderLines(
        order_id=ORDER,
        cancellation_id=uuid5(shipment_id, MUG),
        sku=MUG,
        quantity=pieces,
        reason=NOT_THERE,
        parcels=(parcel,),
        in_all=in_all,
    )


@pytest.mark.parametrize("terms", TERMS)
def test_a_piece_that_is_missed_may_be_the_one_that_was_cancelled(terms: order.PaymentTerms) -> None:
    told = picking(terms)
    assert asked(told.when(h.short())) == []
    assert asked(told.when(h.packed(mug=2))) == []
    assert (goods(told).wanted(MUG), goods(told).value) == (2, Money(cents=2500))


@pytest.mark.parametrize("terms", TERMS)
def test_what_is_missed_beyond_that_is_cancelled_once_the_parcel_is_packed(terms: order.PaymentTerms) -> None:
    told = picking(terms).given(h.short())
    let_go = stock_item.ReleaseReservation(sku=MUG, order_id=ORDER, no_longer_wanted=2)
    assert asked(told.when(h.short())) == [let_go]
    assert asked(told.when(h.packed(mug=1))) == [cancelled(1, in_all=2, found=1)]
    assert goods(told).wanted(MUG) == 1


@pytest.mark.parametrize("terms", TERMS)
def test_what_was_found_for_a_parcel_that_is_stopped_is_still_wanted(terms: order.PaymentTerms) -> None:
    told = picking(terms).given(h.short(missing=2), h.backordered(MUG, 1, 1), h.allocated(MUG, 1))
    again = (order.Parcel(stage="planned", pieces={MUG: 1}),)
    assert asked(told.when(h.stopped())) == [replace(cancelled(1, in_all=2, found=1), parcels=again)]
    assert goods(told).wanted(MUG) == 1


@pytest.mark.parametrize("both", [(ONE_OF_THREE, h.short()), (h.short(), ONE_OF_THREE)])
def test_it_comes_to_the_same_whichever_is_first(both: tuple[Event, ...]) -> None:
    told = Story(prepaid).given(placed(), h.reserved(MUG, 3), h.authorized(), h.CONFIRMED, h.planned(mug=3))
    told.given(h.picking(), *both)
    assert asked(told.when(h.packed(mug=2))) == []
    assert goods(told).wanted(MUG) == 2


@pytest.mark.parametrize("terms", TERMS)
def test_the_stock_is_told_of_a_missed_piece_also_where_another_one_was_let_go(terms: order.PaymentTerms) -> None:
    told = picking(terms).when(h.short())
    assert [each.command for each in told.todo if isinstance(each, Send)] == [
        stock_item.WriteOffShortPick(sku=MUG, order_id=ORDER, shipment_id=SHIPMENT, missing=1)
    ]


@pytest.mark.parametrize("terms", TERMS)
def test_what_was_left_out_is_cancelled_also_where_others_were_before_the_order_knew(terms: order.PaymentTerms) -> None:
    told = Story(TERMS[terms]).given(placed(terms), h.backordered(MUG, 1, 2), h.authorized(), h.CONFIRMED)
    told.given(order.BackorderAnswered(order_id=ORDER, answer="take_what_is_there"))
    told.given(h.planned(mug=2), h.picking(), h.short())
    assert asked(told.when(h.packed(mug=1))) == [cancelled(1, in_all=1, found=1)]
    left_out = replace(cancelled(1, in_all=2, found=1), cancellation_id=uuid5(ONE_OF_THREE.cancellation_id, MUG))
    assert asked(told.when(ONE_OF_THREE)) == [left_out]
    both = replace(ONE_OF_THREE, cancellation_id=left_out.cancellation_id, in_all=2)
    assert asked(told.when(both)) == []
    assert goods(told).wanted(MUG) == 1


def test_what_the_order_was_told_of_is_not_cancelled_once_more() -> None:
    told = Story(prepaid).given(placed(), h.backordered(MUG, 1, 2), h.authorized(), h.CONFIRMED)
    told.given(order.BackorderAnswered(order_id=ORDER, answer="take_what_is_there"))
    told.given(h.planned(mug=2), h.picking(), h.short(), h.packed(mug=1))
    ours = replace(ONE_OF_THREE, cancellation_id=uuid5(SHIPMENT, MUG))
    assert asked(told.when(ours)) == []
    assert asked(told.when(replace(ONE_OF_THREE, in_all=2))) == []
    assert goods(told).wanted(MUG) == 1


def test_two_parcels_that_each_miss_a_piece_lack_one_between_them() -> None:
    told = Story(prepaid).given(placed(), h.reserved(MUG, 3), h.authorized(), h.CONFIRMED)
    told.given(h.planned(mug=2), h.picking(), h.planned(SECOND, mug=1), h.picking(SECOND), ONE_OF_THREE, LET_GO)
    told.given(h.short(), h.short(shipment_id=SECOND))
    assert asked(told.when(h.packed(mug=1))) == [
        replace(
            cancelled(1, in_all=2, found=1),
            parcels=(
                order.Parcel(stage="packed", pieces={MUG: 1}),
                order.Parcel(stage="picking", pieces={MUG: 0}),
            ),
        )
    ]
    assert asked(told.when(h.stopped(SECOND))) == []
    assert goods(told).wanted(MUG) == 1


MISSED: tuple[Event, ...] = (h.planned(mug=3), h.picking(), ONE_OF_THREE, h.short(), h.packed(mug=2))


@pytest.mark.parametrize("policy", [backorder_by_answer, cancellation_in_any_order])
def test_those_that_are_told_of_no_more_count_no_more_as_cancelled(policy: ModuleType) -> None:
    assert goods(Story(policy).given(placed(), *MISSED)).cancelled == {MUG: 1}


def test_so_a_parcel_that_takes_the_place_of_a_broken_one_is_not_stopped() -> None:
    told = Story(cancellation_in_any_order).given(placed(), *MISSED, h.stopped())
    told.when(h.planned(SECOND, mug=2)).then()


def test_an_order_that_began_before_counts_all_as_cancelled() -> None:
    before, now = goods_of(placed()), goods_of(placed(), to_the_piece=True)
    for event in MISSED:
        before, now = told(before, event), told(now, event)
    assert (before.cancelled, now.cancelled) == ({MUG: 2}, {MUG: 1})
