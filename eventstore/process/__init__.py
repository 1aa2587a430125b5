"""Process managers: state machines that carry business across aggregates. What each instance decides is its history."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAliasType, get_args
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from eventstore.errors import Invalid
from eventstore.log import Recorded
from eventstore.messages import Command, Event, Request, State
from eventstore.process.history import (
    Asked,
    CommandRefused,
    CommandRetried,
    CommandSkipped,
    CompensationAsked,
    Deadline,
    DeadlineReached,
    Owed,
    Reacted,
    RequestAnswered,
)
from eventstore.process.instances import stream_of
from eventstore.process.secrecy import ask_open, ask_open_request

__all__ = [
    "Accept",
    "Ask",
    "CommandRefused",
    "CommandSkipped",
    "CompensationAsked",
    "DeadlineReached",
    "Do",
    "Instance",
    "Policy",
    "Process",
    "RequestAnswered",
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


class Ask(NamedTuple):
    """Ask another system for something, once. Its answer comes as commands; nothing personal may be in the request."""

    system: str
    request: Request


class Wait(NamedTuple):
    """Be told by DeadlineReached once `until` has come; an earlier wait of the same name is moved."""

    name: str
    until: datetime


class StopWaiting(NamedTuple):
    """No longer be told."""

    name: str


class Accept(NamedTuple):
    """A command was refused, and that is fine: nobody has to look at it."""


type Do = Send | Ask | Wait | StopWaiting | Accept


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
    events with which a new one begins. An instance keeps the version that was the newest when it began. As it comes to
    a state of the types `ends`, it waits for nothing any more. `state` is the union of all its states.
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
        self.heeds = tuple(members(wants))
        self.wants = tuple(dict.fromkeys((*self.heeds, *members(Own))))
        self.begins = tuple(begins)
        self.instance = instance
        self.policies = dict(policies)
        self.state = state
        self.ends = tuple(ends)
        self._ask_known(self.begins, self.heeds, "begins with {}, which is not in its wants")
        self._ask_known(self.ends, tuple(members(state)), "ends with {}, which is not in its state")

    def _ask_known(self, those: Sequence[type], known: Sequence[type], fault: str) -> None:
        for each in those:
            if each not in known:
                raise ValueError(f"The process {self.name} {fault.format(each.__name__)}.")

    @property
    def undoes(self) -> bool:
        """Whether it undoes what it did where a person asks for that."""
        return CompensationAsked in self.heeds

    def stream(self, key: str) -> str:
        """The stream that is the history of an instance."""
        return stream_of(f"{self.name}:{key}")

    def policy(self, version: int) -> Policy[Any, Any]:
        """The policy of a version; Invalid where the code has it no more."""
        try:
            return self.policies[version]
        except KeyError:
            raise Invalid(f"Instances of {self.name} run under version {version}, which is not in the code.") from None

    def key(self, event: Event) -> str | None:
        """The instance that an event belongs to."""
        if isinstance(event, Own.__value__ | RequestAnswered):
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


def members(union: Any) -> Iterator[type[Event]]:
    """The types in a union of events, which may have others in it."""
    if isinstance(union, TypeAliasType):
        yield from members(union.__value__)
    elif isinstance(union, type):
        yield union
    else:
        for each in get_args(union):
            yield from members(each)


def begun(process: Process, key: str) -> Instance:
    """A new instance, under the newest version."""
    version = max(process.policies)
    return Instance(key, version, process.policies[version].initial)


def moved(process: Process, instance: Instance, fact: Fact) -> tuple[Instance, Reacted | None]:
    """The instance after a fact, and what it decides to do by today's code, if anything."""
    after = told(process, instance, fact)
    if after is None:
        return instance, None
    reacted = reaction(process, instance, fact, after)
    return heeding(after, reacted), reacted


def told(process: Process, instance: Instance, fact: Fact) -> Instance | None:
    """The instance after a fact, before it decides anything; None where that is nothing to it, or comes too late."""
    event, waits = fact.event, instance.waits
    if not isinstance(event, process.heeds):
        return None  # what a person did about a command is the runtime's
    if isinstance(event, DeadlineReached):
        if waits.get(event.name) != event.due_at:
            return None  # it was moved, or is no longer waited for
        waits = without(waits, {event.name})
    state = process.policy(instance.version).evolve(instance.state, event)
    stays = type(state) is type(instance.state)
    since = instance.since if stays and instance.since else fact.recorded_at
    return Instance(instance.key, instance.version, state, since, waits)


def reaction(process: Process, before: Instance, fact: Fact, after: Instance) -> Reacted | None:
    """What an instance decides to do by today's code, as its history keeps it; None for nothing."""
    todo = process.policy(after.version).react(before.state, fact.event, after.state, fact.recorded_at)
    stream = process.stream(after.key)
    commands = [each.command for each in todo if isinstance(each, Send)]
    asks = [each for each in todo if isinstance(each, Ask)]
    stops = {each.name for each in todo if isinstance(each, StopWaiting)} & after.waits.keys()
    decides = bool(stops) or not all(isinstance(each, StopWaiting) for each in todo)
    if isinstance(after.state, process.ends) and not isinstance(before.state, process.ends):
        stops |= after.waits.keys()
    if not stops and not decides:
        return None
    return Reacted(
        instance=f"{process.name}:{after.key}",
        version=after.version,
        to=fact.id,
        owes=tuple(owed(step_id(stream, fact.id, step), command) for step, command in enumerate(commands)),
        waits=tuple(Deadline(name=each.name, until=each.until) for each in todo if isinstance(each, Wait)),
        stops=tuple(sorted(stops)),
        # That an instance has come to its end is no word of its own on what was refused.
        settles=fact.event.command_id if decides and isinstance(fact.event, CommandRefused) else None,
        asks=tuple(asked(step_id(stream, fact.id, f"asks {step}"), each) for step, each in enumerate(asks)),
    )


def heeding(instance: Instance, reacted: Reacted | None) -> Instance:
    """The instance once it waits for what it has decided to wait for."""
    if reacted is None:
        return instance
    waits = without(instance.waits, reacted.stops) | {each.name: each.until for each in reacted.waits}
    return replace(instance, waits=waits)


def without(waits: Mapping[str, datetime], names: Collection[str]) -> dict[str, datetime]:
    """What is waited for, without these."""
    return {name: until for name, until in waits.items() if name not in names}


def step_id(stream: str, fact: UUID, step: int | str) -> UUID:
    """The id of what a process sends, or asks for, in a step of its reaction to an event: always the same one."""
    return uuid5(STEPS, f"{stream} {fact} {step}")


def owed(command_id: UUID, command: Command) -> Owed:
    """A command as the history keeps it."""
    ask_open(type(command))
    return Owed(command_id=command_id, name=type(command).__name__, content=msgspec.to_builtins(command))


def asked(command_id: UUID, ask: Ask) -> Asked:
    """What is asked of another system as the history keeps it."""
    ask_open_request(type(ask.request))
    name, content = type(ask.request).__name__, msgspec.to_builtins(ask.request)
    return Asked(command_id=command_id, system=ask.system, name=name, content=content)
