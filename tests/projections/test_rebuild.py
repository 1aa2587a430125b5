"""A read model is built anew beside the live one: what comes of it, and what cannot come in between."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, transaction
from django.db.migrations import CreateModel, Migration
from psycopg.errors import DiskFull

from eventstore import log
from eventstore.models import Checkpoint
from eventstore.subscriptions import advance
from projections import products
from projections.apps import leave_to_rebuilds
from projections.engine import projection_named, projections, rebuild, room, switch
from projections.engine.background import outdated
from projections.engine.health import health_of
from projections.engine.inspection import verify
from projections.engine.rebuild import Busy, Cancelled, Hindered, cancel, claim, clean, fill
from projections.engine.switch import back
from projections.products import Product
from tests import factories
from tests.eventstore.pieces import METADATA, rows
from tests.eventstore.together import elsewhere, until_blocked
from tests.laid_out import laid_out
from tests.projections import rooms
from tests.projections.rooms import content, deployed, in_parts, nobody, other, parked, tables
from tests.projections.trade import shown
from tests.shop import follow

pytestmark = pytest.mark.django_db(transaction=True)
PRODUCTS = products.PROJECTION
OURS = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
WAITED_FOR = f"SELECT mode FROM pg_locks WHERE NOT granted AND {OURS}"
LIVE, NEXT, FORMER = (f"products{place}" for place in ("", "@projections_next", "@projections_former"))


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "CHUNK", 20)


@pytest.fixture
def events() -> int:
    """A shop in which something has happened, and which shows it."""
    return laid_out(shown)


def receive(sku: str, quantity: int = 1) -> None:
    """Some pieces arrive."""
    event = factories.StockReceived.build(sku=sku, quantity=quantity)
    log.append([log.New(f"stock_item-{sku}", [event])], METADATA)


def once(deed: Callable[[], object]) -> Callable[[int, int], None]:
    """One who is told how a rebuild gets on, and does something when it has begun."""
    left = [deed]

    def tell(position: int, end: int) -> None:
        if position < end and left:
            left.pop()()

    return tell


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


# Switching, and back


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


# In parts


def test_a_read_model_in_parts_is_built_anew_and_goes_back_with_each_part_where_it_was(events: int) -> None:
    before = content(PRODUCTS)
    with in_parts(PRODUCTS, 3) as parts:
        advance("products#1/3")
        rooms.rebuild(parts)
        assert content(PRODUCTS) == before
        back(parts)
        follow()
        assert content(PRODUCTS) == before
        assert {position for position, _, _ in rooms.checkpoints(parts).values()} == {events}


def test_a_former_table_that_was_filled_in_other_parts_stays_where_it_is(events: int) -> None:
    with in_parts(PRODUCTS, 2) as parts:
        rooms.rebuild(parts)
    before = content(PRODUCTS)
    with pytest.raises(
        Hindered, match=r"^The former table of products was filled in other parts than this code has\.$"
    ):
        back(PRODUCTS)
    assert content(PRODUCTS) == before


def test_code_that_fills_a_table_in_other_parts_does_not_move_it(events: int) -> None:
    parts = other(PRODUCTS, partitions=2)
    with deployed(parts):
        rooms.rebuild(parts)
        receive("NEW", 3)
        follow()
    before = content(PRODUCTS)
    assert advance("products") == 0
    assert content(PRODUCTS) == before


@pytest.mark.parametrize(("filled", "now"), [(1, 2), (2, 1), (2, 3)])
@pytest.mark.parametrize("version", [1, 2])
def test_code_with_other_parts_builds_the_table_anew(events: int, filled: int, now: int, version: int) -> None:
    before = content(PRODUCTS)
    with in_parts(PRODUCTS, filled):
        follow()
        assert content(PRODUCTS) == before
    with deployed(other(PRODUCTS, partitions=now, version=version)):
        follow()
        assert content(PRODUCTS) == before
        assert outdated() == ["products"]
        assert health_of("products").position == events
        rooms.rebuild(projection_named("products"))
        assert content(PRODUCTS) == before
        assert outdated() == []
        receive("NEW", 3)
        follow()
        assert Product.objects.get(sku="NEW").on_hand == 3


def test_code_with_other_parts_takes_over_what_the_table_may_remember_and_whether_it_is_paused(events: int) -> None:
    Checkpoint.objects.filter(reader=LIVE).update(erased=2, paused=True)
    with deployed(other(PRODUCTS, partitions=2)):
        follow()
        begun = Checkpoint.objects.filter(reader__startswith="products#").order_by("reader")
        assert [(each.reader, each.version, each.erased, each.paused) for each in begun] == [
            ("products#0/2", 0, 2, True),
            ("products#1/2", 0, 2, True),
        ]
        assert outdated() == []


def test_a_table_that_was_filled_in_other_parts_is_not_compared(events: int) -> None:
    with deployed(other(PRODUCTS, partitions=2)):
        follow()
        with pytest.raises(Hindered, match=r"it has to be built anew as a whole\.$"):
            list(verify(projection_named("products"), nobody))


# A table that was made again


def migrate(*arguments: str) -> None:
    """What a deploy does with the tables of read models, or takes back."""
    call_command("migrate", "projections", *arguments, verbosity=0)


def test_a_table_that_was_migrated_away_and_back_is_filled_as_a_whole(events: int) -> None:
    projection = projections()["partner_events"]
    before = content(projection)
    assert before[0] > 0
    try:
        migrate("0008")
    finally:
        migrate()
    follow()
    assert (outdated(), content(projection)[0]) == (["partner_events"], 0)
    rooms.rebuild(projection)
    assert (outdated(), content(projection)) == ([], before)


class Gadgets(Migration):
    """A table that no code names."""

    operations = [CreateModel("Gadget", fields=[])]


@pytest.mark.parametrize(("backwards", "version"), [(False, 0), (True, 1)])
def test_a_table_that_is_named_by_its_model_is_found(backwards: bool, version: int) -> None:
    for name in ("gadget", "gadget#0/2", "gadgets"):
        Checkpoint.objects.create(reader=name, position=7)
    leave_to_rebuilds(plan=[(Gadgets("0099_gadgets", "projections"), backwards)])
    found = dict(Checkpoint.objects.filter(reader__startswith="gadget").values_list("reader", "version"))
    assert found == {"gadget": version, "gadget#0/2": version, "gadgets": 1}
