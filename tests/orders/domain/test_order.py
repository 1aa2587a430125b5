"""Order: taken or not, changed, held back, and one day completed."""

from typing import Any

import pytest
from msgspec.structs import replace

from orders.domain import order
from orders.domain.money import Money
from orders.domain.order import (
    AnswerBackorder,
    BackorderAnswered,
    CancellationRefused,
    CancellationRequested,
    ChangeDeliveryAddress,
    CompleteOrder,
    ConfirmOrder,
    DeliveryAddressChanged,
    HoldOrder,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderHeld,
    OrderLinesCancelled,
    OrderRejected,
    OrderReleased,
    Parcel,
    PlaceOrder,
    RejectOrder,
    ReleaseOrder,
)
from tests import factories
from tests.orders.domain.ids import CANCELLATION, CUSTOMER, ORDER
from tests.scenario import Scenario

MUG, KETTLE = "MUG-035", "KET-120"
PLACED = factories.OrderPlaced.build(
    order_id=ORDER,
    customer_id=CUSTOMER,
    lines=(
        factories.OrderedLine.build(sku=MUG, name="Enamel mug", quantity=4, price=Money(cents=1250)),
        factories.OrderedLine.build(sku=KETTLE, name="Whistling kettle", quantity=1, price=Money(cents=8900)),
    ),
)
CONFIRMED = OrderConfirmed(order_id=ORDER)
REJECTED = OrderRejected(order_id=ORDER, reason="Nobody paid.")
CANCELLED = OrderCancelled(order_id=ORDER, reason="Found it cheaper.")
COMPLETED = OrderCompleted(order_id=ORDER)
REQUESTED = CancellationRequested(order_id=ORDER, reason="Found it cheaper.")
HELD = OrderHeld(order_id=ORDER, reason="An invoice is overdue.")
RELEASED = OrderReleased(order_id=ORDER)
ONE_MUG_LESS = OrderLinesCancelled(
    order_id=ORDER,
    cancellation_id=CANCELLATION,
    sku=MUG,
    quantity=1,
    in_all=1,
    amount=Money(cents=1250),
    reason="One is enough.",
)
NOTHING = Money(cents=0)

CONFIRM = ConfirmOrder(order_id=ORDER)
REJECT = RejectOrder(order_id=ORDER, reason="Nobody paid.")
HOLD = HoldOrder(order_id=ORDER, reason="An invoice is overdue.")
RELEASE = ReleaseOrder(order_id=ORDER)
ANSWER = AnswerBackorder(order_id=ORDER, answer="wait")
MOVE = ChangeDeliveryAddress(order_id=ORDER, delivery_address=factories.Address.build(city="Leipzig"), parcels=())


def complete(*parcels: Parcel, unpaid: Money = NOTHING) -> CompleteOrder:
    return CompleteOrder(order_id=ORDER, parcels=parcels, unpaid=unpaid)


def parcel(stage: Any, **pieces: int) -> Parcel:
    return Parcel(stage=stage, pieces={{"mugs": MUG, "kettles": KETTLE}[name]: count for name, count in pieces.items()})


def placed(*events: order.Happening) -> Scenario:
    return Scenario(order).given(PLACED, *events)


# The shop takes it, or not


def test_what_becomes_of_a_short_pick_is_said_when_ordering() -> None:
    command = factories.PlaceOrder.build(if_short="cancel")
    [happened] = order.decide(command, order.initial)
    assert happened == factories.OrderPlaced.build(
        order_id=command.order_id,
        customer_id=command.customer_id,
        lines=tuple(
            factories.OrderedLine.build(sku=line.sku, quantity=line.quantity, price=line.shown)
            for line in command.lines
        ),
        if_short="cancel",
    )


def test_the_shop_takes_an_order() -> None:
    placed().when(CONFIRM).then(CONFIRMED)


def test_the_shop_does_not_take_an_order() -> None:
    placed().when(REJECT).then(REJECTED)


