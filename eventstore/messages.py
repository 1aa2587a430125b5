"""What the pure parts of the house are made of: commands, events, states, refusals, and the shape of a decider."""

from collections.abc import Sequence
from typing import ClassVar, Protocol, dataclass_transform

import msgspec

# A relation rather than a role: in `Command.sent_by` it stands for "whoever the object belongs to".
OWNER = "owner"


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A frozen value with named fields, read and written as JSON; unknown fields are refused."""


class Command(Message):
    """A request, in the imperative, which the domain may refuse. Nobody may send it unless it says so.

    `looked_up` names the fields that the shop fills in itself, such as the prices of today: they may differ when the
    same command is sent a second time.
    """

    sent_by: ClassVar[frozenset[str]] = frozenset()
    looked_up: ClassVar[frozenset[str]] = frozenset()


class Request(Message):
    """What a process asks of another system. It is kept in plain text, so nothing personal may be in it."""


class Event(Message):
    """Something that has happened, in the past tense."""


class State(Message, tag=True):
    """What an aggregate or a process is now: one small type for each way it can be."""


class Personal(msgspec.Struct, frozen=True):
    """Marks a field of an event as personal data of the person whose id stands in the field `of`.

    Use it as `Annotated[str | None, Personal(of="customer_id")]`. The log keeps such a field encrypted with the
    person's key; once that key is destroyed the field reads as None.
    """

    of: str


class Refused(Exception):
    """A command cannot be done, for a reason that the person on the screen understands.

    `sentence` is a template in English, translated as it stands, and `values` fill it:
    `Refused("There are {left} left.", left=3)`.
    """

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(sentence.format(**values))


class Decider[C, S, E](Protocol):
    """An aggregate: a module with the state it begins in, and the two functions that are all it can do."""

    @property
    def initial(self) -> S: ...

    def decide(self, command: C, state: S, /) -> Sequence[E]:
        """The events that `command` leads to, or Refused."""

    def evolve(self, state: S, event: E, /) -> S:
        """The state after `event`."""
