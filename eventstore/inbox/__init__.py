"""Inbox: what other systems tell us of their own accord: looked at closely, kept once, and worked on afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Literal, NamedTuple, Protocol

from django.conf import settings

from eventstore.messages import Command, Message

# How old a letter may be, or how far ahead of us its sender's clock; by our real clock, which nobody moves.
WINDOW = timedelta(minutes=5)

type Fault = Literal["forged", "stale", "altered", "unreadable"]


class Letter(NamedTuple):
    """What came in: the path it was sent to, its headers in lower case, its body as it came, and when it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    came_at: datetime


class Notice(NamedTuple):
    """What a letter says, nothing personal in it, by its sender's `id`. What is `about` one thing keeps its order."""

    id: str
    about: str
    said: Message


class Suspicious(Exception):
    """A letter is not what it ought to be, and is not kept."""

    def __init__(self, fault: Fault, sentence: str) -> None:
        self.fault = fault
        super().__init__(sentence)


class NotYet(Exception):
    """Nothing can be made of a notice now, and perhaps later: something has not happened here that it builds upon."""


class Sender(Protocol):
    """Another system that writes to us. `role` is the one in which is sent what its notices ask for."""

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def says(self) -> Sequence[type[Message]]: ...

    def read(self, letter: Letter, /) -> Notice | None:
        """What a letter says; None where that is nothing to us. Suspicious, unless it proves who has sent it."""

    def heed(self, said: Message, /) -> Sequence[Command]:
        """What is to be done about a notice. NotYet where that cannot be said now."""


@cache
def senders() -> dict[str, Sender]:
    """Every system that writes to us, by its name."""
    return {each.name: each for each in getattr(import_module(settings.EVENTSTORE["SYSTEMS"]), "SENDERS", ())}
