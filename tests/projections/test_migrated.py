"""The table of a read model is migrated, while code that does not know the new column runs beside code that does."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from eventstore import log
from projections import order_page
from projections.engine import room, vanguard
from projections.engine.inspection import as_it_was, verify
from projections.engine.rebuild import Hindered, claim, fill, left_off, let_go
from projections.engine.switch import back, switch
from tests.eventstore.pieces import rows
from tests.projections import rooms
from tests.projections.building import PRODUCTS, once, receive
from tests.projections.rooms import content, indexes, nobody
from tests.shop import follow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_small_steps", "_unmigrated")]
MORE = "text NOT NULL DEFAULT ''"


@pytest.fixture
def _unmigrated() -> Iterator[None]:
    """Leave the live tables as the tests after this one expect them."""
    yield
    for table in ("products", "order_page"):
        rows(f"ALTER TABLE projections_{table} DROP COLUMN IF EXISTS more")


def migrate(table: str = "products") -> None:
    """A new column comes, before the code that knows it."""
    rows(f"ALTER TABLE projections_{table} ADD COLUMN more {MORE}")


def has_more(place: str = room.LIVE, table: str = "products") -> bool:
    """Whether the table in a room has the new column."""
    query = "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'more' AND NOT attisdropped"
    return bool(rows(query, f"{place}.projections_{table}"))


def test_code_that_does_not_know_a_column_builds_the_table_with_it(events: int) -> None:
    migrate()
    rows("CREATE INDEX products_more ON projections_products (more) WHERE more <> ' ON public.'")
    before, searchable = content(PRODUCTS), indexes(PRODUCTS)

    rooms.rebuild(PRODUCTS)

    assert has_more()
    assert content(PRODUCTS) == before
    assert indexes(PRODUCTS) == searchable
    receive("NEW")
    follow()
    assert content(PRODUCTS)[0] == before[0] + 1


def test_code_that_does_not_know_a_column_folds_later_parts_of_the_log_at_once(
    events: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    migrate("order_page")
    before = content(order_page.PROJECTION)
    monkeypatch.setattr(vanguard, "WORTH", 1)
    rooms.rebuild(order_page.PROJECTION, processes=3)
    assert has_more(table="order_page")
    assert content(order_page.PROJECTION) == before
    assert "in the ordinary way" not in caplog.text


def test_a_rebuild_that_was_begun_before_a_migration_begins_anew(events: int) -> None:
    fill(PRODUCTS, room.NEXT, nobody, until=40)
    let_go(claim(PRODUCTS, room.NEXT), "")
    assert left_off(PRODUCTS) == 40
    migrate()
    assert left_off(PRODUCTS) == 0
    positions: list[int] = []
    fill(PRODUCTS, room.NEXT, lambda position, _: positions.append(position))
    switch(PRODUCTS)
    assert positions[0] == 20
    assert has_more()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER COLUMN description DROP NOT NULL",
        "ALTER COLUMN description SET DEFAULT 'none'",
        "ALTER COLUMN description TYPE varchar(9000)",
        "RENAME COLUMN description TO about",
    ],
)
def test_a_column_that_becomes_another_is_a_migration_as_well(events: int, change: str) -> None:
    claim(PRODUCTS, room.NEXT)
    assert room.is_like_live(PRODUCTS.model, room.NEXT)
    rows(f"ALTER TABLE {room.NEXT}.projections_products {change}")
    assert not room.is_like_live(PRODUCTS.model, room.NEXT)


def test_a_table_that_is_migrated_while_it_is_rebuilt_stays_live(events: int) -> None:
    before = content(PRODUCTS)[0]
    text = r"^The table of products was migrated while it was being rebuilt, and stays as it is\. Ask for it again\.$"
    with pytest.raises(Hindered, match=text):
        fill(PRODUCTS, room.NEXT, once(migrate))
    assert (has_more(), content(PRODUCTS)[0]) == (True, before)
    rooms.rebuild(PRODUCTS)
    assert (has_more(), content(PRODUCTS)[0]) == (True, before)


def test_a_table_that_is_migrated_before_it_is_switched_stays_live(events: int) -> None:
    fill(PRODUCTS, room.NEXT, nobody)
    migrate()
    before = content(PRODUCTS)
    with pytest.raises(Hindered, match=r"^The table of products was migrated while it was being rebuilt"):
        switch(PRODUCTS)
    assert content(PRODUCTS) == before
    rooms.rebuild(PRODUCTS)
    assert content(PRODUCTS) == before


def test_there_is_no_way_back_behind_a_migration(events: int) -> None:
    rooms.rebuild(PRODUCTS)
    migrate()
    receive("NEW")
    before, kept = content(PRODUCTS), content(PRODUCTS, room.FORMER)
    with pytest.raises(
        Hindered, match=r"^The former table of products was made before a migration: manage\.py replay products$"
    ):
        back(PRODUCTS)
    assert (content(PRODUCTS), content(PRODUCTS, room.FORMER)) == (before, kept)


def test_the_former_table_comes_back_with_the_indexes_of_the_live_one(events: int) -> None:
    rooms.rebuild(PRODUCTS)
    rows("CREATE INDEX products_by_cents ON projections_products (cents)")
    try:
        searchable = indexes(PRODUCTS)
        back(PRODUCTS)
        assert indexes(PRODUCTS) == searchable
    finally:
        rows("DROP INDEX products_by_cents")


def test_columns_that_the_code_does_not_know_are_not_compared(events: int) -> None:
    receive("MUG")
    follow()
    migrate()
    rows("UPDATE projections_products SET more = 'by newer code'")
    assert list(verify(PRODUCTS, nobody)) == []
    rows("UPDATE projections_products SET available = available + 1 WHERE sku = 'MUG'")
    [difference] = verify(PRODUCTS, nobody)
    assert difference.fields.keys() == {"available"}


def test_the_table_as_it_was_is_begun_anew_behind_a_migration(events: int) -> None:
    as_it_was(PRODUCTS, 20, nobody)
    migrate()
    positions: list[int] = []
    as_it_was(PRODUCTS, 40, lambda position, _: positions.append(position))
    assert positions == [20, 40]
    assert has_more(room.THEN)


@pytest.mark.parametrize("way", [(), ("--verify",), ("--one", "MUG"), ("--dry-run",), ("--until", "1")])
def test_code_that_comes_before_its_migration_is_told(events: int, way: tuple[str, ...]) -> None:
    before = content(PRODUCTS)
    rows("ALTER TABLE projections_products RENAME COLUMN cents TO more")
    try:
        with pytest.raises(
            CommandError, match=r"^The table projections_products lacks cents\. Run manage\.py migrate\.$"
        ):
            call_command("replay", "products", *way)
    finally:
        rows("ALTER TABLE projections_products RENAME COLUMN more TO cents")
    assert content(PRODUCTS) == before
    assert log.number() == events
