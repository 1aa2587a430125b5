"""Stock item: the pieces of one product in the warehouse, and the orders that they are for."""

from collections.abc import Sequence

from orders.domain.stock_item import balancing, reserving, shelving
from orders.domain.stock_item.balancing import BackorderAllocated, Backordered, StockShortfallFound
from orders.domain.stock_item.reserving import (
    BackorderCancelled,
    DispatchReservedStock,
    ReleaseReservation,
    ReservationReleased,
    ReserveStock,
    StockDispatched,
    StockReserved,
    WriteOffShortPick,
)
from orders.domain.stock_item.shelving import (
    CountStock,
    ReceiveStock,
    RestockReturn,
    StockCounted,
    StockReceived,
    StockReturned,
    StockWrittenOff,
    WriteOffStock,
)
from orders.domain.stock_item.states import StockItem

__all__ = [
    "BackorderAllocated",
    "BackorderCancelled",
    "Backordered",
    "CountStock",
    "DispatchReservedStock",
    "Happening",
    "Message",
    "ReceiveStock",
    "ReleaseReservation",
    "ReservationReleased",
    "ReserveStock",
    "RestockReturn",
    "StockCounted",
    "StockDispatched",
    "StockItem",
    "StockReceived",
    "StockReserved",
    "StockReturned",
    "StockShortfallFound",
    "StockWrittenOff",
    "WriteOffShortPick",
    "WriteOffStock",
    "decide",
    "evolve",
    "initial",
]

type Message = shelving.Message | reserving.Message
type Happening = shelving.Happening | reserving.Happening | balancing.Happening

initial: StockItem = StockItem(on_hand=0)


def decide(command: Message, item: StockItem) -> Sequence[Happening]:
    """What comes of a command."""
    match command:
        case ReceiveStock() | CountStock() | WriteOffStock() | RestockReturn():
            return shelving.decide(command, item)
        case ReserveStock() | ReleaseReservation() | DispatchReservedStock() | WriteOffShortPick():
            return reserving.decide(command, item)


def evolve(item: StockItem, event: Happening) -> StockItem:
    """The stock after an event."""
    match event:
        case StockReceived() | StockCounted() | StockWrittenOff() | StockReturned():
            return shelving.evolve(item, event)
        case StockReserved() | ReservationReleased() | BackorderCancelled() | StockDispatched():
            return reserving.evolve(item, event)
        case Backordered() | BackorderAllocated() | StockShortfallFound():
            return balancing.evolve(item, event)
