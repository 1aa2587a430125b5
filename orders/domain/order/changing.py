"""Changing: where an order goes, whether it is held back, and what its customer says to a long wait."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec.structs import replace

from accounts.domain.address import Address, ask_address
from accounts.domain.reason import ask_reason
from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, PROCESS
from eventstore.messages import OWNER, Command, Event, Personal, Refused
from orders.domain.order.lines import Parcel
from orders.domain.order.states import Confirmed, Order, Placed, still_open

type Answer = Literal["wait", "take_what_is_there", "cancel"]


class ChangeDeliveryAddress(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})
    looked_up = frozenset({"parcels"})

    order_id: UUID
    delivery_address: Address
    parcels: tuple[Parcel, ...]


class HoldOrder(Command):
    sent_by = frozenset({CUSTOMER_SERVICE, FINANCE, PROCESS})

    order_id: UUID
    reason: str


class ReleaseOrder(Command):
    """Whatever the order is held for; or only if it is `held_because` of this."""

    sent_by = frozenset({CUSTOMER_SERVICE, FINANCE, PROCESS})

    order_id: UUID
    held_because: str | None = None


class AnswerBackorder(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})

    order_id: UUID
    answer: Answer


class OfferBackorderChoice(Command):
    """`number`: which of the order's questions it is, if it is its next; else none is asked while one is open."""

    sent_by = frozenset({PROCESS})

    order_id: UUID
    number: int | None = None


class DeliveryAddressChanged(Event):
    order_id: UUID
    customer_id: UUID
    delivery_address: Annotated[Address | None, Personal(of="customer_id")]


class OrderHeld(Event):
    order_id: UUID
    reason: str


class OrderReleased(Event):
    order_id: UUID


class BackorderChoiceOffered(Event):
    order_id: UUID


class BackorderAnswered(Event):
    order_id: UUID
    answer: Answer


type Message = ChangeDeliveryAddress | HoldOrder | ReleaseOrder | OfferBackorderChoice | AnswerBackorder
type Happening = DeliveryAddressChanged | OrderHeld | OrderReleased | BackorderChoiceOffered | BackorderAnswered


def decide(command: Message, order: Order) -> list[Happening]:
    """What comes of a command."""
    match command:
        case ChangeDeliveryAddress():
            return change_address(command, still_open(order))
        case HoldOrder():
            return hold(command, still_open(order))
        case ReleaseOrder():
            return release(command, still_open(order))
        case OfferBackorderChoice():
            return offer_choice(command, still_open(order))
        case AnswerBackorder():
            still_open(order)
            return [BackorderAnswered(order_id=command.order_id, answer=command.answer)]


def change_address(command: ChangeDeliveryAddress, order: Placed | Confirmed) -> list[Happening]:
    """The parcels go somewhere else, unless one is packed: its address stands on it."""
    ask_address(command.delivery_address)
    if any(parcel.closed for parcel in command.parcels):
        raise Refused("A parcel of this order is packed already. Its address can no longer be changed.")
    return [
        DeliveryAddressChanged(
            order_id=command.order_id, customer_id=order.customer_id, delivery_address=command.delivery_address
        )
    ]


def hold(command: HoldOrder, order: Placed | Confirmed) -> list[Happening]:
    """No parcel of the order leaves for now."""
    ask_reason(command.reason)
    return [] if order.held else [OrderHeld(order_id=command.order_id, reason=command.reason)]


def release(command: ReleaseOrder, order: Placed | Confirmed) -> list[Happening]:
    """The parcels of a held order may leave again."""
    meant = command.held_because in (None, order.held_because)
    return [OrderReleased(order_id=command.order_id)] if order.held and meant else []


def offer_choice(command: OfferBackorderChoice, order: Placed | Confirmed) -> list[Happening]:
    """The customer is asked what becomes of goods that do not come."""
    is_next = not order.asked if command.number is None else command.number == order.questions + 1
    return [BackorderChoiceOffered(order_id=command.order_id)] if is_next else []


def evolve(order: Order, event: Happening) -> Order:
    """The order after an event."""
    if not isinstance(order, Placed | Confirmed):
        return order
    match event:
        case OrderHeld():
            return replace(order, held=True, held_because=event.reason)
        case OrderReleased():
            return replace(order, held=False, held_because="")
        case BackorderChoiceOffered():
            return replace(order, asked=True, questions=order.questions + 1)
        case BackorderAnswered():
            return replace(order, asked=False)
        case DeliveryAddressChanged():
            return order
