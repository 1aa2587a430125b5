"""Fulfilment, prepaid (fifth version): what is missed is gone at once, what has left is not waited for."""

from msgspec.structs import replace

from orders.processes import prepaid_patient
from orders.processes.prepaid import Fulfilling, Prepaid, Wanted, initial
from orders.processes.prepaid_patient import react
from orders.processes.shelf import by_shelf

__all__ = ["evolve", "initial", "react"]


def evolve(state: Prepaid, event: Wanted) -> Prepaid:
    """As before, and what the shelf says is known at once."""
    if isinstance(state, Fulfilling):
        state = replace(state, goods=by_shelf(state.goods, event))
    return prepaid_patient.evolve(state, event)
