"""Backorder, as it is decided now: goods that are lacking later are another question, which has its own answer."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import DeadlineReached, Do, Send
from orders.domain import order
from orders.processes import backorder, backorder_in_part
from orders.processes.backorder import Backorder, Complete, Waiting, Wanted, initial

__all__ = ["evolve", "initial", "react"]


def evolve(state: Backorder, event: Wanted) -> Backorder:
    """As before; questions and answers are counted as long as the order lasts."""
    after = backorder.evolve(state, event)
    if not isinstance(state, Complete | Waiting) or not isinstance(after, Complete | Waiting):
        return after
    open_question = isinstance(state, Waiting) and state.asked
    answered, asked = isinstance(event, order.BackorderAnswered), isinstance(event, DeadlineReached)
    after = replace(after, answers=state.answers + answered, questions=state.questions + (asked and not open_question))
    if isinstance(after, Waiting):
        return replace(after, asked=asked or (open_question and not answered))
    return after


def react(before: Backorder, event: Wanted, after: Backorder, at: datetime) -> list[Do]:
    """As before, and who has not answered the last question is asked the next one all the same."""
    return [numbered(each, after) for each in backorder_in_part.react(before, event, after, at)]


def numbered(do: Do, waiting: Backorder) -> Do:
    """A question to the customer has its number."""
    match do, waiting:
        case Send(command=order.OfferBackorderChoice() as offer), Waiting(questions=number):
            return Send(replace(offer, number=number))
        case _:
            return do
