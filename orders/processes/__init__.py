"""The processes of the shop: what is to be done whenever something has happened, across aggregates."""

from collections.abc import Iterable

from eventstore.messages import Event
from eventstore.process import Process
from orders.domain import order
from orders.processes import prepaid

__all__ = ["PROCESSES"]


def order_of(event: Event) -> object:
    """The order that an event is about."""
    return event.order_id  # type: ignore[attr-defined]  # every event that these processes want names its order


def prepaid_order(event: Event) -> object | None:
    """The order, where it is paid before it is sent."""
    terms = event.payment_terms if isinstance(event, order.OrderPlaced) else "prepaid"
    return order_of(event) if terms == "prepaid" else None


PROCESSES: Iterable[Process] = (
    Process(
        "prepaid",
        wants=prepaid.Wanted,
        begins=[order.OrderPlaced],
        instance=prepaid_order,
        policies={1: prepaid},
        state=prepaid.Prepaid,
        ends=[prepaid.Completed, prepaid.Ended],
    ),
)
