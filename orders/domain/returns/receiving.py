"""Receiving: goods come back, are looked at line by line, and the return is closed with what is refunded."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.roles import CUSTOMER_SERVICE, PROCESS, WAREHOUSE
from eventstore.messages import Command, Event, Refused
from orders.domain.money import Money, total
from orders.domain.returns.requesting import CLOSED, REJECTED, UNKNOWN
from orders.domain.returns.states import (
    NOTHING,
    Approved,
    Arrived,
    Closed,
    Inspection,
    Rejected,
    Requested,
    Return,
    Unrequested,
)

NOT_APPROVED = "This return has not been approved yet. Ask customer service."
NOT_ARRIVED = "Record first that this return has arrived."


class RecordReturnArrival(Command):
    sent_by = frozenset({WAREHOUSE})

    return_id: UUID


class InspectReturn(Command):
    sent_by = frozenset({WAREHOUSE})

    return_id: UUID
    sku: str
    sellable: int
    damaged: int


class CloseReturn(Command):
    sent_by = frozenset({WAREHOUSE, CUSTOMER_SERVICE, PROCESS})

    return_id: UUID


class ReturnArrived(Event):
    return_id: UUID
    order_id: UUID


class ReturnInspected(Event):
    return_id: UUID
    order_id: UUID
    sku: str
    sellable: int
    damaged: int
    refund: Money


class ReturnClosed(Event):
    return_id: UUID
    order_id: UUID
    refund: Money


type Message = RecordReturnArrival | InspectReturn | CloseReturn
type Happening = ReturnArrived | ReturnInspected | ReturnClosed


def decide(command: Message, goods: Return) -> list[Happening]:
    """What comes of a command."""
    match command:
        case RecordReturnArrival():
            return record_arrival(command, goods)
        case InspectReturn():
            return inspect(command, goods)
        case CloseReturn():
            return close(command, goods)


def record_arrival(command: RecordReturnArrival, goods: Return) -> list[Happening]:
    """The goods are there."""
    match goods:
        case Unrequested():
            raise Refused(UNKNOWN)
        case Requested():
            raise Refused(NOT_APPROVED)
        case Approved():
            return [ReturnArrived(return_id=command.return_id, order_id=goods.order_id)]
        case Rejected():
            raise Refused("This return was rejected. Send the goods back to the customer.")
        case Arrived():
            return []
        case Closed():
            raise Refused("This return is closed. Ask customer service what to do with the goods.")


def inspect(command: InspectReturn, goods: Return) -> list[Happening]:
    """Somebody has looked at all pieces of a line; those that did not come count as neither sellable nor damaged."""
    match goods:
        case Unrequested():
            raise Refused(UNKNOWN)
        case Requested():
            raise Refused(NOT_APPROVED)
        case Approved():
            raise Refused(NOT_ARRIVED)
        case Rejected():
            raise Refused(REJECTED)
        case Closed():
            raise Refused(CLOSED)
        case Arrived():
            return inspect_line(command, goods)


def inspect_line(command: InspectReturn, goods: Arrived) -> list[Happening]:
    """A line is inspected once. Its pieces are refunded at the price that was paid, in whatever state they are."""
    line = goods.lines.get(command.sku)
    if line is None:
        raise Refused("{sku} does not belong to this return.", sku=command.sku)
    came = command.sellable + command.damaged
    if min(command.sellable, command.damaged) < 0 or came > line.quantity:
        raise Refused(
            "Enter how many came back sellable, and how many damaged: {quantity} at the most.", quantity=line.quantity
        )
    found = Inspection(sellable=command.sellable, damaged=command.damaged, refund=line.price * came)
    if goods.inspected.get(command.sku, found) != found:
        raise Refused("{name} was inspected already.", name=line.name)
    if command.sku in goods.inspected:
        return []
    return [
        ReturnInspected(
            return_id=command.return_id,
            order_id=goods.order_id,
            sku=command.sku,
            sellable=found.sellable,
            damaged=found.damaged,
            refund=found.refund,
        )
    ]


def close(command: CloseReturn, goods: Return) -> list[Happening]:
    """All has been looked at, or the goods never came."""
    match goods:
        case Unrequested():
            raise Refused(UNKNOWN)
        case Requested():
            raise Refused(NOT_APPROVED)
        case Approved():
            return [ReturnClosed(return_id=command.return_id, order_id=goods.order_id, refund=NOTHING)]
        case Arrived():
            for line in goods.lines.values():
                if line.sku not in goods.inspected:
                    raise Refused("{name} has not been inspected yet.", name=line.name)
            refund = total(found.refund for found in goods.inspected.values())
            return [ReturnClosed(return_id=command.return_id, order_id=goods.order_id, refund=refund)]
        case Rejected():
            raise Refused(REJECTED)
        case Closed():
            return []


def evolve(goods: Return, event: Happening) -> Return:
    """The return after an event."""
    match event:
        case ReturnArrived():
            return Arrived(order_id=event.order_id, lines=goods.lines) if isinstance(goods, Approved) else goods
        case ReturnInspected():
            return inspected(goods, event)
        case ReturnClosed():
            return Closed(order_id=event.order_id)


def inspected(goods: Return, event: ReturnInspected) -> Return:
    """The return with one more line looked at."""
    if not isinstance(goods, Arrived):
        return goods
    found = Inspection(sellable=event.sellable, damaged=event.damaged, refund=event.refund)
    return replace(goods, inspected=goods.inspected | {event.sku: found})
