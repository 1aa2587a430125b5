"""A table in parts, or in others than it was filled in, and one that was made again, are built as a whole."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.migrations import CreateModel, Migration

from eventstore.models import Checkpoint
from eventstore.subscriptions import advance
from projections.apps import leave_to_rebuilds
from projections.engine import projection_named, projections, room
from projections.engine.background import outdated
from projections.engine.health import health_of
from projections.engine.inspection import verify
from projections.engine.rebuild import Hindered, claim, fill
from projections.engine.switch import back
from projections.products import Product
from tests.projections import rooms
from tests.projections.building import LIVE, PRODUCTS, receive
from tests.projections.rooms import content, deployed, in_parts, nobody, other
from tests.shop import follow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_small_steps")]


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


# A table that was taken away


def test_what_a_migration_takes_away_goes_from_every_room(events: int) -> None:
    gone, model = projections()["partner_events"], projections()["partner_events"].model
    rooms.rebuild(gone)
    fill(gone, room.NEXT, nobody)
    rooms.rebuild(PRODUCTS)
    with transaction.atomic():
        room.create(model, part := room.part(room.NEXT))
    kept = content(PRODUCTS), content(PRODUCTS, room.FORMER), rooms.checkpoints(PRODUCTS)
    try:
        migrate("0008")
        assert rooms.tables(gone) == set()
        assert not room.exists(model, part)
        assert rooms.checkpoints(gone) == {}
        assert kept == (content(PRODUCTS), content(PRODUCTS, room.FORMER), rooms.checkpoints(PRODUCTS))
    finally:
        migrate()
    follow()
    assert outdated() == []
    rooms.rebuild(gone)


def test_what_is_built_anew_stays_through_a_migration(events: int) -> None:
    claim(PRODUCTS, room.NEXT)
    migrate()
    assert rooms.tables(PRODUCTS) == {room.LIVE, room.NEXT}


def test_no_read_model_keeps_its_table_when_it_is_taken_out() -> None:
    tables = set(apps.get_app_config("projections").get_models())
    assert tables == {projection.model for projection in projections().values()}
