"""Still open: how many orders of a customer are, so that nobody is erased who has just ordered something."""

from uuid import UUID

from eventstore import log
from orders.domain.order import OrderPlaced
from orders.streams import ORDER
from projections import order_page
from projections.engine.waiting import wait_for
from projections.order_page import ENDED, OrderPage


def shown_up_to() -> int | None:
    """The position of the log up to which orders are shown, once that is where it ends now; None if it takes too long.

    It is waited for before anybody is held, who may go on ordering meanwhile.
    """
    head = log.number()
    return head if wait_for(order_page.PROJECTION.name, head) else None


def open_orders(customer_id: UUID, shown: int | None) -> int | None:
    """How many orders of a customer are open: those that are shown, and what was placed since; None if nobody knows."""
    if shown is None:
        return None
    rows = OrderPage.objects.filter(customer_id=customer_id).exclude(status__in=ENDED)
    since = (fact.event for fact in log.read_log(shown, category=ORDER.name))
    placed = {event.order_id for event in since if isinstance(event, OrderPlaced) and event.customer_id == customer_id}
    return len(placed | set(rows.values_list("order_id", flat=True)))
