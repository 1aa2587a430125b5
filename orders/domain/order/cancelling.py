"""Cancelling: all of an order, or some of it, is not wanted any more."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.reason import ask_reason
from accounts.domain.roles import CUSTOMER_SERVICE, PROCESS, WAREHOUSE
from eventstore.messages import OWNER, Command, Event, Refused
from orders.domain.money import Money
from orders.domain.order.lines import OrderedLine, Parcel, begun, sent
from orders.domain.order.states import (
    REJECTED,
    UNPLACED,
    Cancelled,
    Completed,
    Confirmed,
    Order,
    Placed,
    Rejected,
    Unplaced,
    ended,
    still_open,
)

LEFT = "The parcel has left. You can return the goods instead."
PARTLY_LEFT = "A part of this order has left. You can cancel the rest line by line."
NEARLY_LEFT = (
    "A part of this order has left, and the rest is being packed. You can return the goods once they are there."
)


class CancelOrder(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE, PROCESS})
    looked_up = frozenset({"parcels"})

    order_id: UUID
    reason: str
    parcels: tuple[Parcel, ...]


class CancelOrderLines(Command):
    """`in_all`: no more than so many pieces of the line, those among them that were cancelled before."""

    sent_by = frozenset({OWNER, CUSTOMER_SERVICE, PROCESS})
    looked_up = frozenset({"parcels"})

    order_id: UUID
    cancellation_id: UUID
    sku: str
    quantity: int
    reason: str
    parcels: tuple[Parcel, ...]
    in_all: int | None = None


class RefuseCancellation(Command):
    sent_by = frozenset({CUSTOMER_SERVICE, WAREHOUSE, PROCESS})

    order_id: UUID
    reason: str


class OrderCancelled(Event):
    order_id: UUID
    reason: str


class CancellationRequested(Event):
    order_id: UUID
    reason: str


class OrderLinesCancelled(Event):
    """`in_all` counts all pieces of the line that were ever cancelled, these among them."""

    order_id: UUID
    cancellation_id: UUID
    sku: str
    quantity: int
    in_all: int
    amount: Money
    reason: str


class CancellationRefused(Event):
    order_id: UUID
    reason: str


type Message = CancelOrder | CancelOrderLines | RefuseCancellation
type Happening = OrderCancelled | CancellationRequested | OrderLinesCancelled | CancellationRefused


def decide(command: Message, order: Order) -> list[Happening]:
    """What comes of a command."""
    match command:
        case CancelOrder():
            return cancel(command, order)
        case CancelOrderLines():
            return cancel_lines(command, still_open(order))
        case RefuseCancellation():
            return refuse(command, still_open(order))


def cancel(command: CancelOrder, order: Order) -> list[Happening]:
    """Nothing of the order is wanted any more. Once picking has begun, somebody has to stop the parcels first."""
    ask_reason(command.reason)
    match order:
        case Unplaced():
            raise Refused(UNPLACED)
        case Placed() | Confirmed():
            if any(parcel.gone for parcel in command.parcels):
                raise Refused(left_already(order, command.parcels))
            if not any(parcel.begun for parcel in command.parcels):
                return [OrderCancelled(order_id=command.order_id, reason=command.reason)]
            if order.cancelling:
                return []
            return [CancellationRequested(order_id=command.order_id, reason=command.reason)]
        case Completed():
            raise Refused(LEFT)
        case Rejected():
            raise Refused(REJECTED)
        case Cancelled():
            return []


def left_already(order: Placed | Confirmed, parcels: tuple[Parcel, ...]) -> str:
    """What is said of an order of which at least a part has left."""
    if any(order.wanted(sku) > begun(sku, parcels) for sku in order.lines):
        return PARTLY_LEFT
    return NEARLY_LEFT if any(order.wanted(sku) > sent(sku, parcels) for sku in order.lines) else LEFT


def cancel_lines(command: CancelOrderLines, order: Placed | Confirmed) -> list[Happening]:
    """Some pieces that nobody has begun to pick are not wanted any more; without any left, there is no order."""
    ask_reason(command.reason)
    if command.cancellation_id in order.cancellations:
        return []
    line = order.lines.get(command.sku)
    if line is None:
        raise Refused("There is no {sku} in this order.", sku=command.sku)
    if command.quantity < 1:
        raise Refused("Enter a quantity of 1 or more.")
    before = order.cancelled.get(command.sku, 0)
    quantity = command.quantity if command.in_all is None else min(command.quantity, command.in_all - before)
    if quantity < 1:
        return []
    ask_left(quantity, line, order.wanted(command.sku) - begun(command.sku, command.parcels))
    cancelled = OrderLinesCancelled(
        order_id=command.order_id,
        cancellation_id=command.cancellation_id,
        sku=command.sku,
        quantity=quantity,
        in_all=before + quantity,
        amount=line.price * quantity,
        reason=command.reason,
    )
    if quantity < sum(order.wanted(sku) for sku in order.lines):
        return [cancelled]
    return [cancelled, OrderCancelled(order_id=command.order_id, reason=command.reason)]


def ask_left(quantity: int, line: OrderedLine, left: int) -> None:
    """Refused, where less of the line is left that nobody has begun to pick."""
    if left <= 0:
        raise Refused("{name} is being packed, or has left, or was cancelled.", name=line.name)
    if quantity > left:
        raise Refused("Only {left} of {name} can still be cancelled.", left=left, name=line.name)


def refuse(command: RefuseCancellation, order: Placed | Confirmed) -> list[Happening]:
    """The parcels could not be stopped: the order goes on."""
    ask_reason(command.reason)
    if not order.cancelling:
        raise Refused("Nobody has asked to cancel this order.")
    return [CancellationRefused(order_id=command.order_id, reason=command.reason)]


def evolve(order: Order, event: Happening) -> Order:
    """The order after an event."""
    if not isinstance(order, Placed | Confirmed):
        return order
    match event:
        case OrderCancelled():
            return ended(order, Cancelled)
        case CancellationRequested():
            return replace(order, cancelling=True)
        case OrderLinesCancelled():
            return replace(
                order,
                cancelled=order.cancelled | {event.sku: event.in_all},
                cancellations=order.cancellations | {event.cancellation_id},
            )
        case CancellationRefused():
            return replace(order, cancelling=False)
