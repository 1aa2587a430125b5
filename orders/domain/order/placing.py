"""Placing: a customer orders, the shop takes the order or not, and one day it is completed."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec.structs import asdict

from accounts.domain.address import Address, ask_address
from accounts.domain.customer import ERASED
from accounts.domain.reason import ask_reason
from accounts.domain.roles import CUSTOMER_SERVICE, PROCESS
from eventstore.messages import OWNER, Command, Event, Personal, Refused
from orders.domain.card import ask_card
from orders.domain.money import Money, total
from orders.domain.order.lines import Line, Offer, OrderedLine, Parcel, ask_lines, ask_offers, sent
from orders.domain.order.states import (
    CANCELLED,
    COMPLETED,
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
)

PLACED_ALREADY = "This order has been placed already."

type PaymentTerms = Literal["prepaid", "on_account"]
type IfShort = Literal["wait", "cancel"]


class PlaceOrder(Command):
    """`if_short` says what becomes of pieces that the warehouse turns out not to have.

    `card` is the payment provider's name for the customer's card, and never its number. `partner_id` is that of the
    partner who places it for a customer of theirs, where one does.
    """

    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})
    looked_up = frozenset({"offers", "suspended", "erased"})

    order_id: UUID
    customer_id: UUID
    lines: tuple[Line, ...]
    delivery_address: Address
    payment_terms: PaymentTerms
    offers: tuple[Offer, ...]
    suspended: bool
    if_short: IfShort = "wait"
    partner_id: UUID | None = None
    card: str | None = None
    erased: bool = False


class ConfirmOrder(Command):
    sent_by = frozenset({PROCESS})

    order_id: UUID


class RejectOrder(Command):
    sent_by = frozenset({PROCESS, CUSTOMER_SERVICE})

    order_id: UUID
    reason: str


class CompleteOrder(Command):
    sent_by = frozenset({PROCESS})
    looked_up = frozenset({"parcels", "unpaid"})

    order_id: UUID
    parcels: tuple[Parcel, ...]
    unpaid: Money


class OrderPlaced(Event):
    order_id: UUID
    customer_id: UUID
    lines: tuple[OrderedLine, ...]
    total: Money
    delivery_address: Annotated[Address | None, Personal(of="customer_id")]
    payment_terms: PaymentTerms
    if_short: IfShort = "wait"
    partner_id: UUID | None = None
    card: str | None = None


class OrderConfirmed(Event):
    order_id: UUID


class OrderRejected(Event):
    order_id: UUID
    reason: str


class OrderCompleted(Event):
    order_id: UUID


type Message = PlaceOrder | ConfirmOrder | RejectOrder | CompleteOrder
type Happening = OrderPlaced | OrderConfirmed | OrderRejected | OrderCompleted


def decide(command: Message, order: Order) -> list[Happening]:
    """What comes of a command."""
    match command:
        case PlaceOrder():
            return place(command, order)
        case ConfirmOrder():
            return confirm(command, order)
        case RejectOrder():
            return reject(command, order)
        case CompleteOrder():
            return complete(command, order)


def place(command: PlaceOrder, order: Order) -> list[Happening]:
    """A customer orders."""
    match order:
        case Placed() | Confirmed() | Rejected() | Cancelled() | Completed():
            raise Refused(PLACED_ALREADY)
        case Unplaced():
            ask_standing(suspended=command.suspended, erased=command.erased)
            ask_address(command.delivery_address)
            ask_lines(command.lines)
            ask_offers(command.lines, command.offers)
            ask_card(command.card)
            ask_paid(command)
            return [placed(command)]


def ask_standing(*, suspended: bool, erased: bool) -> None:
    """Refused, where a customer may place no orders."""
    if erased:
        raise Refused(ERASED)
    if suspended:
        raise Refused("You cannot place orders at the moment. Please get in touch with customer service.")


def ask_paid(command: PlaceOrder) -> None:
    """Refused, where a partner wants something charged at once and does not say to which card."""
    if command.partner_id and command.payment_terms == "prepaid" and command.card is None:
        raise Refused("Say which card is to be charged, by the payment provider's name for it.")


def placed(command: PlaceOrder) -> OrderPlaced:
    """The order as it was placed."""
    names = {offer.sku: offer.name for offer in command.offers}
    lines = tuple(
        OrderedLine(sku=line.sku, name=names[line.sku], quantity=line.quantity, price=line.shown)
        for line in command.lines
    )
    return OrderPlaced(
        order_id=command.order_id,
        customer_id=command.customer_id,
        lines=lines,
        total=total(line.price * line.quantity for line in lines),
        delivery_address=command.delivery_address,
        payment_terms=command.payment_terms,
        if_short=command.if_short,
        partner_id=command.partner_id,
        card=command.card if command.payment_terms == "prepaid" else None,
    )


def confirm(command: ConfirmOrder, order: Order) -> list[Happening]:
    """The shop takes the order."""
    match order:
        case Unplaced():
            raise Refused(UNPLACED)
        case Placed():
            return [OrderConfirmed(order_id=command.order_id)]
        case Confirmed() | Completed():
            return []
        case Rejected():
            raise Refused(REJECTED)
        case Cancelled():
            raise Refused(CANCELLED)


def reject(command: RejectOrder, order: Order) -> list[Happening]:
    """The shop cannot take the order, such as when nobody pays for it."""
    ask_reason(command.reason)
    match order:
        case Unplaced():
            raise Refused(UNPLACED)
        case Placed():
            return [OrderRejected(order_id=command.order_id, reason=command.reason)]
        case Confirmed():
            raise Refused("This order was confirmed already. You can cancel it instead.")
        case Completed():
            raise Refused(COMPLETED)
        case Rejected():
            return []
        case Cancelled():
            raise Refused(CANCELLED)


def complete(command: CompleteOrder, order: Order) -> list[Happening]:
    """All that is wanted has left, and is paid."""
    match order:
        case Unplaced():
            raise Refused(UNPLACED)
        case Placed():
            raise Refused("This order has not been confirmed yet.")
        case Confirmed():
            if order.cancelling:
                raise Refused("The customer has asked to cancel this order, and has no answer yet.")
            for line in order.lines.values():
                if order.wanted(line.sku) > sent(line.sku, command.parcels):
                    raise Refused("{name} is still to be shipped.", name=line.name)
            if command.unpaid.cents > 0:
                raise Refused("{unpaid} is still to be paid.", unpaid=command.unpaid)
            return [OrderCompleted(order_id=command.order_id)]
        case Completed():
            return []
        case Rejected():
            raise Refused(REJECTED)
        case Cancelled():
            raise Refused(CANCELLED)


def evolve(order: Order, event: Happening) -> Order:
    """The order after an event."""
    match event:
        case OrderPlaced():
            lines = {line.sku: line for line in event.lines}
            return Placed(customer_id=event.customer_id, partner_id=event.partner_id, lines=lines)
        case OrderConfirmed():
            return Confirmed(**asdict(order)) if isinstance(order, Placed) else order
        case OrderRejected():
            return ended(order, Rejected)
        case OrderCompleted():
            return ended(order, Completed)
