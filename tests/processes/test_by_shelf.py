"""What is not on the shelf, as it is decided now, as equations: it is written off as it is missed, and once."""

from types import ModuleType
from typing import Any
from uuid import uuid5

import pytest

from eventstore.messages import Event
from eventstore.process import Send
from orders.domain import order, shipment, stock_item
from orders.processes import backorder_by_shelf, on_account_by_shelf, prepaid_by_shelf
from orders.processes.shipping import NOT_THERE
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER, SECOND, SHIPMENT
from tests.processes.story import Story

TERMS: dict[order.PaymentTerms, ModuleType] = {"prepaid": prepaid_by_shelf, "on_account": on_account_by_shelf}
WAITS_ON: tuple[Event, ...] = (h.backordered(MUG, 1, 1), h.allocated(MUG, 1))


@pytest.fixture(params=TERMS)
def terms(request: pytest.FixtureRequest) -> Any:
    """However the order is paid."""
    return request.param


def picking(terms: order.PaymentTerms, if_short: order.IfShort = "wait", **pieces: int) -> Story:
    """A parcel with all of the order, or with these pieces of it, is being picked."""
    told = Story(TERMS[terms]).given(h.placed(terms, if_short), h.reserved(), h.reserved(KETTLE, 1))
    return told.given(h.authorized(), h.CONFIRMED, h.planned(SHIPMENT, **pieces), h.picking())


def gone(missing: int) -> stock_item.WriteOffShortPick:
    return stock_item.WriteOffShortPick(sku=MUG, order_id=ORDER, shipment_id=SHIPMENT, missing=missing)


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
    told.when(h.short()).then(gone(1))
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
        )
    )


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
    told = Story(backorder_by_shelf).given(*short, h.backordered(MUG, 1, 1), h.packed(mug=1), h.dispatched(mug=1))
    answer = order.BackorderAnswered(order_id=ORDER, answer="cancel")
    assert sent(told.when(answer)) == [order.CancelOrderLines]
    assert sent(told.given(h.lines_cancelled(MUG)).when(answer)) == []
