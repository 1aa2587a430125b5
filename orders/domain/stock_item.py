"""Stock item: the pieces of one product in the warehouse."""

from accounts.domain.roles import WAREHOUSE
from eventstore.messages import Command, Event, Refused, State
from orders.domain.product import ask_number


class ReceiveStock(Command):
    sent_by = frozenset({WAREHOUSE})

    sku: str
    quantity: int


class StockReceived(Event):
    sku: str
    quantity: int


class StockItem(State):
    """`on_hand` pieces lie in the warehouse."""

    on_hand: int


initial = StockItem(on_hand=0)


def decide(command: ReceiveStock, item: StockItem) -> list[StockReceived]:
    """What comes of a command."""
    return receive(command)


def receive(command: ReceiveStock) -> list[StockReceived]:
    """Goods have arrived."""
    ask_number(command.sku)
    if not 1 <= command.quantity <= 100_000:
        raise Refused("Enter a quantity between 1 and 100,000.")
    return [StockReceived(sku=command.sku, quantity=command.quantity)]


def evolve(item: StockItem, event: StockReceived) -> StockItem:
    """The stock after an event."""
    return StockItem(on_hand=item.on_hand + event.quantity)
