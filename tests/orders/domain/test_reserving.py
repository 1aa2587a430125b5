"""Stock item: orders reserve, wait, let go, and get what they came first for."""

import pytest
from msgspec.structs import replace

from orders.domain import stock_item
from orders.domain.stock_item import (
    BackorderAllocated,
    BackorderCancelled,
    Backordered,
    DispatchReservedStock,
    ReceiveStock,
    ReleaseReservation,
    ReservationReleased,
    ReserveStock,
    StockCounted,
    StockDispatched,
    StockReceived,
    StockReserved,
    StockShortfallFound,
    StockWrittenOff,
    WriteOffShortPick,
)
from tests.orders.domain.ids import CLARA, DORA, EMIL, PARCEL, PARCEL_2
from tests.scenario import Scenario

MUG = "MUG-035"
FIFTY = StockReceived(sku=MUG, quantity=50)
FIVE = StockReceived(sku=MUG, quantity=5)
ONE = StockReceived(sku=MUG, quantity=1)
CLARA_HAS_3 = StockReserved(sku=MUG, order_id=CLARA, quantity=3)
DORA_HAS_2 = StockReserved(sku=MUG, order_id=DORA, quantity=2)
EMIL_WAITS_FOR_4 = Backordered(sku=MUG, order_id=EMIL, short_by=4, reserved=0)


def shelf(*events: stock_item.Happening) -> Scenario:
    return Scenario(stock_item).given(*events)


# Reserve


def test_an_order_reserves_what_is_available() -> None:
    shelf(FIVE).when(ReserveStock(sku=MUG, order_id=CLARA, quantity=3)).then(CLARA_HAS_3)


def test_an_order_reserves_all_there_is() -> None:
    shelf(FIVE, CLARA_HAS_3).when(ReserveStock(sku=MUG, order_id=DORA, quantity=2)).then(DORA_HAS_2)


def test_two_buyers_and_one_last_unit() -> None:
    reserve = ReserveStock(sku=MUG, order_id=CLARA, quantity=1)
    reserved = StockReserved(sku=MUG, order_id=CLARA, quantity=1)
    shelf(ONE).when(reserve).then(reserved)
    shelf(ONE, reserved).when(ReserveStock(sku=MUG, order_id=DORA, quantity=1)).then(
        Backordered(sku=MUG, order_id=DORA, short_by=1, reserved=0)
    )


def test_an_order_gets_a_part_and_waits_for_the_rest() -> None:
    shelf(FIVE, CLARA_HAS_3).when(ReserveStock(sku=MUG, order_id=EMIL, quantity=6)).then(
        StockReserved(sku=MUG, order_id=EMIL, quantity=2),
        Backordered(sku=MUG, order_id=EMIL, short_by=4, reserved=2),
    )


def test_what_was_never_in_stock_is_waited_for() -> None:
    shelf().when(ReserveStock(sku=MUG, order_id=EMIL, quantity=4)).then(EMIL_WAITS_FOR_4)


@pytest.mark.parametrize("quantity", [3, 1, 9])
def test_reserving_twice_for_the_same_order_changes_nothing(quantity: int) -> None:
    again = ReserveStock(sku=MUG, order_id=CLARA, quantity=quantity)
    shelf(FIVE, CLARA_HAS_3).when(again).then()
    shelf(FIVE, CLARA_HAS_3, sent(3)).when(again).then()
    shelf(FIVE, CLARA_HAS_3, ReservationReleased(sku=MUG, order_id=CLARA, quantity=3)).when(again).then()


def test_waiting_twice_for_the_same_order_changes_nothing() -> None:
    shelf(EMIL_WAITS_FOR_4).when(ReserveStock(sku=MUG, order_id=EMIL, quantity=4)).then()


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_cannot_be_reserved_sent_or_missed(quantity: int) -> None:
    for command in (
        ReserveStock(sku=MUG, order_id=CLARA, quantity=quantity),
        DispatchReservedStock(sku=MUG, order_id=CLARA, shipment_id=PARCEL, quantity=quantity),
        WriteOffShortPick(sku=MUG, order_id=CLARA, shipment_id=PARCEL, missing=quantity),
    ):
        shelf(FIVE).when(command).refused("Enter a quantity of 1 or more.")


def test_what_cannot_be_a_product_is_not_reserved() -> None:
    shelf().when(ReserveStock(sku="a/b", order_id=CLARA, quantity=1)).refused(
        "A product number consists of up to 40 letters, digits and hyphens."
    )


# What comes in goes to those who wait


def test_whoever_came_first_is_served_first() -> None:
    waiting = (
        Backordered(sku=MUG, order_id=DORA, short_by=2, reserved=0),
        Backordered(sku=MUG, order_id=CLARA, short_by=3, reserved=0),
        EMIL_WAITS_FOR_4,
    )
    shelf(*waiting).when(ReceiveStock(sku=MUG, quantity=4)).then(
        StockReceived(sku=MUG, quantity=4),
        BackorderAllocated(sku=MUG, order_id=DORA, quantity=2),
        BackorderAllocated(sku=MUG, order_id=CLARA, quantity=2),
    )


