"""Return and refund (second version): goods that come just as the return is to be closed leave nobody a task."""

from datetime import datetime

from eventstore.process import Accept, CommandRefused, Do
from orders.processes import returning
from orders.processes.returning import Arrived, Closed, Refunding, Returning, Wanted, evolve, initial

__all__ = ["evolve", "initial", "react"]


def react(before: Returning, event: Wanted, after: Returning, at: datetime) -> list[Do]:
    """As before, and a return that could not be closed as the goods were here is closed once they are inspected."""
    match after, event:
        case Arrived() | Refunding() | Closed(), CommandRefused(name="CloseReturn"):
            return [Accept()]
        case _:
            return returning.react(before, event, after, at)
