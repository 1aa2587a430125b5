"""Fulfilment, prepaid, as it is run now: an early answer to a backorder counts, and who holds an order releases it."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Do, Send
from orders.domain import order
from orders.processes import prepaid, prepaid_in_full
from orders.processes.prepaid import NOT_HELD, Authorizing, Fulfilling, Prepaid, Reserving, Wanted, initial, planned

__all__ = ["evolve", "initial", "react"]


def evolve(state: Prepaid, event: Wanted) -> Prepaid:
    """As before, and what the customer has said is remembered until there is something to send."""
    after = prepaid.evolve(state, event)
    if not isinstance(state, Reserving | Authorizing):
        return after
    split = event.answer == "take_what_is_there" if isinstance(event, order.BackorderAnswered) else state.split
    match after:
        case Reserving() | Authorizing():
            return replace(after, split=split)
        case Fulfilling():
            return planned(replace(after, split=split))
        case _:
            return after


def react(before: Prepaid, event: Wanted, after: Prepaid, at: datetime) -> list[Do]:
    """As before, and an order that somebody else holds stays held, although a card holds the amount again."""
    return [for_our_reason(each) for each in prepaid_in_full.react(before, event, after, at)]


def for_our_reason(do: Do) -> Do:
    """An order is released only where it was held for its card."""
    match do:
        case Send(command=order.ReleaseOrder() as release):
            return Send(replace(release, held_because=NOT_HELD))
        case _:
            return do
