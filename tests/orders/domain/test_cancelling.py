"""Order: cancelled as a whole, or line by line, as far as nothing has left."""

from typing import Any

import pytest
from msgspec.structs import replace

from orders.domain import order
from orders.domain.money import Money
from orders.domain.order import (
    CancellationRefused,
    CancellationRequested,
    CancelOrder,
    CancelOrderLines,
    OrderCancelled,
    OrderLinesCancelled,
    Parcel,
    RefuseCancellation,
)
from tests.orders.domain.ids import CANCELLATION, ORDER, PARCEL
from tests.orders.domain.test_order import (
    CANCELLED,
    COMPLETED,
    CONFIRMED,
    HELD,
    KETTLE,
    MUG,
    ONE_MUG_LESS,
    REJECTED,
    RELEASE,
    RELEASED,
    REQUESTED,
    parcel,
    placed,
)
from tests.scenario import Scenario

REFUSED = CancellationRefused(order_id=ORDER, reason="The parcel has left.")
REFUSE = RefuseCancellation(order_id=ORDER, reason="The parcel has left.")


def cancel(*parcels: Parcel, reason: str = "Found it cheaper.") -> CancelOrder:
    return CancelOrder(order_id=ORDER, reason=reason, parcels=parcels)


def cancel_lines(quantity: int, *parcels: Parcel, sku: str = MUG, **changes: Any) -> CancelOrderLines:
    fields: dict[str, Any] = {"cancellation_id": CANCELLATION, "reason": "One is enough."} | changes
    return CancelOrderLines(order_id=ORDER, sku=sku, quantity=quantity, parcels=parcels, **fields)


def lines_cancelled(quantity: int, in_all: int, cents: int, sku: str = MUG) -> OrderLinesCancelled:
    return OrderLinesCancelled(
        order_id=ORDER,
        cancellation_id=CANCELLATION,
        sku=sku,
        quantity=quantity,
        in_all=in_all,
        amount=Money(cents=cents),
        reason="One is enough.",
    )


# The whole order


@pytest.mark.parametrize("since", [(), (CONFIRMED,), (CONFIRMED, HELD)], ids=["placed", "confirmed", "held"])
def test_an_order_is_cancelled(since: tuple[order.Happening, ...]) -> None:
    placed(*since).when(cancel()).then(CANCELLED)


def test_an_order_whose_parcels_nobody_has_begun_to_pick_is_cancelled() -> None:
    placed(CONFIRMED).when(cancel(parcel("planned", mugs=4))).then(CANCELLED)


@pytest.mark.parametrize("stage", ["picking", "packed"])
def test_once_picking_has_begun_the_parcels_have_to_be_stopped_first(stage: str) -> None:
    begun = cancel(parcel("planned", kettles=1), parcel(stage, mugs=4))
    placed(CONFIRMED).when(begun).then(REQUESTED)
    placed(CONFIRMED, REQUESTED).when(begun).then()
    placed(CONFIRMED, REQUESTED).when(cancel()).then(CANCELLED)


@pytest.mark.parametrize("stage", ["dispatched", "delivered", "lost"])
def test_what_has_left_can_be_returned(stage: str) -> None:
    sentence = "The parcel has left. You can return the goods instead."
    placed(CONFIRMED).when(cancel(parcel(stage, mugs=4, kettles=1))).refused(sentence)
    placed(CONFIRMED, COMPLETED).when(cancel(parcel(stage, mugs=4, kettles=1))).refused(sentence)


def test_when_a_part_has_left_the_rest_is_cancelled_line_by_line() -> None:
    placed(CONFIRMED).when(cancel(parcel("dispatched", mugs=4), parcel("planned", kettles=1))).refused(
        "A part of this order has left. You can cancel the rest line by line."
    )


def test_when_the_rest_is_being_packed_it_can_only_be_returned_later() -> None:
    placed(CONFIRMED).when(cancel(parcel("dispatched", mugs=4), parcel("picking", kettles=1))).refused(
        "A part of this order has left, and the rest is being packed. You can return the goods once they are there."
    )


