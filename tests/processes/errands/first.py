"""Errands, as they were run at first: everybody is called at once; when the time is over, the boss has to help."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from eventstore.messages import State
from eventstore.process import Accept, Ask, CommandRefused, CompensationAsked, DeadlineReached, Do, Send, Wait
from tests.processes.errands import Call, ErrandBegun, ErrandCancelled, Help, Helped, TimeGranted, Wanted, Write


class Unbegun(State):
    """Nobody was called."""


class Called(State):
    """Waits for those who have not helped yet."""

    errand: str
    left: tuple[str, ...]


class Done(State):
    """Everybody has helped."""


class GivenUp(State):
    """It was too late, or not wanted any more."""


type Errand = Unbegun | Called | Done | GivenUp

ENDS = (Done, GivenUp)
initial: Errand = Unbegun()


def evolve(state: Errand, event: Wanted) -> Errand:
    """How far the errand is."""
    match state, event:
        case Unbegun(), ErrandBegun():
            return Called(errand=event.errand, left=tuple(call.helper for call in event.calls))
        case Called(), Helped():
            left = tuple(helper for helper in state.left if helper != event.helper)
            return replace(state, left=left) if left else Done()
        case Called(), ErrandCancelled() | DeadlineReached() | CompensationAsked():
            return GivenUp()
        case _:
            return state


def react(before: Errand, event: Wanted, after: Errand, at: datetime) -> list[Do]:
    """Who is called, and until when they are waited for."""
    match event:
        case ErrandBegun():
            until = Wait("patience", at + timedelta(minutes=event.minutes))
            return [*(called(event.errand, call) for call in event.calls), until]
        case TimeGranted() if isinstance(after, Called):
            return [Wait("patience", at + timedelta(minutes=event.minutes))]
        case DeadlineReached() | CompensationAsked() if isinstance(before, Called):
            return [Send(Help(helper="boss", errand=before.errand))]
        case CommandRefused() if event.sentence.startswith("Gently"):
            return [Accept()]
        case _:
            return []


def called(errand: str, call: Call) -> Send | Ask:
    """What a helper is asked for, or written to."""
    if call.how == "by_letter":
        return Ask("post", Write(helper=call.helper, errand=errand))
    return Send(Help(helper=call.helper, errand=errand, how=call.how))
