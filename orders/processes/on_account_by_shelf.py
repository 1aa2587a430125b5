"""Fulfilment, on account (fifth version): what is missed is gone at once, what has left is not waited for."""

from msgspec.structs import replace

from orders.processes import on_account_to_the_day
from orders.processes.on_account import Fulfilling, OnAccount, Wanted, initial
from orders.processes.on_account_to_the_day import react
from orders.processes.shelf import by_shelf

__all__ = ["evolve", "initial", "react"]


def evolve(state: OnAccount, event: Wanted) -> OnAccount:
    """As before, and what the shelf says is known at once."""
    if isinstance(state, Fulfilling):
        state = replace(state, goods=by_shelf(state.goods, event))
    return on_account_to_the_day.evolve(state, event)
