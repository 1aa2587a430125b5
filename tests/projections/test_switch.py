"""A table that was built is put in place of the live one, and the former one back."""

import threading
from collections.abc import Iterator

import pytest
from django.db import transaction

from eventstore import log
from eventstore.models import Checkpoint
from eventstore.subscriptions import advance
from projections.engine import room, switch
from projections.engine.rebuild import Hindered, clean, fill
from projections.engine.switch import back
from projections.products import Product
from tests.eventstore.pieces import append_pieces, make_newer, rows
from tests.eventstore.together import elsewhere, until_blocked
from tests.projections import rooms
from tests.projections.building import FORMER, LIVE, PRODUCTS, WAITED_FOR, receive
from tests.projections.rooms import content, deployed, nobody, other, tables
from tests.shop import follow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_small_steps")]


def test_back_puts_the_former_table_in_place_as_it_was_left(events: int) -> None:
    before = content(PRODUCTS)
    newer = other(PRODUCTS, version=2, project=lambda *about: Product(sku=about[2], name="wrong"))
    with deployed(newer):
        rooms.rebuild(newer)
        assert content(PRODUCTS) != before

        back(newer)
        assert content(PRODUCTS) == before
        assert rooms.checkpoints(PRODUCTS) == {LIVE: (events, 1, True), FORMER: (events, 2, False)}
        receive("NEW")
        assert advance("products") == 0

        rooms.rebuild(newer)
        assert rooms.checkpoints(PRODUCTS)[LIVE] == (events + 1, 2, False)


def test_back_to_a_table_of_this_version_shows_what_has_happened_since(events: int) -> None:
    rooms.rebuild(PRODUCTS)
    receive("NEW", 3)
    follow()
    now = content(PRODUCTS)

    back(PRODUCTS)

    assert content(PRODUCTS) == now
    receive("NEW", 4)
    follow()
    assert Product.objects.get(sku="NEW").available == 7
    back(PRODUCTS)
    follow()
    assert Product.objects.get(sku="NEW").available == 7


def test_back_needs_a_former_table(events: int) -> None:
    with pytest.raises(Hindered, match=r"^There is no former table of products to go back to\.$"):
        back(PRODUCTS)


def test_no_former_table_takes_the_place_of_one_that_shows_what_only_newer_code_knows(events: int) -> None:
    rooms.rebuild(PRODUCTS)
    receive("BEFORE", 3)
    [newer] = append_pieces("stock_item-NEW", 1)
    receive("AFTER", 3)
    follow()
    make_newer(newer)
    before = content(PRODUCTS)
    with pytest.raises(Hindered, match=r"^The log holds what only newer code knows"):
        back(PRODUCTS)
    assert content(PRODUCTS) == before


def test_no_table_takes_the_place_of_one_that_shows_what_only_newer_code_knows(events: int) -> None:
    fill(PRODUCTS, room.NEXT, nobody)
    make_newer(append_pieces("stock_item-NEW", 1)[0])
    Checkpoint.objects.filter(reader=LIVE).update(position=log.number())  # by newer code
    before = content(PRODUCTS)
    with pytest.raises(Hindered, match=r"^The log holds what only newer code knows, so products is not rebuilt here\."):
        switch.switch(PRODUCTS)
    assert content(PRODUCTS) == before
    assert tables(PRODUCTS) == {room.LIVE, room.NEXT}


def test_what_was_kept_can_be_dropped(events: int) -> None:
    rooms.rebuild(PRODUCTS)
    fill(PRODUCTS, room.THEN, nobody, until=10)
    assert clean(PRODUCTS) == [room.FORMER, room.THEN]
    assert tables(PRODUCTS) == {room.LIVE}
    assert rooms.checkpoints(PRODUCTS).keys() == {LIVE}
    assert clean(PRODUCTS) == []


def test_what_an_operator_has_paused_stays_paused(events: int) -> None:
    Checkpoint.objects.filter(reader="products").update(paused=True)
    receive("NEW")
    rooms.rebuild(PRODUCTS)
    assert rooms.checkpoints(PRODUCTS)[LIVE] == (events + 1, 1, True)


@pytest.fixture
def a_long_look() -> Iterator[threading.Event]:
    """Somebody reads the live table, and does not end before they are told to."""
    begun, over = threading.Event(), threading.Event()

    def look() -> None:
        with transaction.atomic():
            list(Product.objects.all())
            begun.set()
            over.wait(20)

    looking = elsewhere(look)
    assert begun.wait(20)
    yield over
    over.set()
    looking.result(timeout=20)


def test_the_switch_waits_for_a_long_look_and_lets_others_look_meanwhile(
    events: int, a_long_look: threading.Event
) -> None:
    fill(PRODUCTS, room.NEXT, nobody)
    switching = threading.Timer(0.3, a_long_look.set)
    switching.start()
    looks = elsewhere(lambda: [Product.objects.count() for _ in range(50)])
    switch.switch(PRODUCTS)
    assert set(looks.result(timeout=20)) == {content(PRODUCTS)[0]}
    assert a_long_look.is_set()


def test_the_switch_gives_up_where_a_look_never_ends(
    events: int, a_long_look: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "PERSISTENCE", 0.1)
    before = rooms.checkpoints(PRODUCTS)
    fill(PRODUCTS, room.NEXT, nobody)
    with pytest.raises(Hindered, match="Somebody has been reading or vacuuming products for too long"):
        switch.switch(PRODUCTS)
    assert tables(PRODUCTS) == {room.LIVE, room.NEXT}
    assert rooms.checkpoints(PRODUCTS)[LIVE] == before[LIVE]


@pytest.mark.parametrize("place", [room.LIVE, room.NEXT, room.FORMER])
def test_the_switch_waits_for_a_vacuum_of_any_table_until_it_ends_and_lets_everybody_else_read_and_write(
    events: int, place: str
) -> None:
    rooms.rebuild(PRODUCTS)
    full, begun = threading.Event(), threading.Event()

    def rebuild_meanwhile() -> None:
        fill(PRODUCTS, room.NEXT, nobody)
        full.set()
        begun.wait(20)
        switch.switch(PRODUCTS)

    rebuilding = elsewhere(rebuild_meanwhile)
    assert full.wait(20)
    table = f"{place}.{PRODUCTS.model._meta.db_table}"
    with transaction.atomic():
        rows(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE")  # which is all that a vacuum needs
        begun.set()
        until_blocked()
        assert rows(WAITED_FOR) == [("ShareUpdateExclusiveLock",)]
        rows("SET LOCAL lock_timeout TO '1ms'")
        assert Product.objects.update(name="Read and written meanwhile") == Product.objects.count()
    rebuilding.result(timeout=20)
    assert tables(PRODUCTS) == {room.LIVE, room.FORMER}
    assert not Product.objects.filter(name="Read and written meanwhile").exists()