def test_whoever_got_a_part_keeps_their_place() -> None:
    waiting = (Backordered(sku=MUG, order_id=CLARA, short_by=3, reserved=0), EMIL_WAITS_FOR_4, ONE)
    part = BackorderAllocated(sku=MUG, order_id=CLARA, quantity=1)
    shelf(*waiting, part).when(ReceiveStock(sku=MUG, quantity=5)).then(
        FIVE,
        BackorderAllocated(sku=MUG, order_id=CLARA, quantity=2),
        BackorderAllocated(sku=MUG, order_id=EMIL, quantity=3),
    )


def test_what_is_let_go_goes_to_those_who_wait() -> None:
    shelf(FIVE, CLARA_HAS_3, DORA_HAS_2, EMIL_WAITS_FOR_4).when(
        ReleaseReservation(sku=MUG, order_id=CLARA, no_longer_wanted=3)
    ).then(
        ReservationReleased(sku=MUG, order_id=CLARA, quantity=3),
        BackorderAllocated(sku=MUG, order_id=EMIL, quantity=3),
    )


# Let go


def test_an_order_lets_go_of_what_it_waits_for_first() -> None:
    part = (StockReserved(sku=MUG, order_id=EMIL, quantity=5), replace(EMIL_WAITS_FOR_4, reserved=5))
    shelf(FIVE, *part).when(ReleaseReservation(sku=MUG, order_id=EMIL, no_longer_wanted=3)).then(
        BackorderCancelled(sku=MUG, order_id=EMIL, quantity=3)
    )
    shelf(FIVE, *part).when(ReleaseReservation(sku=MUG, order_id=EMIL, no_longer_wanted=6)).then(
        BackorderCancelled(sku=MUG, order_id=EMIL, quantity=4),
        ReservationReleased(sku=MUG, order_id=EMIL, quantity=2),
    )


def test_an_order_lets_go_of_no_more_than_it_has() -> None:
    shelf(FIVE, CLARA_HAS_3).when(ReleaseReservation(sku=MUG, order_id=CLARA, no_longer_wanted=9)).then(
        ReservationReleased(sku=MUG, order_id=CLARA, quantity=3)
    )


@pytest.mark.parametrize("no_longer_wanted", [1, 0, -1])
def test_letting_go_again_of_the_same_pieces_changes_nothing(no_longer_wanted: int) -> None:
    one = ReservationReleased(sku=MUG, order_id=CLARA, quantity=1)
    shelf(FIVE, CLARA_HAS_3, one).when(
        ReleaseReservation(sku=MUG, order_id=CLARA, no_longer_wanted=no_longer_wanted)
    ).then()


def test_letting_go_of_more_lets_go_of_the_difference() -> None:
    shelf(FIVE, CLARA_HAS_3, ReservationReleased(sku=MUG, order_id=CLARA, quantity=1)).when(
        ReleaseReservation(sku=MUG, order_id=CLARA, no_longer_wanted=3)
    ).then(ReservationReleased(sku=MUG, order_id=CLARA, quantity=2))


def test_who_reserved_nothing_lets_go_of_nothing() -> None:
    shelf(FIVE).when(ReleaseReservation(sku=MUG, order_id=CLARA, no_longer_wanted=3)).then()


def test_letting_go_and_leaving_may_come_in_either_order() -> None:
    let_go = ReservationReleased(sku=MUG, order_id=CLARA, quantity=1)
    one_way = shelf(FIVE, CLARA_HAS_3, let_go, sent(2)).state
    other_way = shelf(FIVE, CLARA_HAS_3, sent(2), let_go).state
    assert (one_way.on_hand, one_way.claims) == (other_way.on_hand, other_way.claims) == (3, {})


# Leave


def sent(quantity: int) -> StockDispatched:
    return StockDispatched(sku=MUG, order_id=CLARA, shipment_id=PARCEL, quantity=quantity)


def test_what_is_reserved_leaves() -> None:
    dispatch = DispatchReservedStock(sku=MUG, order_id=CLARA, shipment_id=PARCEL, quantity=3)
    shelf(FIVE, CLARA_HAS_3).when(dispatch).then(sent(3))
    assert shelf(FIVE, CLARA_HAS_3, sent(3)).state.on_hand == 2


def test_a_shipment_leaves_once_also_when_a_second_one_is_still_to_leave() -> None:
    again = DispatchReservedStock(sku=MUG, order_id=CLARA, shipment_id=PARCEL, quantity=1)
    shelf(FIVE, CLARA_HAS_3, sent(1)).when(again).then()
    shelf(FIVE, CLARA_HAS_3, sent(1)).when(replace(again, shipment_id=PARCEL_2)).then(
        replace(sent(1), shipment_id=PARCEL_2)
    )


