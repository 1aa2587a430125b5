"""Snapshots: a long stream is loaded from one, and nothing but the time that it takes depends on it."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum, auto
from functools import reduce
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from eventstore import log, snapshots
from eventstore.dispatch import Loaded, load
from eventstore.log import New, append
from eventstore.messages import Event, State
from eventstore.models import Snapshot
from eventstore.schema import Stored
from eventstore.streams import Category
from orders.domain import stock_item
from orders.domain.stock_item import StockItem
from orders.streams import STOCK_ITEM
from tests.eventstore.pieces import METADATA, append_pieces, received
from tests.eventstore.statements import counted

pytestmark = pytest.mark.django_db(transaction=True)

EVERY = 3
STREAM = "stock_item-SKU-1"


def category(decider: Any = stock_item, *, state: Any = StockItem, every: int | None = EVERY, **more: Any) -> Category:
    """Stock items that remember their state often."""
    events = more.get("events", STOCK_ITEM.events)
    return Category("stock_item", decider, key="sku", commands=(), events=events, state=state, snapshot_every=every)


OFTEN, NEVER = category(), category(every=None)


def kept() -> tuple[int, dict[str, Any]]:
    """The version that the only snapshot is of, and what is in it."""
    found = Snapshot.objects.get()
    return found.version, msgspec.json.decode(bytes(found.state))


def test_a_long_stream_is_loaded_from_its_snapshot() -> None:
    append_pieces(STREAM, *range(1, EVERY + 1))
    first = load(OFTEN, STREAM)
    assert (first.version, kept()[0]) == (EVERY, EVERY)

    append_pieces(STREAM, 10)
    with counted() as statements:
        assert load(OFTEN, STREAM).state.on_hand == 16
    assert kept()[0] == EVERY, "too little has come since"
    assert len(statements) == 2

    Snapshot.objects.update(state=msgspec.json.encode(StockItem(on_hand=1000)))
    assert load(OFTEN, STREAM).state.on_hand == 1010, "what came before the snapshot is not read"


def test_a_short_stream_needs_none() -> None:
    append_pieces(STREAM, 1, 2)
    load(OFTEN, STREAM)
    append_pieces(STREAM, *range(20))
    load(NEVER, STREAM)
    assert not Snapshot.objects.exists()


class Deed(Enum):
    """What may happen to a stream and its snapshot."""

    RECEIVE = auto()
    LOAD = auto()
    LOSE = auto()
    SPOIL = auto()
    AGE = auto()


deeds = st.lists(st.sampled_from([Deed.RECEIVE, *Deed]), max_size=40)


@given(deeds=deeds)
@hypothesis_settings(max_examples=60)
def test_whatever_becomes_of_snapshots_the_state_is_that_of_all_events(deeds: list[Deed]) -> None:
    """Kept, lost, spoilt, or of another shape: in the end, what is loaded is what the events say."""
    stream = f"stock_item-{uuid7()}"
    mine = Snapshot.objects.filter(stream=stream)
    for number, deed in enumerate(deeds):
        match deed:
            case Deed.RECEIVE:
                append([New(stream, [received(number)])], METADATA)
            case Deed.LOAD:
                load(OFTEN, stream)
            case Deed.LOSE:
                mine.delete()
            case Deed.SPOIL:
                mine.update(state=b'{"type": "StockItem", "on_hand": "many"}')
            case Deed.AGE:
                mine.update(shape="of yesterday", state=msgspec.json.encode(StockItem(on_hand=-1)))
        assert load(NEVER, stream) == log_says(stream)
    assert load(OFTEN, stream) == load(NEVER, stream) == log_says(stream)


def log_says(stream: str) -> Loaded:
    """The state of a stream by its events alone, and its version."""
    events: list[Any] = [recorded.event for recorded in log.read_stream(stream)]
    return Loaded(reduce(stock_item.evolve, events, stock_item.initial), len(events))


def test_an_older_snapshot_takes_no_later_ones_place() -> None:
    append_pieces(STREAM, *range(EVERY))
    load(OFTEN, STREAM)
    snapshots.keep(OFTEN, STREAM, StockItem(on_hand=-1), EVERY - 1)
    assert kept() == (EVERY, {"type": "StockItem", "on_hand": 3, "claims": {}, "deeds": []})


# Another shape


class Counted(State):
    """Stock as it is kept after a change: with the number of deliveries."""

    on_hand: int
    deliveries: int = 0


class CountingStock:
    """A decider that keeps more than the one before."""

    __name__ = stock_item.__name__
    initial = Counted(on_hand=0)

    def evolve(self, state: Counted, event: Any) -> Counted:
        """One delivery more."""
        return Counted(on_hand=state.on_hand + event.quantity, deliveries=state.deliveries + 1)


def test_when_the_states_shape_changes_what_was_kept_is_dropped() -> None:
    append_pieces(STREAM, 1, 2, 3)
    load(OFTEN, STREAM)
    changed = category(CountingStock(), state=Counted)
    assert load(changed, STREAM).state == Counted(on_hand=6, deliveries=3)
    assert kept() == (3, {"type": "Counted", "on_hand": 6, "deliveries": 3})
    assert load(OFTEN, STREAM).state == StockItem(on_hand=6), "the former code comes back, too"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small domain on the disk, whose decider leaves the work to a module beside it."""
    domain = tmp_path / "house" / "domain"
    (domain / "thing").mkdir(parents=True)
    for package in (domain.parent, domain):
        (package / "__init__.py").touch()
    (domain / "thing" / "__init__.py").write_text("from house.domain.thing.growing import evolve\n")
    (domain / "thing" / "growing.py").write_text("def evolve(state, event):\n    return state\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield domain
    for name in [name for name in sys.modules if name.partition(".")[0] == "house"]:
        del sys.modules[name]


def test_the_shape_is_that_of_all_code_around_the_decider(house: Path) -> None:
    thing = importlib.import_module("house.domain.thing")
    before = snapshots.shape(category(thing))
    assert snapshots.shape(category(thing)) == before
    (house / "thing" / "growing.py").write_text("def evolve(state, event):\n    return None\n")
    assert snapshots.shape(category(thing)) != before


def test_the_shape_is_that_of_the_code_with_which_the_process_began() -> None:
    code = (
        "import django; django.setup(); from eventstore import snapshots, streams;"
        "print([category.name for category in streams.categories() if category.snapshot_every],"
        " snapshots.shape.cache_info().currsize)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["['stock_item']", "1"]


def test_the_shape_is_that_of_the_upcasters_too() -> None:
    class Grown(Event):
        by: int

    def one(fields: dict[str, Any]) -> dict[str, Any]:
        return fields

    def other(fields: dict[str, Any]) -> dict[str, Any]:
        return fields | {"by": 1}

    shapes = {
        snapshots.shape(category(events=[Stored("Grown", Grown, schema=2, upcasters={1: upcaster})]))
        for upcaster in (one, other)
    }
    assert len(shapes) == 2


def test_what_is_personal_never_lies_open_in_a_snapshot() -> None:
    from accounts.streams import CUSTOMER

    with pytest.raises(ValueError, match="what is personal in its events would lie open in a snapshot"):
        category(events=CUSTOMER.events)
