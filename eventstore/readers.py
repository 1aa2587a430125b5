"""The readers of the log, as the business lists them in the module that settings name."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from eventstore import personal
from eventstore.database import Row
from eventstore.errors import Invalid
from eventstore.messages import Event
from eventstore.models import Checkpoint
from eventstore.order import rows_between
from eventstore.reading import Recorded
from eventstore.streams import stored_as

type Read = Callable[[int, int, Sequence[str] | None, tuple[int, int] | None], list[Row]]


class Reader:
    """Somebody who follows the log: its name, the events it wants, and what it does with a batch of them.

    `take(events)` runs in the transaction that moves the checkpoint, so that its effect on the database happens once.
    It is given `batch` positions of the log at a time, and `seconds` for them. With `partition` (n, of) it reads the
    n-th part of all streams only, by the key behind the category's name. A checkpoint left by another `version`
    is not moved, but that of an older one where the kind of reader `takes_over`. `read` stands for `rows_between`,
    where somebody knows a faster way to the same rows.
    """

    takes_over = False

    def __init__(
        self,
        name: str,
        *,
        wants: Sequence[type[Event]],
        take: Callable[[Sequence[Recorded[Any]]], None],
        batch: int = 2000,
        seconds: float = 30.0,
        version: int = 1,
        partition: tuple[int, int] | None = None,
        read: Read = rows_between,
    ) -> None:
        self.name = name
        self.wants = frozenset(wants)
        self.take = take
        self.batch = batch
        self.seconds = seconds
        self.version = version
        self.partition = partition
        self.read = read

    def beginnings(self) -> list[Checkpoint]:
        """The checkpoint with which it begins, and those of others who begin with it."""
        return [Checkpoint(reader=self.name, version=self.version, erased=personal.erased())]

    def stored_names(self) -> list[str]:
        """The names under which the wanted events are stored."""
        return sorted(stored_as(event).name for event in self.wants)


@cache
def readers() -> dict[str, Reader]:
    """Every reader, by its name."""
    return {reader.name: reader for reader in import_module(settings.EVENTSTORE["SUBSCRIPTIONS"]).READERS}


def reader_named(name: str) -> Reader:
    """The reader of this name."""
    try:
        return readers()[name]
    except KeyError:
        raise Invalid(f"There is no reader {name!r}. There are: {', '.join(sorted(readers()))}.") from None
