"""Effects: what processes ask of other systems, which are late, say things twice, lose their answers, and lie."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings

from eventstore.errors import Invalid
from eventstore.messages import Command, Request


class Unanswered(Exception):
    """Nobody knows whether the request took effect: it may have arrived. It is asked about before it is made again."""


class NotSent(Exception):
    """The request has surely not arrived. It is made again later."""


class System(Protocol):
    """Another system, as an adapter speaks to it. It is given a request and the key by which the system knows it again.

    `role` is the one in which its answers are sent. Every call has to end by itself well within the lease. Whatever
    else `ask` or `find_out` raise has a person look at it.
    """

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def requests(self) -> Sequence[type[Request]]: ...

    def ask(self, request: Request, key: UUID, /) -> Sequence[Command]:
        """Ask the system; its answer, as commands. Unanswered, or NotSent."""

    def find_out(self, request: Request, key: UUID, /) -> Sequence[Command] | None:
        """What the system knows of a request that may have arrived, as commands; None where it surely has not."""

    def unknown(self, request: Request, /) -> Sequence[Command]:
        """What the business is told while nobody knows what became of a request."""


@cache
def systems() -> dict[str, System]:
    """Every system that this installation is connected to, by its name."""
    return {each.name: each for each in import_module(settings.EVENTSTORE["SYSTEMS"]).SYSTEMS}


def system_named(name: str) -> System:
    """The system of this name."""
    try:
        return systems()[name]
    except KeyError:
        there = ", ".join(sorted(systems())) or "none"
        raise Invalid(f"No system {name!r} is connected. There are: {there}.") from None


def request_named(system: System, name: str) -> type[Request]:
    """The request of this name that a system takes."""
    for request in system.requests:
        if request.__name__ == name:
            return request
    raise Invalid(f"Nothing like {name} can be asked of {system.name}.")
