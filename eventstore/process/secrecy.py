"""Secrecy: nothing personal is in what a process keeps in plain text, which are its states and the commands it owes."""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAliasType, get_args, get_type_hints

from msgspec import Struct

from eventstore.messages import Command, Request, State
from eventstore.schema import Stored
from eventstore.streams import categories, category_of


@cache
def ask_open(command: type[Command]) -> None:
    """ValueError where a command carries what one of the events would seal."""
    plain = {field for stored in category_of(command).events for field in stored.personal}
    for name, hint in get_type_hints(command).items():
        if name in plain or sealed_types().intersection(parts(hint)):
            raise ValueError(f"{command.__name__}.{name} is personal: no process may send it, as it would lie open.")


@cache
def ask_open_request(request: type[Request]) -> None:
    """ValueError where a request to another system carries what one of the events would seal."""
    for found in personal_in(request):
        raise ValueError(f"{request.__name__}: {found} is personal: no process may ask, as it would lie open.")


def ask_open_states(process: str, states: Any) -> None:
    """ValueError where a state of a process holds what one of the events would seal."""
    for found in personal_in(states):
        raise ValueError(f"The process {process}: {found} is personal, and would lie open in its state.")


def personal_in(hint: Any) -> Iterator[str]:
    """What of a request or a state some event would seal: a type such as an address, or a field of its own by its name.

    What it is made of may have such names, as a product has one.
    """
    for part in parts(hint):
        if part in sealed_types():
            yield part.__name__
        elif issubclass(part, Request | State):
            yield from (f"{part.__name__}.{name}" for name in get_type_hints(part) if name in sealed_names())


@cache
def sealed_names() -> frozenset[str]:
    """The names of all fields that some event seals, such as email."""
    return frozenset(name for category in categories() for stored in category.events for name in stored.personal)


@cache
def sealed_types() -> frozenset[type[Struct]]:
    """The types of the shop's own that some event seals, such as an address."""
    kinds = (stored for category in categories() for stored in category.events if stored.personal)
    return frozenset(found for stored in kinds for found in sealed_by(stored))


def sealed_by(stored: Stored[Any]) -> Iterator[type[Struct]]:
    """The types of an event's personal fields, as far as they are the shop's own."""
    hints = get_type_hints(stored.event)
    for field in stored.personal:
        yield from (each for each in get_args(hints[field]) if issubclass(each, Struct))


def parts(hint: Any, seen: set[Any] | None = None) -> Iterator[type[Struct]]:
    """The messages that a type is made of, itself included."""
    seen = set() if seen is None else seen
    if isinstance(hint, TypeAliasType):
        hint = hint.__value__
    if isinstance(hint, type) and issubclass(hint, Struct):
        if hint not in seen:
            seen.add(hint)
            yield hint
            for each in get_type_hints(hint).values():
                yield from parts(each, seen)
    else:
        for each in get_args(hint):
            yield from parts(each, seen)
