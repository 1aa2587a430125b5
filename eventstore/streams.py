"""Which decider serves which category of stream, as the business declares it in the modules that settings name."""

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from eventstore.errors import Invalid
from eventstore.messages import Command, Decider, Event
from eventstore.schema import Stored


class Category:
    """All streams of one kind of aggregate: `order-0192…` is a stream of the category `order`.

    `key` names the field in which every one of its commands says for which instance it is. `owner(command, state)` is
    the id of the actor to whom that instance belongs, or a set of ids, where there are such. With `snapshot_every`, a
    load that folds that many events remembers the state, which has to be of the union `state`.
    """

    def __init__(
        self,
        name: str,
        decider: Decider[Any, Any, Any],
        *,
        key: str,
        commands: Iterable[type[Command]],
        events: Iterable[Stored[Any]],
        owner: Callable[[Any, Any], object] | None = None,
        state: Any = None,
        snapshot_every: int | None = None,
    ) -> None:
        self.name = name
        self.decider = decider
        self.key = key
        self.commands = tuple(commands)
        self.events = tuple(events)
        self.types = frozenset(stored.event for stored in self.events)
        self.owner = owner
        self.state = state
        self.snapshot_every = snapshot_every
        if snapshot_every and any(stored.personal for stored in self.events):
            raise ValueError(f"{name}: what is personal in its events would lie open in a snapshot.")

    def stream(self, command: Command) -> str:
        """The stream that `command` is for."""
        return f"{self.name}-{getattr(command, self.key)}"


@cache
def categories() -> tuple[Category, ...]:
    """Every category that the business declares."""
    return tuple(category for path in settings.EVENTSTORE["STREAMS"] for category in import_module(path).CATEGORIES)


@cache
def _by_command() -> dict[type[Command], Category]:
    return {command: category for category in categories() for command in category.commands}


@cache
def _command_names() -> dict[str, type[Command]]:
    return {command.__name__: command for command in _by_command()}


@cache
def _by_name() -> dict[str, Stored[Any]]:
    return {stored.name: stored for category in categories() for stored in category.events}


@cache
def _by_event() -> dict[type[Event], Stored[Any]]:
    return {stored.event: stored for stored in _by_name().values()}


def category_of(command: type[Command]) -> Category:
    """The category that serves `command`."""
    try:
        return _by_command()[command]
    except KeyError:
        raise Invalid(f"No decider takes the command {command.__name__}.") from None


def command_named(name: str) -> type[Command]:
    """The command of this name."""
    try:
        return _command_names()[name]
    except KeyError:
        raise Invalid(f"No decider takes a command {name!r}.") from None


def stored_as(event: type[Event]) -> Stored[Any]:
    """How events of this type are stored."""
    try:
        return _by_event()[event]
    except KeyError:
        raise Invalid(f"Events of type {event.__name__} have no stored name.") from None


@cache
def stored_under(name: str) -> Stored[Any]:
    """How events of this stored name are read."""
    try:
        return _by_name()[name]
    except KeyError:
        raise Invalid(f"No event is known under the stored name {name!r}.") from None


@cache
def reading(name: str, schema: int) -> Callable[[bytes], Event]:
    """What turns the bytes of an event of this stored name and schema into the event."""
    return stored_under(name).reading(schema)
