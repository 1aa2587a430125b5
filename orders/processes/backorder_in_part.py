"""Backorder (second version): as before, but who cancels what is not there keeps what is."""

from datetime import datetime

from eventstore.process import Do, Send
from orders.domain import order
from orders.processes import backorder
from orders.processes.backorder import Backorder, Waiting, Wanted, evolve, initial, lacking

__all__ = ["evolve", "initial", "react"]


def react(before: Backorder, event: Wanted, after: Backorder, at: datetime) -> list[Do]:
    """As before, apart from that answer."""
    match after, event:
        case Waiting(), order.BackorderAnswered(answer="cancel"):
            return [Send(each) for each in lacking(after)]
        case _:
            return backorder.react(before, event, after, at)
