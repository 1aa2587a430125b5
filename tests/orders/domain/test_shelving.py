"""Stock item: goods arrive, are counted, written off, and come back."""

import pytest

from orders.domain import stock_item
from orders.domain.stock_item import (
    BackorderAllocated,
    Backordered,
    CountStock,
    RestockReturn,
    StockCounted,
    StockReceived,
    StockReserved,
    StockReturned,
    StockShortfallFound,
    StockWrittenOff,
    WriteOffStock,
)
from orders.domain.stock_item.states import REMEMBERED
from tests.orders.domain.ids import CLARA, DORA, EMIL, RETURN
from tests.scenario import Scenario

MUG = "MUG-035"
TEN = StockReceived(sku=MUG, quantity=10)
CLARA_HAS_3 = StockReserved(sku=MUG, order_id=CLARA, quantity=3)
DORA_HAS_2 = StockReserved(sku=MUG, order_id=DORA, quantity=2)
EMIL_HAS_4 = StockReserved(sku=MUG, order_id=EMIL, quantity=4)
ALL_BUT_ONE = (TEN, CLARA_HAS_3, DORA_HAS_2, EMIL_HAS_4)


def shelf(*events: stock_item.Happening) -> Scenario:
    return Scenario(stock_item).given(*events)


# Count


def test_a_count_that_finds_what_the_books_say() -> None:
    shelf(TEN).when(CountStock(sku=MUG, counted=10)).then(StockCounted(sku=MUG, counted=10, difference=0))


def test_a_count_that_finds_less() -> None:
    counted = StockCounted(sku=MUG, counted=9, difference=-1)
    shelf(*ALL_BUT_ONE).when(CountStock(sku=MUG, counted=9)).then(counted)
    assert shelf(*ALL_BUT_ONE, counted).state.on_hand == 9


def test_a_count_below_what_is_reserved_leaves_the_youngest_short() -> None:
    shelf(*ALL_BUT_ONE).when(CountStock(sku=MUG, counted=4)).then(
        StockCounted(sku=MUG, counted=4, difference=-6),
        StockShortfallFound(sku=MUG, short_by=5),
        Backordered(sku=MUG, order_id=EMIL, short_by=4, reserved=0),
        Backordered(sku=MUG, order_id=DORA, short_by=1, reserved=1),
    )


def test_whoever_was_left_short_keeps_their_place_before_those_who_came_later() -> None:
    found = (
        StockCounted(sku=MUG, counted=3, difference=-7),
        Backordered(sku=MUG, order_id=EMIL, short_by=4, reserved=0),
        Backordered(sku=MUG, order_id=DORA, short_by=2, reserved=0),
    )
    shelf(*ALL_BUT_ONE, *found).when(CountStock(sku=MUG, counted=6)).then(
        StockCounted(sku=MUG, counted=6, difference=3),
        BackorderAllocated(sku=MUG, order_id=DORA, quantity=2),
        BackorderAllocated(sku=MUG, order_id=EMIL, quantity=1),
    )


def test_a_count_that_finds_more_serves_those_who_wait() -> None:
    waits = Backordered(sku=MUG, order_id=EMIL, short_by=4, reserved=0)
    shelf(waits).when(CountStock(sku=MUG, counted=3)).then(
        StockCounted(sku=MUG, counted=3, difference=3), BackorderAllocated(sku=MUG, order_id=EMIL, quantity=3)
    )


@pytest.mark.parametrize("counted", [0, 10_000_000])
def test_the_least_and_the_most_that_can_be_counted(counted: int) -> None:
    shelf().when(CountStock(sku=MUG, counted=counted)).then(StockCounted(sku=MUG, counted=counted, difference=counted))


@pytest.mark.parametrize("counted", [-1, 10_000_001])
def test_what_nobody_can_count(counted: int) -> None:
    shelf().when(CountStock(sku=MUG, counted=counted)).refused("Enter the number of pieces that you have counted.")


def test_what_was_counted_after_the_difference_was_shown_is_counted() -> None:
    counted = StockCounted(sku=MUG, counted=9, difference=-1)
    shelf(TEN).when(CountStock(sku=MUG, counted=9, on_hand=10)).then(counted)


@pytest.mark.parametrize("shown", [0, 9, 11])
def test_a_count_whose_difference_was_another_when_it_was_shown(shown: int) -> None:
    shelf(TEN).when(CountStock(sku=MUG, counted=10, on_hand=shown)).refused(
        "Pieces have come or left since: the books say 10 now. Did you count before that?"
    )


