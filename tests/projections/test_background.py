"""Rebuilds in the background: asked for by somebody, or by a new version of the code; carried on whatever gets lost."""

import random
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from redis import Redis

from eventstore import log
from eventstore.tasks import tick
from projections import products, tasks
from projections.engine import AnyProjection, background, rebuild, room
from projections.engine.background import TurnOver, ask_for, go_on, outdated, to_go_on_with
from projections.engine.rebuild import Busy, Hindered, cancel, claim, fill
from projections.engine.switch import back
from projections.products import Product
from tests import factories
from tests.celery_room import celery
from tests.eventstore.pieces import METADATA, rows
from tests.eventstore.together import elsewhere
from tests.projections import rooms
from tests.projections.newer_subscriptions import NEWER
from tests.projections.rooms import content, deployed, nobody, tables
from tests.projections.trade import record
from tests.shop import follow

pytestmark = pytest.mark.django_db(transaction=True)
PRODUCTS = products.PROJECTION
WORKER = ("worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle", "--without-heartbeat")
NEXT = "products@projections_next"


@pytest.fixture
def events() -> int:
    """A shop in which something has happened, and which shows it."""
    number = record(random.Random(4), 100)
    follow()
    return number


@pytest.fixture
def _small_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "CHUNK", 20)
    monkeypatch.setattr(background, "TURN", 0)


@pytest.fixture
def _lost_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LOST", timedelta())


