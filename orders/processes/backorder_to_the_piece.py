"""Backorder (fifth version): of what is missed, no more counts as cancelled than is wanted."""

from msgspec.structs import replace

from orders.processes import backorder_by_shelf
from orders.processes.backorder import Backorder, Complete, Waiting, Wanted, initial
from orders.processes.backorder_by_shelf import react
from orders.processes.shelf import to_the_piece

__all__ = ["evolve", "initial", "react"]


def evolve(state: Backorder, event: Wanted) -> Backorder:
    """As before, and a parcel may have held more than is wanted any longer."""
    if isinstance(state, Complete | Waiting):
        state = replace(state, goods=to_the_piece(state.goods))
    return backorder_by_shelf.evolve(state, event)
