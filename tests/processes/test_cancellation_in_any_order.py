"""Cancellation, as it is run now, as equations: lines may be cancelled before the stock has set their pieces aside."""

import pytest

from eventstore.messages import Event
from orders.domain import stock_item
from orders.processes import PROCESSES, cancellation, cancellation_in_any_order, cancellation_to_the_last
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER
from tests.processes.story import Story

STOPPING: tuple[Event, ...] = (h.placed(), h.reserved(), h.planned(mug=2), h.picking(), h.ASKED_TO_CANCEL)
OVER: tuple[Event, ...] = (h.placed(), h.reserved(), h.lines_cancelled(), h.planned(mug=2), h.COMPLETED)


def story(*events: Event) -> Story:
    return Story(cancellation_in_any_order).given(*events)


def let_go(sku: str, pieces: int) -> stock_item.ReleaseReservation:
    return stock_item.ReleaseReservation(sku=sku, order_id=ORDER, no_longer_wanted=pieces)


def test_an_order_that_begins_today_is_cancelled_so_and_one_that_began_before_as_it_was() -> None:
    [process] = [each for each in PROCESSES if each.name == "cancellation"]
    assert process.policies == {1: cancellation, 2: cancellation_to_the_last, 3: cancellation_in_any_order}


@pytest.mark.parametrize("answer", [h.reserved(), h.reserved(MUG, 1), h.backordered(MUG, 1, 1), h.backordered(MUG, 2)])
def test_what_was_cancelled_before_the_stock_has_answered_goes_back_then(answer: Event) -> None:
    for since in ((), (h.ASKED_TO_CANCEL,), (h.ASKED_TO_CANCEL, h.GOES_ON)):
        story(h.placed(), h.lines_cancelled(MUG), *since).when(answer).then(let_go(MUG, 1))
        Story(cancellation_to_the_last).given(h.placed(), h.lines_cancelled(MUG), *since).when(answer).then()


@pytest.mark.parametrize("answer", [h.reserved(), h.backordered(MUG, 1, 1)])
def test_nothing_else_does(answer: Event) -> None:
    for before in ((h.placed(),), (h.placed(), h.lines_cancelled(KETTLE)), (h.placed(), h.ASKED_TO_CANCEL)):
        story(*before).when(answer).then()


def test_lines_that_are_cancelled_while_parcels_are_stopped_go_back_as_well() -> None:
    story(*STOPPING).when(h.lines_cancelled()).then(let_go(KETTLE, 1))
    Story(cancellation_to_the_last).given(*STOPPING).when(h.lines_cancelled()).then()


@pytest.mark.parametrize("answer", [h.reserved(KETTLE, 1), h.backordered()])
def test_what_the_stock_sets_aside_for_an_order_that_is_completed_goes_back_altogether(answer: Event) -> None:
    story(*OVER).when(answer).then(let_go(KETTLE, 1))
    Story(cancellation_to_the_last).given(*OVER).when(answer).then()


def test_in_two_steps_where_it_has_some_and_lacks_some() -> None:
    told = story(*OVER)
    told.when(h.reserved(KETTLE, 3)).then(let_go(KETTLE, 3))
    told.when(h.backordered(KETTLE, 2, left=3)).then(let_go(KETTLE, 5))