# Write off


def test_what_cannot_be_sold_is_written_off() -> None:
    shelf(TEN).when(WriteOffStock(sku=MUG, quantity=10, reason="Broken.")).then(
        StockWrittenOff(sku=MUG, quantity=10, reason="Broken.")
    )


def test_what_is_written_off_may_leave_the_youngest_short() -> None:
    shelf(*ALL_BUT_ONE).when(WriteOffStock(sku=MUG, quantity=2, reason="Broken.")).then(
        StockWrittenOff(sku=MUG, quantity=2, reason="Broken."),
        StockShortfallFound(sku=MUG, short_by=1),
        Backordered(sku=MUG, order_id=EMIL, short_by=1, reserved=3),
    )


def test_what_was_not_missed_by_a_shipment_is_no_deed() -> None:
    assert shelf(TEN, StockWrittenOff(sku=MUG, quantity=1, reason="Broken.")).state.deeds == ()


def test_no_more_is_written_off_than_there_is() -> None:
    shelf(TEN).when(WriteOffStock(sku=MUG, quantity=11, reason="Broken.")).refused("There are only 10 pieces on hand.")


def test_something_is_written_off() -> None:
    shelf(TEN).when(WriteOffStock(sku=MUG, quantity=0, reason="Broken.")).refused("Enter a quantity of 1 or more.")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Enter a reason."),
        (" \t", "Enter a reason."),
        ("x" * 501, "Use at most 500 characters for the reason."),
    ],
)
def test_nothing_is_written_off_without_a_reason(reason: str, sentence: str) -> None:
    shelf(TEN).when(WriteOffStock(sku=MUG, quantity=1, reason=reason)).refused(sentence)


def test_a_reason_may_be_long() -> None:
    shelf(TEN).when(WriteOffStock(sku=MUG, quantity=1, reason="x" * 500)).then(
        StockWrittenOff(sku=MUG, quantity=1, reason="x" * 500)
    )


# Come back


BACK = StockReturned(sku=MUG, return_id=RETURN, quantity=2)
DAMAGED = StockWrittenOff(sku=MUG, quantity=1, reason="Came back damaged.")


def test_what_comes_back_goes_to_the_shelf() -> None:
    shelf().when(RestockReturn(sku=MUG, return_id=RETURN, sellable=2, damaged=0)).then(BACK)


def test_what_comes_back_damaged_is_written_off() -> None:
    shelf(TEN).when(RestockReturn(sku=MUG, return_id=RETURN, sellable=1, damaged=1)).then(BACK, DAMAGED)
    assert shelf(TEN, BACK, DAMAGED).state.on_hand == 11


def test_what_comes_back_goes_to_those_who_wait_but_not_what_is_damaged() -> None:
    waits = Backordered(sku=MUG, order_id=EMIL, short_by=4, reserved=0)
    shelf(waits).when(RestockReturn(sku=MUG, return_id=RETURN, sellable=1, damaged=1)).then(
        BACK, DAMAGED, BackorderAllocated(sku=MUG, order_id=EMIL, quantity=1)
    )


def test_a_return_comes_back_once() -> None:
    shelf(BACK).when(RestockReturn(sku=MUG, return_id=RETURN, sellable=2, damaged=0)).then()


@pytest.mark.parametrize(("sellable", "damaged"), [(0, 0), (-1, 2), (2, -1)])
def test_something_comes_back(sellable: int, damaged: int) -> None:
    shelf().when(RestockReturn(sku=MUG, return_id=RETURN, sellable=sellable, damaged=damaged)).refused(
        "Enter how many pieces came back, sellable or damaged."
    )


@pytest.mark.parametrize(
    "command",
    [CountStock(sku="a/b", counted=1), RestockReturn(sku="a/b", return_id=RETURN, sellable=1, damaged=0)],
    ids=["count", "restock"],
)
def test_stock_of_what_cannot_be_a_product(command: stock_item.Message) -> None:
    shelf().when(command).refused("A product number consists of up to 40 letters, digits and hyphens.")


def test_the_latest_deeds_are_remembered_and_no_more() -> None:
    item = shelf(BACK).state
    for number in range(REMEMBERED - 1):
        item = item.with_deed(f"dispatched {number}")
    assert item.has_done(f"returned {RETURN}")
    item = item.with_deed("one more")
    assert len(item.deeds) == REMEMBERED
    assert not item.has_done(f"returned {RETURN}")
