"""Return and refund (third version): goods are waited for until the day is over that the customer was told."""

from datetime import datetime

from eventstore.process import Do, Wait
from orders.domain import returns
from orders.processes import returning_after_all
from orders.processes.days import end_of_day
from orders.processes.returning import PATIENCE, Returning, Wanted, evolve, initial

__all__ = ["evolve", "initial", "react"]


def react(before: Returning, event: Wanted, after: Returning, at: datetime) -> list[Do]:
    """As before, but for the end of the term."""
    if isinstance(event, returns.ReturnApproved):
        return [Wait("arrival", end_of_day(at + PATIENCE))]
    return returning_after_all.react(before, event, after, at)
