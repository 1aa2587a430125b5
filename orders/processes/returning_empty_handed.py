"""Return and refund, as it is run now: of a line of which nothing came, nothing is put on the shelf or written off."""

from datetime import datetime

from eventstore.process import Do, Send
from orders.domain import returns
from orders.domain.stock_item import RestockReturn
from orders.processes import returning_to_the_day
from orders.processes.returning import Returning, Wanted, evolve, initial

__all__ = ["evolve", "initial", "react"]


def react(before: Returning, event: Wanted, after: Returning, at: datetime) -> list[Do]:
    """As before, but the stock is told only of pieces that came."""
    todo = returning_to_the_day.react(before, event, after, at)
    if isinstance(event, returns.ReturnInspected) and not event.sellable + event.damaged:
        return [each for each in todo if not (isinstance(each, Send) and isinstance(each.command, RestockReturn))]
    return todo
