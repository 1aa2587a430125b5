"""Fulfilment, prepaid (fourth version): nobody is rejected for the time in which the shop itself was away."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from eventstore.process import DeadlineReached, Do, Wait
from orders.processes import prepaid_heedful
from orders.processes.prepaid import AUTHORIZATION, PATIENCE, Authorizing, Prepaid, Wanted, initial

__all__ = ["evolve", "initial", "react"]

LATE = timedelta(minutes=2)  # whoever is at work tells of a deadline sooner than so long after its time


def evolve(state: Prepaid, event: Wanted) -> Prepaid:
    """As before, and it is remembered that the half hour was over once."""
    after = prepaid_heedful.evolve(state, event)
    if isinstance(state, Authorizing) and isinstance(after, Authorizing):
        return replace(after, reached=state.reached or isinstance(event, DeadlineReached))
    return after


def react(before: Prepaid, event: Wanted, after: Prepaid, at: datetime) -> list[Do]:
    """As before, but a half hour that ended while nobody was at work is given once more.

    The card may have answered meanwhile, the customer may have given another, or nobody has asked it yet: what has
    come is worked off first.
    """
    match before, event:
        case Authorizing(reached=False), DeadlineReached(name="authorization", due_at=due_at) if at - due_at > LATE:
            return [Wait(AUTHORIZATION, at + PATIENCE)]
        case _:
            return prepaid_heedful.react(before, event, after, at)
