"""What is on the shelf and what is not, as equations: what is missed is written off once, and as soon as it is."""

from types import ModuleType
from typing import Any
from uuid import uuid5

import pytest
from msgspec.structs import replace

from eventstore.messages import Event
from eventstore.process import Send, StopWaiting
from orders.domain import order, shipment, stock_item
from orders.processes import (
    backorder,
    backorder_anew,
    backorder_by_answer,
    backorder_by_shelf,
    backorder_in_part,
    on_account_by_shelf,
    on_account_to_the_piece,
    prepaid_by_shelf,
    prepaid_to_the_piece,
)
from orders.processes.shipping import NOT_THERE
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER, SECOND, SHIPMENT
from tests.processes.story import Story

BEFORE: dict[str, ModuleType] = {
    "prepaid": prepaid_by_shelf,
    "on_account": on_account_by_shelf,
    "backorder": backorder_by_shelf,
}
NOW: dict[str, ModuleType] = {
    "prepaid": prepaid_to_the_piece,
    "on_account": on_account_to_the_piece,
    "backorder": backorder_by_answer,
}
WAITS_ON: tuple[Event, ...] = (h.backordered(MUG, 1, 1), h.allocated(MUG, 1))


version = NOW


@pytest.fixture(autouse=True, params=[BEFORE, NOW], ids=["before", "now"])
def _version(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of this is so in orders that began under either version."""
    monkeypatch.setitem(globals(), "version", request.param)


@pytest.fixture(params=["prepaid", "on_account"])
def terms(request: pytest.FixtureRequest) -> Any:
    """However the order is paid."""
    return request.param


def picking(terms: order.PaymentTerms, if_short: order.IfShort = "wait", **pieces: int) -> Story:
    """A parcel with all of the order, or with these pieces of it, is being picked."""
    told = Story(version[terms]).given(h.placed(terms, if_short), h.reserved(), h.reserved(KETTLE, 1))
    return told.given(h.authorized(), h.CONFIRMED, h.planned(SHIPMENT, **pieces), h.picking())


def gone(missing: int) -> stock_item.WriteOffShortPick:
    return stock_item.WriteOffShortPick(sku=MUG, order_id=ORDER, shipment_id=SHIPMENT, missing=missing)


def let_go(pieces: int) -> stock_item.ReleaseReservation:
    return stock_item.ReleaseReservation(sku=MUG, order_id=ORDER, no_longer_wanted=pieces)


def sent(told: Story) -> list[type]:
    return [type(each.command) for each in told.todo if isinstance(each, Send)]


def test_what_is_missed_is_written_off_at_once_in_all_that_was_missed_so_far(terms: order.PaymentTerms) -> None:
    told = picking(terms)
    told.when(h.short()).then(gone(1))
    told.when(h.short()).then(gone(2))


@pytest.mark.parametrize("end", [h.packed(mug=1, kettle=1), h.stopped()])
def test_and_not_once_more_when_the_parcel_is_packed_or_stopped(terms: order.PaymentTerms, end: Event) -> None:
    told = picking(terms).given(h.short(), h.backordered(MUG, 1, 1))
    told.when(end).then()


def test_what_takes_its_place_is_planned_once_the_parcel_is_packed(terms: order.PaymentTerms) -> None:
    again = shipment.PlanShipment(shipment_id=SECOND, order_id=ORDER, pieces={MUG: 1})
    told = picking(terms).given(h.short())
    for event in WAITS_ON:
        told.when(event).then()
    told.when(h.packed(mug=1, kettle=1)).then(again)
    late = picking(terms).given(h.short(), h.packed(mug=1, kettle=1), h.backordered(MUG, 1, 1))
    late.when(h.allocated(MUG, 1)).then(again)


def test_nothing_that_is_gone_is_planned_before_the_stock_has_said_so(terms: order.PaymentTerms) -> None:
    told = picking(terms).given(h.short())
    told.when(h.packed(mug=1, kettle=1)).then()
    told.when(h.backordered(MUG, 1, 1)).then()


def test_who_wants_no_others_has_them_cancelled_once_the_parcel_is_packed(terms: order.PaymentTerms) -> None:
    told = picking(terms, "cancel")
    told.when(h.short()).then(gone(1), let_go(1))
    for event in WAITS_ON:
        told.when(event).then()
    parcels = (order.Parcel(stage="packed", pieces={MUG: 1, KETTLE: 1}),)
    told.when(h.packed(mug=1, kettle=1)).then(
        order.CancelOrderLines(
            order_id=ORDER,
            cancellation_id=uuid5(SHIPMENT, MUG),
            sku=MUG,
            quantity=1,
            reason=NOT_THERE,
            parcels=parcels,
            in_all=1 if version is NOW else None,
        )
    )


def test_nor_waits_for_them_until_then_whatever_else_is_cancelled(terms: order.PaymentTerms) -> None:
    told = picking(terms, "cancel").given(h.backordered(MUG, 1, 1))
    told.when(h.short()).then(let_go(1))
    # The one that is cancelled is now taken for the one that is missed, so that the other one is sent.
    told.when(h.lines_cancelled(MUG)).then(*([] if version is NOW else [let_go(2)]))
    told.given(h.packed(mug=1, kettle=1)).when(replace(h.lines_cancelled(MUG), in_all=2)).then()


def test_a_parcel_that_nobody_has_begun_is_not_stopped_for_what_another_one_lacks(terms: order.PaymentTerms) -> None:
    told = picking(terms, mug=1, kettle=1).given(h.planned(SECOND, mug=1))
    told.when(h.short()).then(gone(1))
    told.when(h.backordered(MUG, 1, 1)).then()
    told.when(h.backordered(MUG, 1, 0)).then(shipment.CancelShipment(shipment_id=SECOND, reason=NOT_THERE))


def test_what_a_count_has_found_before_is_not_written_off_once_more(terms: order.PaymentTerms) -> None:
    told = picking(terms).given(h.backordered(MUG, 1, 1))
    told.when(h.short()).then()
    told.when(h.short()).then(gone(1))
    assert sent(told.when(h.stopped())) == []


def test_who_is_asked_gives_up_no_more_than_is_lacking_after_a_short_pick() -> None:
    short = (h.placed(), h.backordered(MUG, 1, 1), h.allocated(MUG, 1), h.planned(mug=2), h.picking(), h.short())
    told = Story(version["backorder"]).given(*short, h.backordered(MUG, 1, 1), h.packed(mug=1), h.dispatched(mug=1))
    answer = order.BackorderAnswered(order_id=ORDER, answer="cancel")
    assert sent(told.when(answer)) == [order.CancelOrderLines]
    assert sent(told.given(h.lines_cancelled(MUG)).when(answer)) == []


def test_what_is_missed_can_be_given_up_while_its_parcel_is_still_being_picked() -> None:
    told = Story(version["backorder"]).given(h.placed(), h.planned(), h.picking(), h.short(), h.backordered(MUG, 1, 1))
    by_what = 1 if version["backorder"] is backorder_by_answer else 0  # is cancelled then, or was before
    told.when(order.BackorderAnswered(order_id=ORDER, answer="cancel")).then(
        order.CancelOrderLines(
            order_id=ORDER,
            cancellation_id=uuid5(ORDER, f"given up {MUG} {by_what}"),
            sku=MUG,
            quantity=1,
            reason=backorder.UNWANTED,
            parcels=(order.Parcel(stage="picking", pieces={MUG: 1, KETTLE: 1}),),
            in_all=1,
        )
    )


def test_what_has_left_is_not_waited_for_and_holds_up_nothing_that_comes_later(terms: order.PaymentTerms) -> None:
    told = picking(terms).given(h.backordered(MUG, 1, 1), h.short(KETTLE), h.backordered())
    told.given(h.packed(mug=2), h.dispatched(mug=2), h.left_stock(MUG, 2))
    told.when(h.allocated()).then(shipment.PlanShipment(shipment_id=SECOND, order_id=ORDER, pieces={KETTLE: 1}))


LEAVING: tuple[Event, ...] = (h.placed(), h.planned(mug=2), h.picking(), h.packed(mug=2))
LEFT: tuple[Event, ...] = (h.backordered(MUG, 1, 1), h.dispatched(mug=2))


def test_nobody_is_asked_about_goods_that_have_left() -> None:
    told = Story(version["backorder"]).given(*LEAVING, *LEFT)
    told.when(h.left_stock(MUG, 2)).then(StopWaiting("patience"))
    told.when(h.deadline("patience")).then()


def test_but_about_those_that_have_not_as_many_times_as_before() -> None:
    told = Story(version["backorder"]).given(h.placed(), h.backordered(), order.BackorderChoiceOffered(order_id=ORDER))
    told.given(*LEAVING[1:], *LEFT).when(h.left_stock(MUG, 2)).then()
    again = order.OfferBackorderChoice(order_id=ORDER, number=1)
    assert told.when(h.deadline("patience")).todo[0] == Send(again)
    later = Story(version["backorder"]).given(*LEAVING, *LEFT, order.BackorderChoiceOffered(order_id=ORDER))
    later.given(h.left_stock(MUG, 2), h.left_stock(KETTLE, 1), h.backordered()).when(h.deadline("patience"))
    assert later.todo[0] == Send(replace(again, number=2))


@pytest.mark.parametrize("former", [backorder, backorder_in_part, backorder_anew])
def test_an_order_that_began_before_heeds_it_as_little_as_it_did(former: ModuleType) -> None:
    told = Story(former).given(*LEAVING, *LEFT)
    before = told.state
    told.when(h.left_stock(MUG, 2)).then()
    assert told.state == before
