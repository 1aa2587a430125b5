"""Fulfilment, prepaid, as it is run now: of what is missed, no more is cancelled than is wanted."""

from msgspec.structs import replace

from orders.processes import prepaid_by_shelf
from orders.processes.prepaid import Fulfilling, Prepaid, Wanted, initial
from orders.processes.prepaid_by_shelf import react
from orders.processes.shelf import to_the_piece

__all__ = ["evolve", "initial", "react"]


def evolve(state: Prepaid, event: Wanted) -> Prepaid:
    """As before, and a parcel may have held more than is wanted any longer."""
    if isinstance(state, Fulfilling):
        state = replace(state, goods=to_the_piece(state.goods))
    return prepaid_by_shelf.evolve(state, event)
