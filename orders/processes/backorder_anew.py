"""Backorder, as it is decided now: goods that are lacking later are another question, which has its own answer."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import DeadlineReached, Do, Send
from orders.domain import order
from orders.processes import backorder, backorder_in_part
from orders.processes.backorder import Backorder, Complete, Waiting, Wanted, initial

__all__ = ["evolve", "initial", "react"]


def evolve(state: Backorder, event: Wanted) -> Backorder:
    """As before; answers are counted as long as the order lasts, and who was asked is known as long as they wait."""
    after = backorder.evolve(state, event)
    if not isinstance(state, Complete | Waiting):
        return after
    answers = state.answers + isinstance(event, order.BackorderAnswered)
    match after:
        case Complete():
            return replace(after, answers=answers)
        case Waiting():
            asked = isinstance(state, Waiting) and (state.asked or isinstance(event, DeadlineReached))
            return replace(after, answers=answers, asked=asked)
        case _:
            return after


def react(before: Backorder, event: Wanted, after: Backorder, at: datetime) -> list[Do]:
    """As before, and who has not answered the last question is asked the next one all the same."""
    anew = isinstance(before, Waiting) and not before.asked
    return [offered(each, anew=anew) for each in backorder_in_part.react(before, event, after, at)]


def offered(do: Do, *, anew: bool) -> Do:
    """The customer is asked, or asked anew."""
    match do:
        case Send(command=order.OfferBackorderChoice() as offer):
            return Send(replace(offer, anew=anew))
        case _:
            return do
