"""How the history of processes is stored, and which commands of persons go there."""

from eventstore.process import history
from eventstore.schema import Stored
from eventstore.streams import Category

PROCESS = Category(
    "process",
    history,
    key="instance",
    commands=(history.RetryCommand, history.SkipCommand, history.CompensateProcess),
    events=(
        Stored("Reacted", history.Reacted),
        Stored("CommandRefused", history.CommandRefused),
        Stored("CommandFailed", history.CommandFailed),
        Stored("DeadlineReached", history.DeadlineReached),
        Stored("CommandRetried", history.CommandRetried),
        Stored("CommandSkipped", history.CommandSkipped),
        Stored("CompensationAsked", history.CompensationAsked),
    ),
)

CATEGORIES = (PROCESS,)
