"""A read model is built anew beside the live one: what comes of it, and what cannot come in between."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from psycopg.errors import DiskFull

from eventstore.subscriptions import advance
from projections.engine import projections, rebuild, room, switch
from projections.engine.rebuild import Busy, Cancelled, Hindered, cancel, claim, fill
from projections.engine.switch import back
from projections.products import Product
from tests.eventstore.pieces import rows
from tests.eventstore.together import elsewhere
from tests.projections import rooms
from tests.projections.building import FORMER, LIVE, NEXT, PRODUCTS, once, receive
from tests.projections.rooms import content, deployed, nobody, other, parked, tables
from tests.shop import follow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_small_steps")]


# What comes of it


@pytest.mark.parametrize("name", sorted(projections()))
def test_what_is_built_anew_is_what_was_there(events: int, name: str) -> None:
    projection = projections()[name]
    before, searchable = content(projection), rooms.indexes(projection)

    rooms.rebuild(projection)

    assert content(projection) == content(projection, room.FORMER) == before
    assert before[0] > 0
    assert rooms.indexes(projection) == searchable
    assert rooms.checkpoints(projection) == {
        name: (events, projection.version, False),
        f"{name}@projections_former": (events, projection.version, False),
    }
    assert tables(projection) == {room.LIVE, room.FORMER}


def test_a_table_that_was_wrong_is_right_afterwards(events: int) -> None:
    right = content(PRODUCTS)
    rows("UPDATE projections_products SET available = available + 1")
    rooms.rebuild(PRODUCTS)
    assert content(PRODUCTS) == right != content(PRODUCTS, room.FORMER)


def test_the_live_table_serves_meanwhile_and_what_happens_meanwhile_is_in_the_new_one(events: int) -> None:
    seen = []

    def meanwhile() -> None:
        receive("NEW", 7)
        follow()
        seen.append(Product.objects.get(sku="NEW").available)
        receive("NEW", 4)

    fill(PRODUCTS, room.NEXT, once(meanwhile))
    switch.switch(PRODUCTS)

    assert seen == [7]
    assert Product.objects.get(sku="NEW").available == 11
    follow()
    assert Product.objects.get(sku="NEW").available == 11


def test_a_table_never_goes_back_in_time(events: int) -> None:
    fill(PRODUCTS, room.NEXT, nobody)
    receive("NEW", 7)
    follow()
    switch.switch(PRODUCTS)
    assert Product.objects.get(sku="NEW").available == 7


def test_an_empty_log_makes_an_empty_table() -> None:
    rooms.rebuild(PRODUCTS)
    assert content(PRODUCTS)[0] == 0
    receive("NEW")
    follow()
    assert content(PRODUCTS)[0] == 1


# Who builds


def test_only_one_builds_and_whoever_comes_second_is_told_and_hinders_nobody(events: int) -> None:
    said = []

    def second(*_: int) -> None:
        with pytest.raises(Busy) as busy:
            elsewhere(lambda: fill(PRODUCTS, room.NEXT, nobody)).result(timeout=20)
        said.append(str(busy.value))

    before = content(PRODUCTS)
    fill(PRODUCTS, room.NEXT, second)
    switch.switch(PRODUCTS)

    assert content(PRODUCTS) == before
    assert all(text.startswith("products is being rebuilt since ") for text in said)
    assert "position 20." in said[0]


def test_one_who_is_killed_is_followed_by_another_who_goes_on(events: int) -> None:
    def die() -> None:
        rows("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        elsewhere(lambda: fill(PRODUCTS, room.NEXT, once(die))).result(timeout=20)
    assert rooms.checkpoints(PRODUCTS)[NEXT] == (20, 1, False)

    positions: list[int] = []
    fill(PRODUCTS, room.NEXT, lambda position, _: positions.append(position))
    switch.switch(PRODUCTS)
    assert positions[0] == 40
    assert content(PRODUCTS) == content(PRODUCTS, room.FORMER)


def test_one_who_stops_lets_go_at_once_although_the_session_stays(events: int) -> None:
    class Stopped(Exception):
        """Ctrl-C, or whatever else."""

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        fill(PRODUCTS, room.NEXT, once(stop))
    elsewhere(lambda: rooms.rebuild(PRODUCTS)).result(timeout=20)
    assert content(PRODUCTS) == content(PRODUCTS, room.FORMER)


@pytest.mark.parametrize("how_far", ["begun", "finished"])
def test_one_who_was_given_up_is_not_in_the_way_of_the_other(
    events: int, monkeypatch: pytest.MonkeyPatch, how_far: str
) -> None:
    before = content(PRODUCTS)
    monkeypatch.setattr(rebuild, "is_held", lambda _: False)

    def overtake() -> None:
        deed = (lambda: claim(PRODUCTS, room.NEXT)) if how_far == "begun" else (lambda: rooms.rebuild(PRODUCTS))
        elsewhere(deed).result(timeout=20)

    with pytest.raises(Busy, match="Somebody else has taken over the rebuild of products"):
        fill(PRODUCTS, room.NEXT, once(overtake))

    assert content(PRODUCTS) == before
    assert tables(PRODUCTS) == {room.LIVE, room.NEXT if how_far == "begun" else room.FORMER}


def test_two_who_begin_at_the_same_moment_make_one_table(events: int) -> None:
    before, start = content(PRODUCTS), threading.Barrier(2)

    def build() -> bool:
        start.wait()
        try:
            rooms.rebuild(PRODUCTS)
        except Hindered:
            return False
        return True

    done = [future.result(timeout=30) for future in [elsewhere(build), elsewhere(build)]]
    assert any(done)
    assert content(PRODUCTS) == before
    assert tables(PRODUCTS) == {room.LIVE, room.FORMER}


def test_a_rebuild_whose_table_is_taken_away_never_writes_into_the_live_one(events: int) -> None:
    before = content(PRODUCTS)
    receive("NEW")

    with pytest.raises((DatabaseError, Hindered)):
        fill(PRODUCTS, room.NEXT, once(lambda: rows("DROP TABLE projections_next.projections_products")))

    assert content(PRODUCTS) == before


# Calling it off


def test_a_cancelled_rebuild_leaves_no_trace(events: int) -> None:
    before = content(PRODUCTS)
    with pytest.raises(Cancelled, match=r"^The rebuild of products was cancelled\. The live table is as it was\.$"):
        fill(PRODUCTS, room.NEXT, once(lambda: elsewhere(lambda: cancel(PRODUCTS)).result(timeout=20)))
    assert content(PRODUCTS) == before
    assert tables(PRODUCTS) == {room.LIVE}
    assert rooms.checkpoints(PRODUCTS).keys() == {LIVE}


def test_a_rebuild_that_is_cancelled_when_it_is_full_is_not_switched(events: int) -> None:
    rows("UPDATE projections_products SET available = 1")
    before = content(PRODUCTS)
    fill(PRODUCTS, room.NEXT, nobody)
    assert elsewhere(lambda: cancel(PRODUCTS)).result(timeout=20)
    with pytest.raises(Cancelled):
        switch.switch(PRODUCTS)
    assert content(PRODUCTS) == before
    assert tables(PRODUCTS) == {room.LIVE}


def test_a_rebuild_that_nobody_holds_is_cancelled_at_once(events: int) -> None:
    elsewhere(lambda: claim(PRODUCTS, room.NEXT)).result(timeout=20)
    assert tables(PRODUCTS) == {room.LIVE, room.NEXT}
    assert cancel(PRODUCTS)
    assert tables(PRODUCTS) == {room.LIVE}
    assert not cancel(PRODUCTS)


# Versions


def test_old_code_does_not_move_a_newer_table_nor_new_code_an_older_one(events: int) -> None:
    newer = other(PRODUCTS, version=2)
    with deployed(newer):
        receive("NEW", 1)
        assert advance("products") == 0
        rooms.rebuild(newer)
        receive("NEW", 2)
        assert advance("products") == 1
    assert Product.objects.get(sku="NEW").available == 3
    receive("NEW", 4)
    assert advance("products") == 0
    assert rooms.checkpoints(PRODUCTS)[LIVE] == (events + 2, 2, False)


def test_the_old_code_moves_its_table_until_the_switch(events: int) -> None:
    newer = other(PRODUCTS, version=2)

    def old_code_at_work() -> None:
        receive("NEW", 1)
        assert advance("products") == 1

    fill(newer, room.NEXT, once(old_code_at_work))
    switch.switch(newer)
    assert Product.objects.get(sku="NEW").available == 1


def test_old_code_does_not_go_on_with_the_rebuild_of_newer_code(events: int) -> None:
    elsewhere(lambda: claim(other(PRODUCTS, version=2), room.NEXT)).result(timeout=20)
    with pytest.raises(Busy, match=r"^products is being rebuilt by version 2 of the code\.$"):
        fill(PRODUCTS, room.NEXT, nobody)


def test_newer_code_begins_a_rebuild_of_older_code_anew(events: int) -> None:
    fill(PRODUCTS, room.NEXT, nobody)
    positions: list[int] = []
    fill(other(PRODUCTS, version=2), room.NEXT, lambda position, _: positions.append(position))
    assert positions[0] == 20


def test_a_table_never_goes_back_a_version(events: int) -> None:
    rooms.rebuild(other(PRODUCTS, version=2))
    before = content(PRODUCTS)
    with pytest.raises(Hindered, match=r"^The table of products is of version 2, and this code of version 1\."):
        fill(PRODUCTS, room.NEXT, nobody)
    assert content(PRODUCTS) == before
    assert tables(PRODUCTS) == {room.LIVE, room.FORMER}


# Trouble


def test_a_missing_table_is_said(events: int) -> None:
    rows("ALTER TABLE projections_products RENAME TO elsewhere")
    try:
        with pytest.raises(Hindered, match=r"^The table projections_products is missing\. Run manage\.py migrate\.$"):
            fill(PRODUCTS, room.NEXT, nobody)
    finally:
        rows("ALTER TABLE elsewhere RENAME TO projections_products")
    assert tables(PRODUCTS) == {room.LIVE}


def fill_the_disk() -> None:
    """From now on there is no room for another row of the new table."""
    rows(
        "CREATE FUNCTION projections_next.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE SQLSTATE '53100' USING MESSAGE = 'could not extend file: No space left on device'; END $$"
    )
    rows(
        "CREATE TRIGGER no_room BEFORE INSERT ON projections_next.projections_products"
        " FOR EACH ROW EXECUTE FUNCTION projections_next.no_room()"
    )


def test_a_full_disk_ends_a_rebuild_which_goes_on_once_there_is_room_again(events: int) -> None:
    before = content(PRODUCTS)
    with pytest.raises(OperationalError) as full:
        fill(PRODUCTS, room.NEXT, once(fill_the_disk))
    assert isinstance(full.value.__cause__, DiskFull)
    assert content(PRODUCTS) == before
    assert parked(PRODUCTS) == {}

    rows("DROP FUNCTION projections_next.no_room CASCADE")
    rooms.rebuild(PRODUCTS)
    assert content(PRODUCTS) == content(PRODUCTS, room.FORMER) == before


def test_what_cannot_be_taken_is_parked_and_moves_along(events: int) -> None:
    def project(row: Product | None, fact: Any, sku: str) -> Product | None:
        if sku == "BAD":
            raise ValueError("bad")
        return PRODUCTS.project(row, fact, sku)

    receive("BAD")
    receive("BAD")
    follow()
    before = content(PRODUCTS)
    worse = other(PRODUCTS, version=2, project=project)
    fill(worse, room.NEXT, nobody)
    assert parked(PRODUCTS) == {NEXT: ["stock_item-BAD"] * 2}
    switch.switch(worse)

    assert parked(PRODUCTS) == {LIVE: ["stock_item-BAD"] * 2}
    assert content(PRODUCTS)[0] == before[0] - 1

    back(PRODUCTS)
    assert parked(PRODUCTS) == {FORMER: ["stock_item-BAD"] * 2}
    assert content(PRODUCTS) == before
