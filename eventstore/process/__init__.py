"""Process managers: state machines that carry business across aggregates. What each instance decides is its history."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAliasType, get_args
from uuid import UUID, uuid5

import msgspec

from eventstore.log import Recorded
from eventstore.messages import Command, Event, State
from eventstore.process.history import (
    CommandRefused,
    CommandRetried,
    CommandSkipped,
    CompensationAsked,
    Deadline,
    DeadlineReached,
    Owed,
    Reacted,
)

__all__ = [
    "Accept",
    "CommandRefused",
    "CommandSkipped",
    "CompensationAsked",
    "DeadlineReached",
    "Do",
    "Instance",
    "Policy",
    "Process",
    "Send",
    "StopWaiting",
    "Wait",
]

type Fact = Recorded[Any]
type Own = CommandRefused | CommandRetried | CommandSkipped | CompensationAsked | DeadlineReached

STEPS = UUID("6f2d8a53-6f0e-4b0e-9d57-0b6f7b6d3c11")


class Send(NamedTuple):
    """Send a command, once. What it says is kept in the history, so nothing personal may be in it."""

    command: Command


class Wait(NamedTuple):
    """Be told by DeadlineReached once `until` has come; an earlier wait of the same name is moved."""

    name: str
    until: datetime


class StopWaiting(NamedTuple):
    """No longer be told."""

    name: str


class Accept(NamedTuple):
    """A command was refused, and that is fine: nobody has to look at it."""


type Do = Send | Wait | StopWaiting | Accept


class Policy[S, E](Protocol):
    """One version of a process: a module with the state that it begins in, and two pure functions."""

    @property
    def initial(self) -> S: ...

    def evolve(self, state: S, event: E, /) -> S:
        """The state after an event."""

    def react(self, before: S, event: E, after: S, at: datetime, /) -> Sequence[Do]:
        """What is to be done, now that an event has led from one state to another. It was recorded `at` that time."""


class Process:
    """A process: the events it wants, the instance that each belongs to, and its policies by version.

    `instance(event)` is the key of the instance, None where the event is nothing to this process; `begins` are the
    events with which a new one begins. An instance keeps the version that was the newest when it began. In a state of
    the types `ends` it has nothing more to do. `state` is the union of all its states.
    """

    def __init__(
        self,
        name: str,
        *,
        wants: TypeAliasType,
        begins: Sequence[type[Event]],
        instance: Callable[[Any], object | None],
        policies: Mapping[int, Policy[Any, Any]],
        state: TypeAliasType,
        ends: Sequence[type[State]],
    ) -> None:
        self.name = name
        self.heeds = get_args(wants.__value__)
        self.wants = tuple(dict.fromkeys((*self.heeds, *get_args(Own.__value__))))
        self.begins = tuple(begins)
        self.instance = instance
        self.policies = dict(policies)
        self.state = state
        self.ends = tuple(ends)

    def stream(self, key: str) -> str:
        """The stream that is the history of an instance."""
        return f"process-{self.name}:{key}"

    def key(self, event: Event) -> str | None:
        """The instance that an event belongs to."""
        if isinstance(event, Own.__value__):
            name, _, key = event.instance.partition(":")
            return key if name == self.name else None
        key = self.instance(event)
        return None if key is None else str(key)


class Instance(msgspec.Struct, frozen=True):
    """One run of a process: the version under which it began, its state, since when, and what it waits for."""

    key: str
    version: int
    state: Any
    since: datetime | None = None
    waits: dict[str, datetime] = {}


def begun(process: Process, key: str) -> Instance:
    """A new instance, under the newest version."""
    version = max(process.policies)
    return Instance(key, version, process.policies[version].initial)


def moved(process: Process, instance: Instance, fact: Fact) -> tuple[Instance, Reacted | None]:
    """The instance after a fact, and what it has decided to do, if anything."""
    event, waits = fact.event, instance.waits
    if isinstance(event, DeadlineReached):
        if waits.get(event.name) != event.due_at:
            return instance, None  # it was moved, or is no longer waited for
        waits = without(waits, {event.name})
    if not isinstance(event, process.heeds):
        return instance, None  # what a person did about a command is the runtime's
    policy = process.policies[instance.version]
    state = policy.evolve(instance.state, event)
    todo = policy.react(instance.state, event, state, fact.recorded_at)
    since = instance.since if type(state) is type(instance.state) else fact.recorded_at
    reacted = reaction(process, instance, fact, todo) if todo else None
    if reacted:
        waits = without(waits, reacted.stops) | {each.name: each.until for each in reacted.waits}
    return Instance(instance.key, instance.version, state, since, waits), reacted


def reaction(process: Process, instance: Instance, fact: Fact, todo: Sequence[Do]) -> Reacted:
    """What an instance has decided to do, as its history keeps it."""
    stream = process.stream(instance.key)
    commands = [each.command for each in todo if isinstance(each, Send)]
    return Reacted(
        instance=f"{process.name}:{instance.key}",
        version=instance.version,
        to=fact.id,
        owes=tuple(owed(step_id(stream, fact.id, step), command) for step, command in enumerate(commands)),
        waits=tuple(Deadline(name=each.name, until=each.until) for each in todo if isinstance(each, Wait)),
        stops=tuple(each.name for each in todo if isinstance(each, StopWaiting)),
        settles=fact.event.command_id if isinstance(fact.event, CommandRefused) else None,
    )


def without(waits: Mapping[str, datetime], names: Collection[str]) -> dict[str, datetime]:
    """What is waited for, without these."""
    return {name: until for name, until in waits.items() if name not in names}


def step_id(stream: str, fact: UUID, step: int) -> UUID:
    """The id of the command that a process sends in the n-th step of its reaction to an event: always the same one."""
    return uuid5(STEPS, f"{stream} {fact} {step}")


def owed(command_id: UUID, command: Command) -> Owed:
    """A command as the history keeps it."""
    return Owed(command_id=command_id, name=type(command).__name__, content=msgspec.to_builtins(command))
