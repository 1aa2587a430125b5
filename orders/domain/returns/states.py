"""What a return can be, and what it is of."""

from uuid import UUID

from eventstore.messages import Message, State
from orders.domain.moment import Moment
from orders.domain.money import Money

NOTHING = Money(cents=0)


class Delivery(Message):
    """What the shop says of goods that were delivered: how many nobody has returned, or asked to return, yet.

    The price is what was charged for one of them.
    """

    sku: str
    name: str
    price: Money
    quantity: int
    delivered_at: Moment


class ReturnedLine(Message):
    """So many pieces of a product, at the price that was paid for one."""

    sku: str
    name: str
    quantity: int
    price: Money


class Inspection(Message):
    """What was found of a line: how many pieces can be sold again, how many cannot, and what they are refunded at."""

    sellable: int
    damaged: int
    refund: Money


class Unrequested(State):
    """Nobody has asked to return anything."""


class Requested(State):
    """It waits for customer service to say yes or no."""

    order_id: UUID
    lines: dict[str, ReturnedLine]


class Approved(State):
    """The goods may come."""

    order_id: UUID
    lines: dict[str, ReturnedLine]


class Rejected(State):
    """The customer keeps the goods."""

    order_id: UUID


class Arrived(State):
    """The goods are in the warehouse, to be looked at line by line."""

    order_id: UUID
    lines: dict[str, ReturnedLine]
    inspected: dict[str, Inspection] = {}


class Closed(State):
    """All has been looked at, or nothing came."""

    order_id: UUID


type Return = Unrequested | Requested | Approved | Rejected | Arrived | Closed
