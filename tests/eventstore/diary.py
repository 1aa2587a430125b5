"""A diary: a reader that writes down each event it takes, in the transaction that moves its checkpoint."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eventstore import subscriptions
from eventstore.log import Recorded
from eventstore.models import Checkpoint, Parked
from eventstore.readers import Reader, readers
from orders.domain.stock_item import StockReceived
from tests.eventstore.pieces import rows

NAME = "diary"
POISON = 13  # pieces that nobody can take

type Facts = Sequence[Recorded[Any]]


def nothing(_: Facts) -> None:
    """Nothing comes in between."""


class Diary:
    """What was written down, in the order in which it was; and what was set aside."""

    def __init__(self) -> None:
        self.before: Callable[[Facts], None] = nothing

    def take(self, facts: Facts) -> None:
        """Write the events down, one by one; there is no way to write down POISON."""
        self.before(facts)
        for fact in facts:
            if fact.event.quantity == POISON:
                raise ValueError(f"{POISON} pieces are bad luck")
            rows("INSERT INTO diary (stream, version) VALUES (%s, %s)", fact.stream, fact.version)

    def advance(self) -> int:
        """Bring it up to the end of the log."""
        return subscriptions.advance(NAME)

    @property
    def entries(self) -> list[tuple[str, int]]:
        """Stream and version of each event that took effect, in order."""
        return [(stream, version) for stream, version in rows("SELECT stream, version FROM diary ORDER BY entry")]

    @property
    def parked(self) -> list[tuple[str, str]]:
        """The stream of each event that was set aside, and why, in the log's order."""
        return list(Parked.objects.filter(reader=NAME).order_by("position").values_list("stream", "error"))

    @property
    def position(self) -> int:
        """How far the reader has come."""
        return Checkpoint.objects.get(reader=NAME).position


@contextmanager
def kept(batch: int) -> Iterator[Diary]:
    """A diary that follows the log in batches of this size, as long as the block runs."""
    diary = Diary()
    rows("CREATE TABLE diary (entry bigint GENERATED ALWAYS AS IDENTITY, stream text, version integer)")
    readers()[NAME] = Reader(NAME, wants=[StockReceived], take=diary.take, batch=batch)
    try:
        yield diary
    finally:
        del readers()[NAME]
        rows("DROP TABLE diary")
