"""What holds of every aggregate, whatever is asked of it, in whatever order."""

from functools import reduce

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.roles import PROCESS, ROLES, SYSTEMS
from eventstore.messages import OWNER, Command, State
from eventstore.streams import Category, categories
from tests import factories
from tests.orders.domain.anything import Life

EVERY_AGGREGATE = pytest.mark.parametrize("category", categories(), ids=lambda category: str(category.name))
EVERY_COMMAND = pytest.mark.parametrize(
    "command", [command for category in categories() for command in category.commands], ids=lambda kind: kind.__name__
)
OFTEN = settings(max_examples=100, deadline=None)
SEEDS = st.integers(0, 2**32)


@EVERY_AGGREGATE
@given(seed=SEEDS)
@OFTEN
def test_it_decides_or_refuses_and_nothing_else(category: Category, seed: int) -> None:
    life = Life(category, seed)
    assert reduce(category.decider.evolve, life.history, category.decider.initial) == life.state
    assert {type(event) for event in life.history} <= {stored.event for stored in category.events}
    for event in life.history:
        assert msgspec.json.decode(msgspec.json.encode(event), type=type(event)) == event
    if category.state:
        assert msgspec.json.decode(msgspec.json.encode(life.state), type=category.state) == life.state


@EVERY_AGGREGATE
@given(seed=SEEDS)
@OFTEN
def test_a_process_that_asks_again_changes_nothing(category: Category, seed: int) -> None:
    """It crashed after it had asked, and asks once more, under another id."""
    life = Life(category, seed)
    for command in (life.command([kind]) for kind in category.commands if PROCESS in kind.sent_by):
        life.ask(command)
        assert not life.ask(command)


@EVERY_AGGREGATE
def test_no_state_holds_what_is_personal(category: Category) -> None:
    for stored in category.events:
        if stored.personal:
            assert set(stored.personal.values()) == {"customer_id"}
            event = getattr(factories, stored.event.__name__).build()
            state = category.decider.evolve(category.decider.initial, event)
            assert "Vogel" not in repr(state)
            assert "Lindenallee" not in repr(state)
            assert isinstance(state, State)


@EVERY_COMMAND
def test_somebody_may_send_it(command: type[Command]) -> None:
    assert command.sent_by
    assert command.sent_by <= ROLES | SYSTEMS | {OWNER}
    assert command.looked_up <= set(command.__struct_fields__)


@EVERY_COMMAND
def test_it_can_be_made_up(command: type[Command]) -> None:
    assert type(getattr(factories, command.__name__).build()) is command
