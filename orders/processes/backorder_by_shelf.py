"""Backorder, as it is decided now: what was not on the shelf is lacking as soon as somebody says so."""

from msgspec.structs import replace

from orders.processes import backorder_anew
from orders.processes.backorder import Backorder, Complete, Waiting, Wanted, initial
from orders.processes.backorder_anew import react
from orders.processes.shelf import by_shelf

__all__ = ["evolve", "initial", "react"]


def evolve(state: Backorder, event: Wanted) -> Backorder:
    """As before, and what the shelf says is known at once."""
    if isinstance(state, Complete | Waiting):
        state = replace(state, goods=by_shelf(state.goods, event))
    return backorder_anew.evolve(state, event)
