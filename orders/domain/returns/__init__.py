"""Return: goods that a customer sends back, from the request to what is refunded."""

from collections.abc import Sequence
from uuid import UUID

from orders.domain.returns import receiving, requesting
from orders.domain.returns.receiving import (
    CloseReturn,
    InspectReturn,
    RecordReturnArrival,
    ReturnArrived,
    ReturnClosed,
    ReturnInspected,
)
from orders.domain.returns.requesting import (
    ApproveReturn,
    RejectReturn,
    RequestReturn,
    ReturnApproved,
    ReturnReason,
    ReturnRejected,
    ReturnRequested,
)
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

__all__ = [
    "ApproveReturn",
    "Approved",
    "Arrived",
    "CloseReturn",
    "Closed",
    "Delivery",
    "Happening",
    "InspectReturn",
    "Message",
    "RecordReturnArrival",
    "RejectReturn",
    "Rejected",
    "RequestReturn",
    "Requested",
    "Return",
    "ReturnApproved",
    "ReturnArrived",
    "ReturnClosed",
    "ReturnInspected",
    "ReturnReason",
    "ReturnRejected",
    "ReturnRequested",
    "ReturnedLine",
    "Unrequested",
    "decide",
    "evolve",
    "initial",
    "owner",
]

type Message = requesting.Message | receiving.Message
type Happening = requesting.Happening | receiving.Happening

initial: Return = Unrequested()


def decide(command: Message, goods: Return) -> Sequence[Happening]:
    """What comes of a command."""
    match command:
        case RequestReturn() | ApproveReturn() | RejectReturn():
            return requesting.decide(command, goods)
        case RecordReturnArrival() | InspectReturn() | CloseReturn():
            return receiving.decide(command, goods)


def evolve(goods: Return, event: Happening) -> Return:
    """The return after an event."""
    match event:
        case ReturnRequested() | ReturnApproved() | ReturnRejected():
            return requesting.evolve(goods, event)
        case ReturnArrived() | ReturnInspected() | ReturnClosed():
            return receiving.evolve(goods, event)


def owner(command: Message, goods: Return) -> UUID | None:
    """To whom the goods belonged, as the order has it; only a request is a customer's to make."""
    return command.customer_id if isinstance(command, RequestReturn) else None
