"""How the history of processes is stored, and which commands of persons go there."""

from typing import Any

from eventstore.process import history
from eventstore.schema import Stored
from eventstore.streams import Category


def asks_nobody(fields: dict[str, Any]) -> dict[str, Any]:
    """In its first schema a process could ask nothing of other systems."""
    return fields | {"asks": ()}


PROCESS = Category(
    "process",
    history,
    key="instance",
    commands=(history.RetryCommand, history.SkipCommand, history.CompensateProcess),
    events=(
        Stored("Reacted", history.Reacted, schema=2, upcasters={1: asks_nobody}),
        Stored("RequestAnswered", history.RequestAnswered),
        Stored("CommandRefused", history.CommandRefused),
        Stored("CommandFailed", history.CommandFailed),
        Stored("DeadlineReached", history.DeadlineReached),
        Stored("CommandRetried", history.CommandRetried),
        Stored("CommandSkipped", history.CommandSkipped),
        Stored("CompensationAsked", history.CompensationAsked),
    ),
)

CATEGORIES = (PROCESS,)
