"""Backorder (fourth version): what is missed on the shelf is lacking at once, and what has left it is not."""

from msgspec.structs import replace

from orders.domain import stock_item
from orders.processes import backorder_anew
from orders.processes.backorder import Backorder, Complete, Waiting, Wanted, initial
from orders.processes.backorder_anew import react
from orders.processes.goods import told
from orders.processes.shelf import by_shelf

__all__ = ["evolve", "initial", "react"]


def evolve(state: Backorder, event: Wanted) -> Backorder:
    """As before, and what the shelf says is known at once."""
    if not isinstance(state, Complete | Waiting):
        return backorder_anew.evolve(state, event)
    state = replace(state, goods=by_shelf(state.goods, event))
    if not isinstance(event, stock_item.StockDispatched):
        return backorder_anew.evolve(state, event)
    goods = told(state.goods, event)
    return replace(state, goods=goods) if goods.short else Complete(goods=goods, questions=state.questions)