@pytest.mark.parametrize("since", [(CONFIRMED,), (CONFIRMED, COMPLETED)], ids=["confirmed", "completed"])
def test_confirmed_is_confirmed(since: tuple[order.Happening, ...]) -> None:
    placed(*since).when(CONFIRM).then()


def test_rejected_is_rejected() -> None:
    placed(REJECTED).when(REJECT).then()


def test_a_confirmed_order_is_not_rejected() -> None:
    placed(CONFIRMED).when(REJECT).refused("This order was confirmed already. You can cancel it instead.")


def test_an_order_is_rejected_for_a_reason() -> None:
    placed().when(RejectOrder(order_id=ORDER, reason=" ")).refused("Enter a reason.")


ENDS = [
    ((), "There is no such order."),
    ((PLACED, REJECTED), "This order was rejected."),
    ((PLACED, CANCELLED), "This order was cancelled."),
    ((PLACED, CONFIRMED, COMPLETED), "This order is completed."),
]
OPEN_ONLY = [HOLD, RELEASE, ANSWER, MOVE]


@pytest.mark.parametrize(("history", "sentence"), ENDS, ids=["unplaced", "rejected", "cancelled", "completed"])
@pytest.mark.parametrize("command", OPEN_ONLY, ids=lambda command: type(command).__name__)
def test_nothing_is_changed_once_an_order_has_ended(
    command: order.Message, history: tuple[order.Happening, ...], sentence: str
) -> None:
    Scenario(order).given(*history).when(command).refused(sentence)


@pytest.mark.parametrize(("history", "sentence"), ENDS[:1] + ENDS[2:3], ids=["unplaced", "cancelled"])
@pytest.mark.parametrize("command", [CONFIRM, REJECT, complete()], ids=lambda command: type(command).__name__)
def test_what_was_never_placed_or_was_cancelled_is_not_gone_on_with(
    command: order.Message, history: tuple[order.Happening, ...], sentence: str
) -> None:
    Scenario(order).given(*history).when(command).refused(sentence)


def test_a_rejected_order_is_neither_confirmed_nor_completed() -> None:
    placed(REJECTED).when(CONFIRM).refused("This order was rejected.")
    placed(REJECTED).when(complete()).refused("This order was rejected.")
    placed(CONFIRMED, COMPLETED).when(REJECT).refused("This order is completed.")


@pytest.mark.parametrize("end", [CONFIRMED, REJECTED, CANCELLED, COMPLETED], ids=lambda end: type(end).__name__)
def test_an_order_is_placed_once_and_belongs_to_its_customer_to_the_end(end: order.Happening) -> None:
    again: PlaceOrder = factories.PlaceOrder.build(order_id=ORDER)
    placed(end).when(again).refused("This order has been placed already.")
    assert order.owner(again, placed(end).state) == {str(CUSTOMER)}


def test_what_was_never_placed_belongs_to_nobody() -> None:
    assert order.owner(HOLD, order.initial) == frozenset()


# Completed


def test_an_order_is_completed_once_all_has_left_and_is_paid() -> None:
    placed(CONFIRMED).when(complete(parcel("dispatched", mugs=3), parcel("delivered", mugs=1, kettles=1))).then(
        COMPLETED
    )
    placed(CONFIRMED).when(complete(parcel("lost", mugs=4, kettles=1))).then(COMPLETED)


def test_cancelled_pieces_need_not_leave() -> None:
    placed(CONFIRMED, ONE_MUG_LESS).when(complete(parcel("dispatched", mugs=3, kettles=1))).then(COMPLETED)


@pytest.mark.parametrize("stage", ["planned", "picking", "packed"])
def test_an_order_is_not_completed_before_all_has_left(stage: str) -> None:
    placed(CONFIRMED).when(complete(parcel("dispatched", mugs=3, kettles=1), parcel(stage, mugs=1))).refused(
        "Enamel mug is still to be shipped."
    )


def test_an_order_is_not_completed_before_it_is_paid() -> None:
    parcels = parcel("dispatched", mugs=4, kettles=1)
    placed(CONFIRMED).when(complete(parcels, unpaid=Money(cents=1))).refused("€0.01 is still to be paid.")


