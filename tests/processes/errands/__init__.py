"""Errands: a small business for the tests of the runtime. It forgives nothing: what is said twice happens twice."""

from typing import Annotated, Literal

from eventstore.messages import Command, Event, Message, Personal, Refused, Request
from eventstore.process import CommandRefused, CompensationAsked, DeadlineReached

type How = Literal["gladly", "not", "gently", "broken", "by_letter"]


class Help(Command):
    sent_by = frozenset({"process", "post"})

    helper: str
    errand: str
    how: How = "gladly"


class Missed(Command):
    sent_by = frozenset({"post"})

    helper: str
    errand: str


class Write(Request):
    helper: str
    errand: str


class Confide(Command):
    sent_by = frozenset({"process"})

    helper: str
    secret: str


class Call(Message):
    """A helper who is to be called, and how they will take it."""

    helper: str
    how: How = "gladly"


class ErrandBegun(Event):
    errand: str
    calls: tuple[Call, ...]
    minutes: int = 30


class TimeGranted(Event):
    errand: str
    minutes: int


class ErrandCancelled(Event):
    errand: str


class Helped(Event):
    helper: str
    errand: str


class HelperMissed(Event):
    helper: str
    errand: str


class SecretTold(Event):
    helper: str
    secret: Annotated[str | None, Personal(of="helper")]


type Wanted = (
    ErrandBegun | TimeGranted | ErrandCancelled | Helped | DeadlineReached | CommandRefused | CompensationAsked
)

initial = 0


class Weather:
    """While it is bad, what is broken cannot be helped."""

    bad = True


def decide(command: Help | Missed, _: int) -> list[Helped | HelperMissed]:
    """Helpers help as often as they are asked."""
    if isinstance(command, Missed):
        return [HelperMissed(helper=command.helper, errand=command.errand)]
    match command.how:
        case "not":
            raise Refused("{helper} is away.", helper=command.helper)
        case "gently":
            raise Refused("Gently: {helper} would rather not.", helper=command.helper)
        case "broken" if Weather.bad:
            raise RuntimeError("It rains.")
        case _:
            return [Helped(helper=command.helper, errand=command.errand)]


def evolve(times: int, _: Event) -> int:
    """How often somebody has helped."""
    return times + 1


def errand_of(event: Event) -> str:
    """The errand that an event is about."""
    errand: str = event.errand  # type: ignore[attr-defined]  # as has every event that the process wants
    return errand
