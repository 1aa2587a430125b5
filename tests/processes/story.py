"""The language of processes: given what has happened, when this happens, then that is to be done. No database here."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from eventstore.messages import Command, Event
from eventstore.process import Do, Policy, Send

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Story:
    """`Story(prepaid).given(placed, reserved).when(authorized).then(Send(ConfirmOrder(…)), …)`."""

    def __init__(self, policy: Policy[Any, Any]) -> None:
        self.policy = policy
        self.state = policy.initial
        self.at = NOON
        self.todo: Sequence[Do] = ()

    def given(self, *events: Event) -> Self:
        """These events have happened, a minute after each other."""
        for event in events:
            self.when(event)
        return self

    def when(self, event: Event) -> Self:
        """This happens."""
        self.at += timedelta(minutes=1)
        before, self.state = self.state, self.policy.evolve(self.state, event)
        self.todo = self.policy.react(before, event, self.state, self.at)
        return self

    def then(self, *todo: Do | Command) -> None:
        """Exactly this is to be done."""
        assert list(self.todo) == [Send(each) if isinstance(each, Command) else each for each in todo]
