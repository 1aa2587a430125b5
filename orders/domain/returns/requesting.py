"""Requesting: a customer asks to return goods, and customer service says yes or no."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Literal
from uuid import UUID

from accounts.domain.reason import ask_reason
from accounts.domain.roles import CUSTOMER_SERVICE, PROCESS
from eventstore.messages import OWNER, Command, Event, Refused
from orders.domain.moment import Moment
from orders.domain.returns.states import (
    Approved,
    Arrived,
    Closed,
    Delivery,
    Rejected,
    Requested,
    Return,
    ReturnedLine,
    Unrequested,
)

DAYS = 30
UNKNOWN = "There is no such return."
REJECTED = "This return was rejected."
CLOSED = "This return is closed."
NO_MORE_RETURNS = "The customer was erased: no return can be requested in their name any more."
ANOTHER_PRICE = (
    "Of {name}, {at_once} can be returned at once, as not the same was paid for all. Request another return for the "
    "others."
)
REQUESTED_ALREADY = "This return has been requested already."

type ReturnReason = Literal["damaged", "wrong_item", "not_as_described", "changed_mind"]


class RequestReturn(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})
    looked_up = frozenset({"customer_id", "deliveries", "requested_at", "erased"})

    return_id: UUID
    order_id: UUID
    pieces: dict[str, int]
    reason: ReturnReason
    customer_id: UUID
    deliveries: tuple[Delivery, ...]
    requested_at: Moment
    erased: bool = False


class ApproveReturn(Command):
    sent_by = frozenset({CUSTOMER_SERVICE, PROCESS})

    return_id: UUID


class RejectReturn(Command):
    sent_by = frozenset({CUSTOMER_SERVICE})

    return_id: UUID
    reason: str


class ReturnRequested(Event):
    return_id: UUID
    order_id: UUID
    customer_id: UUID
    lines: tuple[ReturnedLine, ...]
    reason: ReturnReason


class ReturnApproved(Event):
    return_id: UUID
    order_id: UUID


class ReturnRejected(Event):
    return_id: UUID
    order_id: UUID
    reason: str


type Message = RequestReturn | ApproveReturn | RejectReturn
type Happening = ReturnRequested | ReturnApproved | ReturnRejected


def decide(command: Message, goods: Return) -> list[Happening]:
    """What comes of a command."""
    match command:
        case RequestReturn():
            return request(command, goods)
        case ApproveReturn():
            return approve(command, goods)
        case RejectReturn():
            return reject(command, goods)


def request(command: RequestReturn, goods: Return) -> list[Happening]:
    """A customer wants to send goods back."""
    match goods:
        case Unrequested():
            if not command.deliveries:
                raise Refused("There is nothing of this order that you could return now.")
            if command.erased:
                raise Refused(NO_MORE_RETURNS)
            if not command.pieces:
                raise Refused("Choose what you want to return.")
            lines = tuple(returned(sku, quantity, command) for sku, quantity in command.pieces.items())
            return [
                ReturnRequested(
                    return_id=command.return_id,
                    order_id=command.order_id,
                    customer_id=command.customer_id,
                    lines=lines,
                    reason=command.reason,
                )
            ]
        case Requested() | Approved() | Rejected() | Arrived() | Closed():
            raise Refused(REQUESTED_ALREADY)


def returned(sku: str, quantity: int, command: RequestReturn) -> ReturnedLine:
    """A line of a return; Refused where so many were not delivered, are returned already, or it was too long ago.

    All of its pieces are refunded at one price: those for which something else was paid are for another return.
    """
    delivered = [each for each in command.deliveries if each.sku == sku]
    late, together = too_late(delivered, command.requested_at), at_one_price(delivered, command.requested_at)
    if quantity < 1:
        raise Refused("Enter a quantity of 1 or more.")
    if not delivered:
        raise Refused("There is no {sku} in this order that you could return.", sku=sku)
    name, left = delivered[0].name, sum(each.quantity for each in delivered)
    if quantity > left:
        raise Refused("Of {name}, {left} can still be returned.", name=name, left=left)
    if quantity > left - sum(each.quantity for each in late):
        raise came_too_long_ago(late, command.requested_at)
    if quantity > (at_once := sum(each.quantity for each in together)):
        raise Refused(ANOTHER_PRICE, name=name, at_once=at_once)
    return ReturnedLine(sku=sku, name=name, quantity=quantity, price=together[0].price)


def too_late(delivered: Iterable[Delivery], at: datetime) -> list[Delivery]:
    """Those of these deliveries of which nothing can be returned any more at a moment: their last day is over."""
    return [each for each in delivered if at.date() > day_of(each, at) + timedelta(days=DAYS)]


def at_one_price(delivered: Sequence[Delivery], at: datetime) -> list[Delivery]:
    """Those of these deliveries that can go into one return at a moment: the first, and what comes at its price."""
    late = too_late(delivered, at)
    timely = [each for each in delivered if each not in late]
    return list(takewhile(lambda each: each.price == timely[0].price, timely))


def day_of(delivery: Delivery, at: datetime) -> date:
    """The day on which goods came, by the clock of `at`: that is the shop's."""
    return delivery.delivered_at.astimezone(at.tzinfo).date()


def came_too_long_ago(late: Sequence[Delivery], at: datetime) -> Refused:
    """Why nothing of these deliveries of one product can be returned any more."""
    day = max(day_of(each, at) for each in late)
    return Refused(
        "{name} came on {day}. It can be returned within {days} days.", name=late[0].name, day=day, days=DAYS
    )


def approve(command: ApproveReturn, goods: Return) -> list[Happening]:
    """The goods may come."""
    match goods:
        case Unrequested():
            raise Refused(UNKNOWN)
        case Requested():
            return [ReturnApproved(return_id=command.return_id, order_id=goods.order_id)]
        case Approved() | Arrived():
            return []
        case Rejected():
            raise Refused(REJECTED)
        case Closed():
            raise Refused(CLOSED)


def reject(command: RejectReturn, goods: Return) -> list[Happening]:
    """The customer is told to keep the goods, and why."""
    ask_reason(command.reason)
    match goods:
        case Unrequested():
            raise Refused(UNKNOWN)
        case Requested():
            return [ReturnRejected(return_id=command.return_id, order_id=goods.order_id, reason=command.reason)]
        case Approved() | Arrived():
            raise Refused("This return was approved already.")
        case Rejected():
            return []
        case Closed():
            raise Refused(CLOSED)


def evolve(goods: Return, event: Happening) -> Return:
    """The return after an event."""
    match event:
        case ReturnRequested():
            return Requested(order_id=event.order_id, lines={line.sku: line for line in event.lines})
        case ReturnApproved():
            return Approved(order_id=event.order_id, lines=goods.lines) if isinstance(goods, Requested) else goods
        case ReturnRejected():
            return Rejected(order_id=event.order_id)
