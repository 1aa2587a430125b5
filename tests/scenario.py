"""The tests' own language: given what has happened, when somebody asks, then this happens, or it is refused."""

from collections.abc import Sequence
from functools import reduce
from typing import Any, Self

import pytest

from eventstore.messages import Command, Decider, Event, Refused


class Scenario:
    """`Scenario(order).given(placed).when(CancelOrder(…)).then(cancelled)`, with no database in sight."""

    def __init__(self, decider: Decider[Any, Any, Any]) -> None:
        self.decider = decider
        self.state = decider.initial
        self.command: Command | None = None

    def given(self, *events: Event) -> Self:
        """These events have happened."""
        self.state = reduce(self.decider.evolve, events, self.state)
        return self

    def when(self, command: Command) -> Self:
        """Somebody asks for this."""
        self.command = command
        return self

    def then(self, *events: Event) -> None:
        """Exactly these events happen."""
        assert self._decided() == list(events)

    def refused(self, sentence: str) -> None:
        """Nothing happens, and this is what the person on the screen reads."""
        with pytest.raises(Refused) as refused:
            self._decided()
        assert str(refused.value) == sentence

    def _decided(self) -> Sequence[Event]:
        assert self.command is not None, "when(…) says what is asked for."
        return list(self.decider.decide(self.command, self.state))
