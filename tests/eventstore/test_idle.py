"""Who wants nothing of what is new is brought past it at once; whoever wants some of it, or is held, stays."""

import pytest
from django.db import transaction

from eventstore import idle, log, subscriptions
from eventstore.models import Checkpoint
from eventstore.readers import Reader, readers
from eventstore.rest import to_rest
from orders.domain.product import ProductListed
from orders.domain.stock_item import StockReceived
from tests.eventstore.pieces import append_pieces
from tests.eventstore.together import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

TAKEN: list[str] = []


@pytest.fixture(autouse=True)
def _two_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    TAKEN.clear()
    for name, wants in (("idler", ProductListed), ("worker", StockReceived)):
        monkeypatch.setitem(readers(), name, reader(name, wants))
    for name in ("idler", "worker"):
        subscriptions.advance(name)


def reader(name: str, wants: type[ProductListed | StockReceived]) -> Reader:
    """A reader that notes what it was given."""
    return Reader(name, wants=[wants], take=lambda facts: TAKEN.extend(f"{name} {fact.name}" for fact in facts))


def position(name: str) -> int:
    """How far a reader is."""
    return Checkpoint.objects.get(reader=name).position


def pass_by() -> dict[str, int]:
    """Who is past all that is new, and how far each has moved."""
    return idle.pass_by(["idler", "worker"], log.number())


def test_who_wants_nothing_of_it_is_brought_past_it_and_whoever_does_is_not() -> None:
    append_pieces("stock_item-A", 1, 2, 3)
    assert pass_by() == {"idler": 3}
    assert (position("idler"), position("worker"), TAKEN) == (3, 0, [])
    assert to_rest(["idler", "worker"], alone=True) == {"idler": 0, "worker": 3}
    assert TAKEN == ["worker StockReceived"] * 3
    assert pass_by() == {"idler": 0, "worker": 0}


def test_who_wanted_something_once_is_past_it() -> None:
    append_pieces("stock_item-A", 1)
    subscriptions.advance("worker")
    with transaction.atomic():
        append_pieces("other-A", 1)
    Checkpoint.objects.filter(reader="worker").update(position=1)
    assert pass_by() == {"idler": 2}


@pytest.mark.parametrize("held", [{"paused": True}, {"version": 2}])
def test_who_is_paused_or_is_another_versions_stays_where_it_is(held: dict[str, int | bool]) -> None:
    Checkpoint.objects.filter(reader="idler").update(**held)
    append_pieces("stock_item-A", 1)
    assert pass_by() == {}
    assert position("idler") == 0


def test_who_is_moved_by_somebody_else_is_left_to_them() -> None:
    append_pieces("stock_item-A", 1)
    log.number()
    with transaction.atomic():
        Checkpoint.objects.select_for_update().get(reader="idler")
        assert elsewhere(pass_by).result(timeout=10) == {}
    assert pass_by() == {"idler": 1}


def test_who_reads_a_part_only_or_is_far_behind_goes_the_way_of_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    append_pieces("stock_item-A", 1, 2, 3)
    log.number()
    monkeypatch.setattr(idle, "NEAR", 2)
    assert pass_by() == {}
    monkeypatch.setattr(idle, "NEAR", 3)
    part = Reader("idler", wants=[ProductListed], take=lambda _: None, partition=(0, 2))
    monkeypatch.setitem(readers(), "idler", part)
    assert pass_by() == {}