def test_an_order_is_not_completed_before_it_is_confirmed() -> None:
    placed().when(complete(parcel("dispatched", mugs=4, kettles=1))).refused("This order has not been confirmed yet.")


def test_an_order_is_not_completed_before_its_customer_has_an_answer() -> None:
    everything = complete(parcel("dispatched", mugs=4, kettles=1))
    placed(CONFIRMED, REQUESTED).when(everything).refused(
        "The customer has asked to cancel this order, and has no answer yet."
    )
    refused = CancellationRefused(order_id=ORDER, reason="It has left.")
    placed(CONFIRMED, REQUESTED, refused).when(everything).then(COMPLETED)


def test_completed_is_completed() -> None:
    placed(CONFIRMED, COMPLETED).when(complete()).then()


# Held


@pytest.mark.parametrize("since", [(), (CONFIRMED,)], ids=["placed", "confirmed"])
def test_an_order_is_held_and_released(since: tuple[order.Happening, ...]) -> None:
    placed(*since).when(HOLD).then(HELD)
    placed(*since, HELD).when(RELEASE).then(RELEASED)


def test_held_is_held_and_released_is_released() -> None:
    placed(HELD).when(HOLD).then()
    placed().when(RELEASE).then()
    placed(HELD, RELEASED).when(RELEASE).then()
    placed(HELD, RELEASED).when(HOLD).then(HELD)


def test_a_held_order_stays_held_when_it_is_confirmed() -> None:
    placed(HELD, CONFIRMED).when(RELEASE).then(RELEASED)


def test_who_releases_it_for_one_reason_leaves_it_held_for_another() -> None:
    paid, unpaid = replace(RELEASE, held_because="Nobody paid."), replace(HELD, reason="Nobody paid.")
    placed(unpaid).when(paid).then(RELEASED)
    placed(HELD).when(paid).then()
    placed(unpaid, RELEASED, HELD).when(paid).then()
    placed(HELD, RELEASED, unpaid).when(paid).then(RELEASED)


def test_an_order_is_held_for_a_reason() -> None:
    placed().when(HoldOrder(order_id=ORDER, reason="")).refused("Enter a reason.")


# Changed


@pytest.mark.parametrize("stages", [(), ("planned",), ("planned", "picking")], ids=str)
def test_the_parcels_go_somewhere_else(stages: tuple[str, ...]) -> None:
    parcels = tuple(parcel(stage, mugs=1) for stage in stages)
    command = ChangeDeliveryAddress(order_id=ORDER, delivery_address=MOVE.delivery_address, parcels=parcels)
    placed(CONFIRMED).when(command).then(
        DeliveryAddressChanged(order_id=ORDER, customer_id=CUSTOMER, delivery_address=MOVE.delivery_address)
    )


@pytest.mark.parametrize("stage", ["packed", "dispatched", "delivered", "lost"])
def test_the_address_stands_on_a_packed_parcel(stage: str) -> None:
    parcels = (parcel("planned", mugs=1), parcel(stage, mugs=1))
    command = ChangeDeliveryAddress(order_id=ORDER, delivery_address=MOVE.delivery_address, parcels=parcels)
    placed(CONFIRMED).when(command).refused(
        "A parcel of this order is packed already. Its address can no longer be changed."
    )


def test_parcels_go_where_they_can_arrive() -> None:
    nowhere = factories.Address.build(city=" ")
    placed().when(ChangeDeliveryAddress(order_id=ORDER, delivery_address=nowhere, parcels=())).refused(
        "A delivery address needs a name, a street, a postcode, a town and a country."
    )


@pytest.mark.parametrize("answer", ["wait", "take_what_is_there", "cancel"])
def test_a_customer_answers_what_becomes_of_what_is_not_there(answer: Any) -> None:
    placed(CONFIRMED).when(AnswerBackorder(order_id=ORDER, answer=answer)).then(
        BackorderAnswered(order_id=ORDER, answer=answer)
    )
    placed(CONFIRMED, BackorderAnswered(order_id=ORDER, answer=answer)).when(HOLD).then(HELD)
