"""Backorder, as equations: what is given up while a parcel is picked is cancelled once the parcel is without it."""

from uuid import uuid5

import pytest
from msgspec.structs import replace

from eventstore.messages import Event
from orders.domain import order
from orders.processes import backorder_by_answer
from orders.processes.backorder import UNWANTED
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER
from tests.processes.story import Story

COUNTED: tuple[Event, ...] = (h.placed(), h.reserved(), h.planned(mug=2), h.picking(), h.backordered(MUG, 1, 1))
CANCEL, WAIT = (order.BackorderAnswered(order_id=ORDER, answer=answer) for answer in ("cancel", "wait"))


def given_up() -> Story:
    """A count has found a mug lacking that a parcel is to hold, and the customer does not want to wait for it."""
    told = Story(backorder_by_answer).given(*COUNTED)
    told.when(CANCEL).then()
    return told


def cancelled(sku: str, pieces: int, in_all: int, *parcels: order.Parcel) -> order.CancelOrderLines:
    return order.CancelOrderLines(
        order_id=ORDER,
        cancellation_id=uuid5(ORDER, f"given up {sku} {in_all}"),
        sku=sku,
        quantity=pieces,
        reason=UNWANTED,
        parcels=parcels,
        in_all=in_all,
    )


def test_it_is_cancelled_once_it_is_missed() -> None:
    parcel = order.Parcel(stage="picking", pieces={MUG: 1})
    given_up().when(h.short()).then(cancelled(MUG, 1, 1, parcel))


def test_or_once_the_parcel_is_packed_without_it() -> None:
    parcel = order.Parcel(stage="packed", pieces={MUG: 1})
    given_up().when(h.packed(mug=1)).then(cancelled(MUG, 1, 1, parcel))


def test_or_once_the_parcel_is_stopped() -> None:
    given_up().when(h.stopped()).then(cancelled(MUG, 1, 1))


def test_but_not_where_it_was_there_after_all() -> None:
    given_up().when(h.packed(mug=2)).then()


def test_nor_where_it_has_come_meanwhile() -> None:
    told = given_up().given(h.allocated(MUG, 1), h.short())
    told.when(h.backordered(MUG, 1, 1)).given(h.packed(mug=1)).then()


def test_nor_where_the_customer_waits_for_it_now() -> None:
    given_up().given(WAIT).when(h.short()).then()


def test_nor_once_more_where_it_is_cancelled() -> None:
    told = given_up().given(h.short(), h.lines_cancelled(MUG))
    told.when(h.packed(mug=1)).then()


def test_what_is_lacking_only_later_is_not_given_up() -> None:
    told = given_up().given(h.short(missing=2), h.backordered(MUG, 1, 0))
    told.when(h.stopped()).then(cancelled(MUG, 1, 1))


@pytest.mark.parametrize("heard", [True, False])
def test_what_no_parcel_is_to_hold_is_cancelled_at_once_and_the_rest_later(heard: bool) -> None:
    mugs = replace(h.placed().lines[0], quantity=3)
    placed = replace(h.placed(), lines=(mugs, h.placed().lines[1]))
    told = Story(backorder_by_answer).given(placed, h.backordered(MUG, 1, 2), h.reserved(KETTLE, 1))
    told.given(h.planned(mug=2), h.picking(), h.backordered(MUG, 1, 1))
    told.when(CANCEL).then(cancelled(MUG, 1, 1, order.Parcel(stage="picking", pieces={MUG: 2})))
    told.given(*([h.lines_cancelled(MUG)] if heard else []))
    parcel = order.Parcel(stage="picking", pieces={MUG: 1})
    told.when(h.short()).then(cancelled(MUG, 1 if heard else 2, 2, parcel))