def test_cancelled_is_cancelled() -> None:
    placed(CANCELLED).when(cancel()).then()


def test_there_is_nothing_to_cancel() -> None:
    Scenario(order).when(cancel()).refused("There is no such order.")
    placed(REJECTED).when(cancel()).refused("This order was rejected.")


@pytest.mark.parametrize(
    "command", [cancel(reason=""), cancel_lines(1, reason=" "), RefuseCancellation(order_id=ORDER, reason="")]
)
def test_whoever_cancels_says_why(command: order.Message) -> None:
    placed(CONFIRMED, REQUESTED).when(command).refused("Enter a reason.")


def test_a_cancellation_is_refused_when_the_parcel_left_first() -> None:
    placed(CONFIRMED, REQUESTED).when(REFUSE).then(REFUSED)


@pytest.mark.parametrize(
    "since", [(), (CONFIRMED,), (CONFIRMED, REQUESTED, REFUSED)], ids=["placed", "confirmed", "refused"]
)
def test_no_cancellation_is_refused_that_nobody_asked_for(since: tuple[order.Happening, ...]) -> None:
    placed(*since).when(REFUSE).refused("Nobody has asked to cancel this order.")


def test_a_refused_cancellation_may_be_asked_for_again() -> None:
    placed(CONFIRMED, REQUESTED, REFUSED).when(cancel(parcel("picking", mugs=4))).then(REQUESTED)


def test_who_asks_to_cancel_a_held_order_leaves_it_held() -> None:
    placed(HELD, CONFIRMED, REQUESTED, REFUSED).when(RELEASE).then(RELEASED)


def test_a_request_survives_the_confirmation() -> None:
    placed(REQUESTED, CONFIRMED).when(REFUSE).then(REFUSED)


# Some of it


def test_pieces_of_a_line_are_cancelled_at_the_price_they_were_ordered_at() -> None:
    placed(CONFIRMED).when(cancel_lines(1)).then(ONE_MUG_LESS)
    placed(CONFIRMED).when(cancel_lines(4)).then(lines_cancelled(4, 4, 5000))


def test_more_of_a_line_is_cancelled() -> None:
    placed(CONFIRMED, ONE_MUG_LESS).when(cancel_lines(2, cancellation_id=PARCEL)).then(
        OrderLinesCancelled(
            order_id=ORDER,
            cancellation_id=PARCEL,
            sku=MUG,
            quantity=2,
            in_all=3,
            amount=Money(cents=2500),
            reason="One is enough.",
        )
    )


def test_a_cancellation_is_done_once() -> None:
    placed(CONFIRMED, ONE_MUG_LESS).when(cancel_lines(1)).then()


def test_no_more_is_cancelled_than_was_meant_in_all() -> None:
    placed(CONFIRMED).when(cancel_lines(2, in_all=2)).then(lines_cancelled(2, 2, 2500))
    once = replace(ONE_MUG_LESS, cancellation_id=PARCEL)
    placed(CONFIRMED, once).when(cancel_lines(2, in_all=2)).then(lines_cancelled(1, 2, 1250))
    placed(CONFIRMED, once).when(cancel_lines(1, in_all=1)).then()
    placed(CONFIRMED, once).when(cancel_lines(1, in_all=3)).then(lines_cancelled(1, 2, 1250))


def test_one_line_of_a_partly_shipped_order_is_cancelled() -> None:
    placed(CONFIRMED).when(cancel_lines(1, parcel("delivered", mugs=3, kettles=1))).then(ONE_MUG_LESS)


