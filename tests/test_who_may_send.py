"""Who may send which command: each of them, in each role, for objects of one's own and of others."""

import ast
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from accounts.domain.roles import CUSTOMER, OPERATORS, ROLES, SYSTEMS
from config.services.place import PROJECT
from eventstore import dispatch as dispatching
from eventstore.dispatch import Actor, Loaded, rehearse
from eventstore.errors import Forbidden
from eventstore.messages import OWNER, Command
from eventstore.process import history
from eventstore.streams import Category, categories
from tests import factories

EVERY_COMMAND = [(category, kind) for category in categories() for kind in category.commands]
OF_AN_OWNER = [(category, kind) for category, kind in EVERY_COMMAND if OWNER in kind.sent_by]
# With which the life of something that belongs to a customer begins, where its first command does not say so itself.
BEGINNINGS: dict[str, Any] = {"order": factories.OrderPlaced, "customer": factories.CustomerRegistered}
CLARA, OLAF = UUID(int=0xC1A7A), UUID(int=0x01AF)
NOBODY = Actor("nobody")


def named(value: object) -> str:
    """A category or a command by its name."""
    return value.name if isinstance(value, Category) else getattr(value, "__name__", str(value))


def those(commands: list[tuple[Category, type[Command]]]) -> pytest.MarkDecorator:
    """A test for each of these commands."""
    return pytest.mark.parametrize(("category", "kind"), commands, ids=named)


class Desk:
    """Stands in for the log: counts how often something was loaded, and what it is then."""

    def __init__(self, loaded: Any) -> None:
        self.loaded = loaded
        self.asked = 0

    def load(self, _category: Category, _stream: str) -> Loaded:
        """What is there."""
        self.asked += 1
        return Loaded(self.loaded, 1)


def of_clara(category: Category, kind: type[Command]) -> tuple[Command, Any]:
    """A command for something of Clara's, and what that is now."""
    factory = getattr(factories, kind.__name__)
    ours = {"customer_id": CLARA} if "customer_id" in kind.__struct_fields__ else {}
    begin = BEGINNINGS.get(category.name)
    events = [begin.build(customer_id=CLARA)] if begin else []
    return factory.build(**ours), reduce(category.decider.evolve, events, category.decider.initial)


def may(command: Command, actor: Actor) -> bool:
    """Whether the command was let through; what the domain then says is another matter."""
    try:
        rehearse(command, actor=actor)
    except Forbidden:
        return False
    return True


@those(EVERY_COMMAND)
def test_a_command_says_who_may_send_it(category: Category, kind: type[Command]) -> None:
    assert kind.sent_by, f"Say beside the fields of {kind.__name__} who may send it: sent_by = frozenset({{…}})."
    assert kind.sent_by <= ROLES | SYSTEMS | {OWNER}, f"{kind.__name__}: nobody has such a role."
    if OWNER in kind.sent_by:
        assert category.owner, f"{kind.__name__} is for owners, but {category.name} in streams.py does not say whose."


@pytest.mark.parametrize("role", [*sorted(ROLES | SYSTEMS), ""])
@those(EVERY_COMMAND)
def test_who_may_by_their_role(
    category: Category, kind: type[Command], role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, there = of_clara(category, kind)
    desk = Desk(there)
    monkeypatch.setattr(dispatching, "load", desk.load)
    somebody = Actor(str(OLAF), frozenset({role} - {""}))
    assert may(command, somebody) == (role in kind.sent_by)
    if role not in kind.sent_by and OWNER not in kind.sent_by:
        assert desk.asked == 0, "who may not is turned away before anything is loaded"


@those(OF_AN_OWNER)
def test_who_may_as_the_owner(category: Category, kind: type[Command], monkeypatch: pytest.MonkeyPatch) -> None:
    command, there = of_clara(category, kind)
    monkeypatch.setattr(dispatching, "load", Desk(there).load)
    customer = frozenset({CUSTOMER})
    assert may(command, Actor(str(CLARA), customer)), f"Clara may not; does BEGINNINGS know {category.name}?"
    assert not may(command, Actor(str(OLAF), customer))
    assert not may(command, NOBODY)


def test_somebody_elses_object_is_asked_for_before_anything_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    for category, kind in OF_AN_OWNER:
        command, there = of_clara(category, kind)
        monkeypatch.setattr(dispatching, "load", Desk(there).load)
        monkeypatch.setattr(category.decider, "decide", pytest.fail)
        assert not may(command, Actor(str(OLAF), frozenset({CUSTOMER})))


def test_the_log_names_no_role_in_which_people_work() -> None:
    named = {
        f"{file.relative_to(PROJECT)}: {node.value}"
        for file in (PROJECT / "eventstore").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and node.value in ROLES
    }
    assert named == set()


def test_where_the_settings_name_nobody_nobody_steers_a_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert history.operators() == OPERATORS
    settings.EVENTSTORE = {name: value for name, value in settings.EVENTSTORE.items() if name != "OPERATORS"}
    assert history.operators() == frozenset()
    command = factories.RetryCommand.build()
    monkeypatch.setattr(type(command), "sent_by", history.operators())
    assert not may(command, Actor("somebody", ROLES | SYSTEMS))


def test_who_says_nothing_lets_nobody() -> None:
    class Unsaid(Command):
        pass

    for role in ROLES | SYSTEMS:
        with pytest.raises(Forbidden):
            dispatching.ask_role(Unsaid(), Actor("somebody", frozenset({role})))