def until(seconds: float, what: str, there: Callable[[], bool]) -> None:
    """Wait until something is there."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, f"Not within {seconds} s: {what}"
        time.sleep(0.05)


# With a worker


def test_celery_builds_what_was_asked_for(events: int, worker: None) -> None:
    rows("UPDATE projections_products SET available = 0")
    tasks.rebuild.delay("products", ask_for(PRODUCTS))
    until(20, "the former table", lambda: tables(PRODUCTS) == {room.LIVE, room.FORMER})
    assert content(PRODUCTS) != content(PRODUCTS, room.FORMER)
    assert rooms.checkpoints(PRODUCTS)["products"] == (events, 1, False)


def test_a_new_version_of_the_code_builds_its_table_by_itself(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.projections.newer")
    with celery(*WORKER):
        tasks.renew.delay()
        until(20, "version 2", lambda: rooms.checkpoints(PRODUCTS)["products"][1] == 2)
        log.append([log.New("stock_item-NEW", [factories.StockReceived.build(sku="NEW", quantity=7)])], METADATA)
        tick.delay()
        until(20, "the new product", lambda: Product.objects.filter(sku="NEW").exists())
    assert all(product.name.startswith(f"[{product.sku}]") for product in Product.objects.all())
    assert rooms.checkpoints(PRODUCTS) == {
        "products": (events + 1, 2, False),
        "products@projections_former": (events, 1, False),
    }


# Turns


@pytest.mark.usefixtures("_small_turns")
def test_a_rebuild_takes_turns_with_the_readers_of_the_live_tables(events: int) -> None:
    before = content(PRODUCTS)
    assert ask_for(PRODUCTS) == 0
    *turns, last = range(0, events, 20)
    for position in turns:
        with pytest.raises(TurnOver) as turn:
            go_on(PRODUCTS, position, nobody)
        assert turn.value.position == position + 20
    assert go_on(PRODUCTS, last, nobody)
    assert content(PRODUCTS) == content(PRODUCTS, room.FORMER) == before


@pytest.mark.usefixtures("_small_turns")
def test_any_worker_takes_the_next_turn(events: int) -> None:
    with pytest.raises(TurnOver):
        go_on(PRODUCTS, ask_for(PRODUCTS), nobody)
    with pytest.raises(TurnOver) as turn:
        elsewhere(lambda: go_on(PRODUCTS, 20, nobody)).result(timeout=20)
    assert turn.value.position == 40


@pytest.mark.usefixtures("_small_turns")
def test_a_message_that_comes_twice_or_late_does_nothing(events: int) -> None:
    assert not go_on(PRODUCTS, 0, nobody)
    position = ask_for(PRODUCTS)
    with pytest.raises(TurnOver):
        go_on(PRODUCTS, position, nobody)
    assert not go_on(PRODUCTS, position, nobody)
    assert rooms.checkpoints(PRODUCTS)[NEXT] == (20, 1, False)

    rooms.rebuild(PRODUCTS)
    assert not go_on(PRODUCTS, 20, nobody)
    assert tables(PRODUCTS) == {room.LIVE, room.FORMER}


def test_the_message_of_newer_code_is_left_alone_by_old_code(events: int) -> None:
    position = ask_for(NEWER)
    assert not go_on(PRODUCTS, position, nobody)
    assert rooms.checkpoints(PRODUCTS)[NEXT] == (0, 2, False)


def test_what_somebody_builds_at_a_terminal_is_not_asked_for(events: int) -> None:
    claim(PRODUCTS, room.NEXT)
    with pytest.raises(Busy):
        elsewhere(lambda: ask_for(PRODUCTS)).result(timeout=20)
    assert not go_on(PRODUCTS, 0, nobody)


@pytest.mark.usefixtures("_small_turns", "_lost_at_once")
def test_a_rebuild_that_is_cancelled_as_its_turn_ends_does_not_begin_again(events: int) -> None:
    def call_off(*_: int) -> None:
        assert elsewhere(lambda: cancel(PRODUCTS)).result(timeout=20)

    position = ask_for(PRODUCTS)
    with pytest.raises(TurnOver):
        go_on(PRODUCTS, position, call_off)
    for name, left in to_go_on_with().items():
        assert (name, go_on(PRODUCTS, left, nobody)) == ("products", False)
    assert (tables(PRODUCTS), to_go_on_with()) == ({room.LIVE}, {})


# What gets lost


@pytest.mark.usefixtures("_small_turns", "_lost_at_once")
def test_a_rebuild_whose_message_was_lost_is_rung_for_again(events: int) -> None:
    ask_for(PRODUCTS)
    with pytest.raises(TurnOver):
        go_on(PRODUCTS, 0, nobody)
    Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    assert to_go_on_with() == {"products": 20}


def test_a_rebuild_that_is_expected_to_go_on_is_not_rung_for(events: int) -> None:
    ask_for(PRODUCTS)
    assert to_go_on_with() == {}


@pytest.mark.usefixtures("_lost_at_once")
def test_a_worker_that_was_killed_is_followed_by_another(events: int) -> None:
    def die(*_: int) -> None:
        rows("SELECT pg_terminate_backend(pg_backend_pid())")

    position = ask_for(PRODUCTS)
    with pytest.raises(Exception, match="terminat"):
        elsewhere(lambda: go_on(PRODUCTS, position, die)).result(timeout=20)
    [(name, position)] = to_go_on_with().items()
    assert (name, position) == ("products", events)
    assert go_on(PRODUCTS, position, nobody)


@pytest.mark.usefixtures("_lost_at_once")
def test_a_table_that_could_not_be_exchanged_is_gone_on_with_also_where_there_is_one_worker_only(
    events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hindered(_: AnyProjection) -> None:
        raise Hindered("Somebody reads it all the time.")

    position = ask_for(PRODUCTS)
    with monkeypatch.context() as patch:
        patch.setattr(background, "switch", hindered)
        with pytest.raises(Hindered):
            go_on(PRODUCTS, position, nobody)
    assert to_go_on_with() == {"products": events}
    assert go_on(PRODUCTS, events, nobody)


@pytest.mark.usefixtures("_lost_at_once")
def test_what_somebody_left_at_a_terminal_is_theirs(events: int) -> None:
    elsewhere(lambda: fill(PRODUCTS, room.NEXT, nobody)).result(timeout=20)
    assert to_go_on_with() == {}


# New versions


def test_what_is_outdated_is_begun_once(events: int) -> None:
    assert (outdated(), to_go_on_with()) == ([], {})
    with deployed(NEWER):
        assert outdated() == ["products"]
        assert to_go_on_with() == {"products": 0}
        assert to_go_on_with() == {}
        assert go_on(NEWER, 0, nobody)
        assert (outdated(), to_go_on_with()) == ([], {})


def test_old_code_finds_nothing_outdated_in_a_newer_table(events: int) -> None:
    rooms.rebuild(NEWER)
    assert (outdated(), to_go_on_with()) == ([], {})


def test_a_table_that_somebody_went_back_to_is_not_built_anew(events: int) -> None:
    with deployed(NEWER):
        rooms.rebuild(NEWER)
        back(NEWER)
        assert (outdated(), to_go_on_with()) == ([], {})


def test_a_table_that_has_never_been_filled_is_not_outdated() -> None:
    with deployed(NEWER):
        assert outdated() == []


def test_the_rebuild_of_an_outdated_table_begins_again_after_it_was_cancelled(events: int) -> None:
    with deployed(NEWER):
        to_go_on_with()
        assert cancel(NEWER)
        assert to_go_on_with() == {"products": 0}


def test_an_outdated_table_that_somebody_rebuilds_at_a_terminal_is_left_to_them(events: int) -> None:
    with deployed(NEWER):
        claim(NEWER, room.NEXT)
        assert to_go_on_with() == {}