@pytest.mark.parametrize("stage", ["picking", "packed", "dispatched", "delivered", "lost"])
def test_pieces_that_somebody_picks_or_sent_are_not_cancelled(stage: str) -> None:
    placed(CONFIRMED).when(cancel_lines(2, parcel(stage, mugs=3))).refused(
        "Only 1 of Enamel mug can still be cancelled."
    )
    placed(CONFIRMED).when(cancel_lines(1, parcel(stage, mugs=4))).refused(
        "Enamel mug is being packed, or has left, or was cancelled."
    )
    placed(CONFIRMED).when(cancel_lines(4, parcel("planned", mugs=3))).then(lines_cancelled(4, 4, 5000))


def test_what_was_cancelled_is_not_cancelled_again() -> None:
    placed(lines_cancelled(4, 4, 5000)).when(cancel_lines(1, cancellation_id=PARCEL)).refused(
        "Enamel mug is being packed, or has left, or was cancelled."
    )
    placed(ONE_MUG_LESS).when(cancel_lines(4, cancellation_id=PARCEL)).refused(
        "Only 3 of Enamel mug can still be cancelled."
    )


def test_what_was_not_ordered_is_not_cancelled() -> None:
    placed().when(cancel_lines(1, sku="UNICORN")).refused("There is no UNICORN in this order.")


@pytest.mark.parametrize("quantity", [0, -1])
def test_something_is_cancelled(quantity: int) -> None:
    placed().when(cancel_lines(quantity)).refused("Enter a quantity of 1 or more.")


def test_with_its_last_piece_the_order_is_cancelled() -> None:
    no_mugs = lines_cancelled(4, 4, 5000)
    kettle = cancel_lines(1, sku=KETTLE, cancellation_id=PARCEL)
    cancelled = OrderLinesCancelled(
        order_id=ORDER,
        cancellation_id=PARCEL,
        sku=KETTLE,
        quantity=1,
        in_all=1,
        amount=Money(cents=8900),
        reason="One is enough.",
    )
    placed(CONFIRMED, no_mugs).when(kettle).then(cancelled, OrderCancelled(order_id=ORDER, reason="One is enough."))
    placed(CONFIRMED, ONE_MUG_LESS).when(kettle).then(cancelled)


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ((REJECTED,), "This order was rejected."),
        ((CANCELLED,), "This order was cancelled."),
        ((CONFIRMED, COMPLETED), "This order is completed."),
    ],
    ids=["rejected", "cancelled", "completed"],
)
@pytest.mark.parametrize("command", [cancel_lines(1), REFUSE], ids=["lines", "refuse"])
def test_what_has_ended_is_not_cancelled_in_part(
    command: order.Message, history: tuple[order.Happening, ...], sentence: str
) -> None:
    placed(*history).when(command).refused(sentence)


def test_what_happens_to_an_order_that_ended_leaves_it_as_it_is() -> None:
    ended = placed(CANCELLED).state
    assert placed(CANCELLED, CancellationRequested(order_id=ORDER, reason="late")).state == ended


def test_what_a_parcel_does_not_hold_can_still_be_cancelled() -> None:
    placed(CONFIRMED).when(cancel_lines(4, parcel("picking", kettles=1))).then(lines_cancelled(4, 4, 5000))


def test_a_refused_cancellation_leaves_the_order_as_it_was() -> None:
    assert placed(CONFIRMED, REQUESTED, REFUSED).state == placed(CONFIRMED).state
    assert placed(CONFIRMED, HELD, RELEASED).state == placed(CONFIRMED).state


@pytest.mark.parametrize("since", [(), (CANCELLED,), (COMPLETED,)], ids=["placed", "cancelled", "completed"])
def test_what_happens_out_of_turn_leaves_an_order_as_it_is(since: tuple[order.Happening, ...]) -> None:
    for late in (HELD, RELEASED, REQUESTED, REFUSED, ONE_MUG_LESS, CONFIRMED):
        assert Scenario(order).given(late).state == order.initial
        if since:
            assert placed(*since, late).state == placed(*since).state
    for end in (CANCELLED, REJECTED, COMPLETED):
        assert Scenario(order).given(end).state == order.initial
