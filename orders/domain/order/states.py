"""What an order can be."""

from uuid import UUID

from eventstore.messages import Refused, State
from orders.domain.order.lines import OrderedLine

UNPLACED = "There is no such order."
REJECTED = "This order was rejected."
CANCELLED = "This order was cancelled."
COMPLETED = "This order is completed."


class Unplaced(State):
    """Nobody has placed this order."""


class Open(State):
    """An order of `lines`, some pieces `cancelled`; it may be `held`, or all of it be asked to be cancelled.

    `held_because` is why it is held. Its customer may have been `asked` what becomes of goods that do not come, which
    they were in so many `questions`, and not have answered yet.
    `cancellations` are the ids of those that were done, so that none is done twice.
    """

    customer_id: UUID
    lines: dict[str, OrderedLine]
    cancelled: dict[str, int] = {}
    cancellations: frozenset[UUID] = frozenset()
    held: bool = False
    held_because: str = ""
    cancelling: bool = False
    asked: bool = False
    questions: int = 0
    partner_id: UUID | None = None

    def wanted(self, sku: str) -> int:
        """How many pieces of a product that was ordered are not cancelled."""
        return self.lines[sku].quantity - self.cancelled.get(sku, 0)


class Placed(Open):
    """An order that waits to be confirmed."""


class Confirmed(Open):
    """An order that the shop fulfils."""


class Rejected(State):
    """An order that the shop could not take."""

    customer_id: UUID
    partner_id: UUID | None = None


class Cancelled(State):
    """An order that is not wanted any more."""

    customer_id: UUID
    partner_id: UUID | None = None


class Completed(State):
    """All of it has left, and is paid."""

    customer_id: UUID
    partner_id: UUID | None = None


type Order = Unplaced | Placed | Confirmed | Rejected | Cancelled | Completed


def still_open(order: Order) -> Placed | Confirmed:
    """An order that somebody still works on; Refused where nobody does."""
    match order:
        case Placed() | Confirmed():
            return order
        case Unplaced():
            raise Refused(UNPLACED)
        case Rejected():
            raise Refused(REJECTED)
        case Cancelled():
            raise Refused(CANCELLED)
        case Completed():
            raise Refused(COMPLETED)


def ended(order: Order, ending: type[Rejected | Cancelled | Completed]) -> Order:
    """The order once nobody works on it any more."""
    match order:
        case Unplaced():
            return order
        case Placed() | Confirmed() | Rejected() | Cancelled() | Completed():
            return ending(customer_id=order.customer_id, partner_id=order.partner_id)
