"""Errands, as they are run now: whoever begins one has an hour more, and the boss is told at once."""

from datetime import datetime, timedelta

from eventstore.process import Do, Send, Wait
from tests.processes.errands import ErrandBegun, Help, Wanted, first
from tests.processes.errands.first import Errand, evolve, initial

__all__ = ["evolve", "initial", "react"]


def react(before: Errand, event: Wanted, after: Errand, at: datetime) -> list[Do]:
    """As before, and the boss first."""
    if not isinstance(event, ErrandBegun):
        return first.react(before, event, after, at)
    until = Wait("patience", at + timedelta(minutes=event.minutes + 60))
    return [Send(Help(helper="boss", errand=event.errand)), *first.react(before, event, after, at)[:-1], until]
