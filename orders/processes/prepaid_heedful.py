"""Fulfilment, prepaid, as it is run now: an answer to a backorder counts as well before the payment is authorized."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Do
from orders.domain import order
from orders.processes import prepaid, prepaid_in_full
from orders.processes.prepaid import Authorizing, Fulfilling, Prepaid, Reserving, Wanted, initial, planned

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
    """As before."""
    return prepaid_in_full.react(before, event, after, at)
