"""Shelving: pieces come to the warehouse, are counted, come back, or are of no use any more."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.reason import ask_reason
from accounts.domain.roles import PROCESS, WAREHOUSE
from eventstore.messages import Command, Event, Refused
from orders.domain.product import ask_number
from orders.domain.stock_item import balancing
from orders.domain.stock_item.states import StockItem

MOST_RECEIVED = 100_000
MOST_COUNTED = 10_000_000
MOVED = "Pieces have come or left since: the books say {on_hand} now. Did you count before that?"


class ReceiveStock(Command):
    sent_by = frozenset({WAREHOUSE})

    sku: str
    quantity: int


class CountStock(Command):
    """`on_hand` is what the books said when the difference was shown, where it was."""

    sent_by = frozenset({WAREHOUSE})
    looked_up = frozenset({"on_hand"})

    sku: str
    counted: int
    on_hand: int | None = None


class WriteOffStock(Command):
    sent_by = frozenset({WAREHOUSE})

    sku: str
    quantity: int
    reason: str


class RestockReturn(Command):
    sent_by = frozenset({PROCESS})

    sku: str
    return_id: UUID
    sellable: int
    damaged: int


class StockReceived(Event):
    sku: str
    quantity: int


class StockCounted(Event):
    sku: str
    counted: int
    difference: int


class StockWrittenOff(Event):
    """`missed_by` is the shipment for which they could not be found, where that is how it was noticed."""

    sku: str
    quantity: int
    reason: str
    missed_by: UUID | None = None


class StockReturned(Event):
    sku: str
    return_id: UUID
    quantity: int


type Message = ReceiveStock | CountStock | WriteOffStock | RestockReturn
type Happening = StockReceived | StockCounted | StockWrittenOff | StockReturned


def decide(command: Message, item: StockItem) -> list[Happening | balancing.Happening]:
    """What comes of a command."""
    happened = on_the_shelf(command, item)
    for event in happened:
        item = evolve(item, event)
    return [*happened, *balancing.balance(command.sku, item)]


def on_the_shelf(command: Message, item: StockItem) -> list[Happening]:
    """What comes of a command, before anybody gets or lacks something by it."""
    match command:
        case ReceiveStock():
            return receive(command)
        case CountStock():
            return count(command, item)
        case WriteOffStock():
            return write_off(command, item)
        case RestockReturn():
            return restock(command, item)


def receive(command: ReceiveStock) -> list[Happening]:
    """Goods have arrived."""
    ask_number(command.sku)
    if not 1 <= command.quantity <= MOST_RECEIVED:
        raise Refused("Enter a quantity between 1 and 100,000.")
    return [StockReceived(sku=command.sku, quantity=command.quantity)]


def count(command: CountStock, item: StockItem) -> list[Happening]:
    """Somebody has counted what lies on the shelf, and packed but not dispatched."""
    ask_number(command.sku)
    if not 0 <= command.counted <= MOST_COUNTED:
        raise Refused("Enter the number of pieces that you have counted.")
    if command.on_hand not in (None, item.on_hand):
        raise Refused(MOVED, on_hand=item.on_hand)
    difference = command.counted - item.on_hand
    return [StockCounted(sku=command.sku, counted=command.counted, difference=difference)]


def write_off(command: WriteOffStock, item: StockItem) -> list[Happening]:
    """Pieces can't be sold any more."""
    ask_reason(command.reason)
    if command.quantity < 1:
        raise Refused("Enter a quantity of 1 or more.")
    if command.quantity > item.on_hand:
        raise Refused("There are only {left} pieces on hand.", left=item.on_hand)
    return [StockWrittenOff(sku=command.sku, quantity=command.quantity, reason=command.reason)]


def restock(command: RestockReturn, item: StockItem) -> list[Happening]:
    """Pieces have come back from a customer: once for each return. The damaged ones are written off."""
    ask_number(command.sku)
    if min(command.sellable, command.damaged) < 0 or not command.sellable + command.damaged:
        raise Refused("Enter how many pieces came back, sellable or damaged.")
    if item.has_done(f"returned {command.return_id}"):
        return []
    back = StockReturned(sku=command.sku, return_id=command.return_id, quantity=command.sellable + command.damaged)
    if not command.damaged:
        return [back]
    return [back, StockWrittenOff(sku=command.sku, quantity=command.damaged, reason="Came back damaged.")]


def evolve(item: StockItem, event: Happening) -> StockItem:
    """The stock after an event."""
    match event:
        case StockReceived():
            return replace(item, on_hand=item.on_hand + event.quantity)
        case StockCounted():
            return replace(item, on_hand=event.counted)
        case StockWrittenOff():
            left = replace(item, on_hand=item.on_hand - event.quantity)
            return left.with_missed(event.missed_by, event.quantity) if event.missed_by else left
        case StockReturned():
            back = replace(item, on_hand=item.on_hand + event.quantity)
            return back.with_deed(f"returned {event.return_id}")