def test_a_parcel_that_left_though_its_order_was_cancelled_leaves_others_short() -> None:
    let_go = ReservationReleased(sku=MUG, order_id=CLARA, quantity=3)
    emil_has_3 = StockReserved(sku=MUG, order_id=EMIL, quantity=3)
    shelf(FIVE, CLARA_HAS_3, DORA_HAS_2, let_go, emil_has_3).when(
        DispatchReservedStock(sku=MUG, order_id=CLARA, shipment_id=PARCEL, quantity=3)
    ).then(
        sent(3),
        StockShortfallFound(sku=MUG, short_by=3),
        Backordered(sku=MUG, order_id=EMIL, short_by=3, reserved=0),
    )


def test_what_a_count_took_away_and_left_all_the_same_is_not_waited_for() -> None:
    lost_one = Backordered(sku=MUG, order_id=CLARA, short_by=1, reserved=2)
    assert shelf(FIVE, CLARA_HAS_3, lost_one, sent(3)).state.claims == {}


def test_all_that_is_on_hand_may_leave() -> None:
    shelf(FIVE, CLARA_HAS_3, DORA_HAS_2).when(
        DispatchReservedStock(sku=MUG, order_id=CLARA, shipment_id=PARCEL, quantity=5)
    ).then(
        sent(5), StockShortfallFound(sku=MUG, short_by=2), Backordered(sku=MUG, order_id=DORA, short_by=2, reserved=0)
    )


def test_what_leaves_was_reserved_and_the_rest_is_still_waited_for() -> None:
    waits = Backordered(sku=MUG, order_id=CLARA, short_by=4, reserved=3)
    claim = shelf(FIVE, CLARA_HAS_3, waits, sent(3)).state.claims[CLARA]
    assert (claim.reserved, claim.waiting) == (0, 4)


def test_what_has_left_was_there_whatever_was_counted() -> None:
    left = DispatchReservedStock(sku=MUG, order_id=CLARA, shipment_id=PARCEL, quantity=3)
    one_counted = StockCounted(sku=MUG, counted=1, difference=-4)
    lacks_2 = Backordered(sku=MUG, order_id=CLARA, short_by=2, reserved=1)
    leaving = shelf(FIVE, CLARA_HAS_3, one_counted, lacks_2)
    gone = (StockCounted(sku=MUG, counted=3, difference=2), sent(3))
    leaving.when(left).then(*gone)
    leaving.given(*gone).when(left).then()
    assert (leaving.state.on_hand, leaving.state.claims) == (0, {})


# A short pick


SHORT_BY_2 = WriteOffShortPick(sku=MUG, order_id=CLARA, shipment_id=PARCEL, missing=2)
TWO_GONE = StockWrittenOff(sku=MUG, quantity=2, reason="Missing when picked.", missed_by=PARCEL)


def test_what_could_not_be_picked_is_gone_and_waited_for() -> None:
    shelf(FIVE, CLARA_HAS_3, DORA_HAS_2).when(SHORT_BY_2).then(
        TWO_GONE, Backordered(sku=MUG, order_id=CLARA, short_by=2, reserved=1)
    )


def test_what_could_not_be_picked_is_taken_from_elsewhere_if_there_is_more() -> None:
    shelf(FIFTY, CLARA_HAS_3).when(SHORT_BY_2).then(
        TWO_GONE,
        Backordered(sku=MUG, order_id=CLARA, short_by=2, reserved=1),
        BackorderAllocated(sku=MUG, order_id=CLARA, quantity=2),
    )


def test_a_short_pick_is_written_off_once() -> None:
    shelf(FIVE, CLARA_HAS_3, DORA_HAS_2, TWO_GONE).when(SHORT_BY_2).then()


def test_what_a_shipment_misses_later_is_written_off_as_well() -> None:
    lacks_2 = Backordered(sku=MUG, order_id=CLARA, short_by=2, reserved=1)
    later = shelf(FIVE, CLARA_HAS_3, DORA_HAS_2, TWO_GONE, lacks_2)
    third = (replace(TWO_GONE, quantity=1), replace(lacks_2, short_by=1, reserved=0))
    later.when(replace(SHORT_BY_2, missing=3)).then(*third)
    later.given(*third).when(SHORT_BY_2).then()
    later.when(replace(SHORT_BY_2, missing=3)).then()
    others = replace(TWO_GONE, quantity=1, missed_by=PARCEL_2)
    later.when(replace(SHORT_BY_2, shipment_id=PARCEL_2, missing=1)).then(
        others,
        StockShortfallFound(sku=MUG, short_by=1),
        Backordered(sku=MUG, order_id=DORA, short_by=1, reserved=1),
    )


def test_a_short_pick_of_what_nobody_reserved() -> None:
    shelf(FIVE).when(SHORT_BY_2).then(TWO_GONE)
    shelf(FIVE, DORA_HAS_2, StockReserved(sku=MUG, order_id=EMIL, quantity=3)).when(SHORT_BY_2).then(
        TWO_GONE,
        StockShortfallFound(sku=MUG, short_by=2),
        Backordered(sku=MUG, order_id=EMIL, short_by=2, reserved=1),
    )


def test_no_more_is_written_off_than_is_on_hand() -> None:
    shelf(ONE).when(SHORT_BY_2).then(replace(TWO_GONE, quantity=1))
    shelf().when(SHORT_BY_2).then()
