"""The history of a process's instance: what it decided, what came of it, and what a person did where it went wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

from django.conf import settings
from msgspec import Meta

from eventstore.messages import Command, Event, Message, Refused, State


def operators() -> frozenset[str]:
    """The roles in which somebody may steer processes, by the settings; nobody may where they name none."""
    return frozenset(settings.EVENTSTORE.get("OPERATORS", ()))


OPERATORS = operators()

type Moment = Annotated[datetime, Meta(tz=True)]


class Owed(Message):
    """A command that a process has decided to send: its id, its name, and what it says."""

    command_id: UUID
    name: str
    content: dict[str, Any]


class Asked(Message):
    """What a process has decided to ask of another system: the id is the key by which that knows it again."""

    command_id: UUID
    system: str
    name: str
    content: dict[str, Any]


class Deadline(Message):
    """Until when a process waits for something."""

    name: str
    until: Moment


class RetryCommand(Command):
    sent_by = OPERATORS

    instance: str
    command_id: UUID
    reason: str


class SkipCommand(Command):
    sent_by = OPERATORS

    instance: str
    command_id: UUID
    reason: str


class CompensateProcess(Command):
    """`undoes` says whether the process ever undoes what it did."""

    sent_by = OPERATORS
    looked_up = frozenset({"undoes"})

    instance: str
    reason: str
    undoes: bool


class Reacted(Event):
    """What an instance has decided to do on the event `to`. With it `settles` a command that was refused."""

    instance: str
    version: int
    to: UUID
    owes: tuple[Owed, ...] = ()
    waits: tuple[Deadline, ...] = ()
    stops: tuple[str, ...] = ()
    settles: UUID | None = None
    asks: tuple[Asked, ...] = ()


class RequestAnswered(Event):
    """Another system has answered what it was asked, and the business knows."""

    instance: str
    command_id: UUID
    name: str


class CommandRefused(Event):
    """The business has refused a command of the process, or an answer to it, in a sentence with its values."""

    instance: str
    command_id: UUID
    name: str
    sentence: str
    values: dict[str, str | int]


class CommandFailed(Event):
    """A command could not be sent, or a request had no answer. Without a next try it waits for a person."""

    instance: str
    command_id: UUID
    name: str
    attempt: int
    error: str
    next_try_at: Moment | None


class DeadlineReached(Event):
    """What an instance waited for until then has not come."""

    instance: str
    name: str
    due_at: Moment


class CommandRetried(Event):
    """A person had a command sent again: under a new id, as the old one has its answer."""

    instance: str
    command_id: UUID
    as_id: UUID
    reason: str


class CommandSkipped(Event):
    """A person has decided that a command is not sent."""

    instance: str
    command_id: UUID
    name: str
    reason: str


class CompensationAsked(Event):
    """A person has asked the process to undo what it did."""

    instance: str
    reason: str


class Running(State):
    """An instance, and by their ids the names of the commands that wait for a person; `asked` to compensate."""

    failing: dict[UUID, str] = {}
    asked: bool = False


type Steering = RetryCommand | SkipCommand | CompensateProcess
type Happening = (
    Reacted
    | RequestAnswered
    | CommandRefused
    | CommandFailed
    | DeadlineReached
    | CommandRetried
    | CommandSkipped
    | CompensationAsked
)

initial = Running()


def decide(command: Steering, running: Running) -> Sequence[Happening]:
    """What comes of a person's command."""
    if not command.reason.strip():
        raise Refused("Say why.")
    match command:
        case RetryCommand(instance=instance, command_id=command_id, reason=reason):
            failing(running, command_id)
            again = uuid5(command_id, "again")
            return [CommandRetried(instance=instance, command_id=command_id, as_id=again, reason=reason)]
        case SkipCommand(instance=instance, command_id=command_id, reason=reason):
            name = failing(running, command_id)
            return [CommandSkipped(instance=instance, command_id=command_id, name=name, reason=reason)]
        case CompensateProcess(instance=instance, reason=reason):
            if not command.undoes:
                raise Refused("This process undoes nothing. Have the command sent again, or skip it.")
            if running.asked:
                raise Refused("This was undone already.")
            if not running.failing:
                raise Refused("Nothing has gone wrong here. Use the task that the business has for it.")
            return [CompensationAsked(instance=instance, reason=reason)]


def failing(running: Running, command_id: UUID) -> str:
    """The name of a command that waits for a person; Refused where it does not."""
    try:
        return running.failing[command_id]
    except KeyError:
        raise Refused("This does not wait for anybody any more.") from None


def evolve(running: Running, event: Happening) -> Running:
    """The instance after an event of its history."""
    waiting = running.failing
    match event:
        case CommandRefused():
            return Running(failing=waiting | {event.command_id: event.name}, asked=running.asked)
        case CommandFailed():
            failed = {event.command_id: event.name} if event.next_try_at is None else {}
            return Running(failing=waiting | failed, asked=running.asked)
        case CommandRetried() | CommandSkipped():
            return settled(running, event.command_id)
        case Reacted():
            return settled(running, event.settles)
        case CompensationAsked():
            return Running(asked=True)
        case DeadlineReached() | RequestAnswered():
            return running


def settled(running: Running, command_id: UUID | None) -> Running:
    """The instance once nobody has to look at a command any more."""
    left = {key: name for key, name in running.failing.items() if key != command_id}
    return Running(failing=left, asked=running.asked)
