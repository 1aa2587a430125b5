"""Order: what a customer asked for, at the prices of that moment, where it goes, and how it is paid."""

from collections.abc import Sequence

from accounts.domain.address import Address
from accounts.domain.partner import owners
from orders.domain.order import cancelling, changing, placing
from orders.domain.order.cancelling import (
    CancellationRefused,
    CancellationRequested,
    CancelOrder,
    CancelOrderLines,
    OrderCancelled,
    OrderLinesCancelled,
    RefuseCancellation,
)
from orders.domain.order.changing import (
    Answer,
    AnswerBackorder,
    BackorderAnswered,
    BackorderChoiceOffered,
    ChangeDeliveryAddress,
    DeliveryAddressChanged,
    HoldOrder,
    OfferBackorderChoice,
    OrderHeld,
    OrderReleased,
    ReleaseOrder,
)
from orders.domain.order.lines import (
    MOST_LINES,
    MOST_PIECES,
    NO_LONGER_SOLD,
    PRICE_CHANGED,
    Line,
    Offer,
    OrderedLine,
    Parcel,
    changed_prices,
)
from orders.domain.order.number import reference, typed_reference
from orders.domain.order.placing import (
    PLACED_ALREADY,
    CompleteOrder,
    ConfirmOrder,
    IfShort,
    OrderCompleted,
    OrderConfirmed,
    OrderPlaced,
    OrderRejected,
    PaymentTerms,
    PlaceOrder,
    RejectOrder,
    ask_standing,
)
from orders.domain.order.states import Cancelled, Completed, Confirmed, Order, Placed, Rejected, Unplaced

__all__ = [
    "MOST_LINES",
    "MOST_PIECES",
    "NO_LONGER_SOLD",
    "PLACED_ALREADY",
    "PRICE_CHANGED",
    "Address",
    "Answer",
    "AnswerBackorder",
    "BackorderAnswered",
    "BackorderChoiceOffered",
    "CancelOrder",
    "CancelOrderLines",
    "CancellationRefused",
    "CancellationRequested",
    "Cancelled",
    "ChangeDeliveryAddress",
    "CompleteOrder",
    "Completed",
    "ConfirmOrder",
    "Confirmed",
    "DeliveryAddressChanged",
    "Happening",
    "HoldOrder",
    "IfShort",
    "Line",
    "Message",
    "Offer",
    "OfferBackorderChoice",
    "Order",
    "OrderCancelled",
    "OrderCompleted",
    "OrderConfirmed",
    "OrderHeld",
    "OrderLinesCancelled",
    "OrderPlaced",
    "OrderRejected",
    "OrderReleased",
    "OrderedLine",
    "Parcel",
    "PaymentTerms",
    "PlaceOrder",
    "Placed",
    "RefuseCancellation",
    "RejectOrder",
    "Rejected",
    "ReleaseOrder",
    "Unplaced",
    "ask_standing",
    "changed_prices",
    "decide",
    "evolve",
    "initial",
    "owner",
    "reference",
    "typed_reference",
]

type Message = placing.Message | changing.Message | cancelling.Message
type Happening = placing.Happening | changing.Happening | cancelling.Happening

initial: Order = Unplaced()


def decide(command: Message, order: Order) -> Sequence[Happening]:
    """What comes of a command."""
    match command:
        case PlaceOrder() | ConfirmOrder() | RejectOrder() | CompleteOrder():
            return placing.decide(command, order)
        case ChangeDeliveryAddress() | HoldOrder() | ReleaseOrder() | OfferBackorderChoice() | AnswerBackorder():
            return changing.decide(command, order)
        case CancelOrder() | CancelOrderLines() | RefuseCancellation():
            return cancelling.decide(command, order)


def evolve(order: Order, event: Happening) -> Order:
    """The order after an event."""
    match event:
        case OrderPlaced() | OrderConfirmed() | OrderRejected() | OrderCompleted():
            return placing.evolve(order, event)
        case DeliveryAddressChanged() | OrderHeld() | OrderReleased() | BackorderChoiceOffered() | BackorderAnswered():
            return changing.evolve(order, event)
        case OrderCancelled() | CancellationRequested() | OrderLinesCancelled() | CancellationRefused():
            return cancelling.evolve(order, event)


def owner(command: Message, order: Order) -> frozenset[str]:
    """To whom the order belongs: the customer, and the partner who placed it, where one did."""
    match order:
        case Unplaced():
            return owners(command.customer_id, command.partner_id) if isinstance(command, PlaceOrder) else frozenset()
        case Placed() | Confirmed() | Rejected() | Cancelled() | Completed():
            return owners(order.customer_id, order.partner_id)
