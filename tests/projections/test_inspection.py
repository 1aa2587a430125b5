"""Does the live table say what the log says: every row and field that differs; and single rows made anew in place."""

import random
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from eventstore import log, steering
from eventstore.errors import Invalid
from eventstore.models import Parked
from eventstore.subscriptions import advance
from projections import order_page, products, timeline
from projections.engine import inspection, projections, rebuild, room, vanguard
from projections.engine.inspection import (
    Difference,
    Estimate,
    as_it_was,
    estimate,
    rebuild_rows,
    verify,
    verify_rows,
)
from projections.engine.rebuild import Hindered
from projections.products import Product
from tests import factories
from tests.eventstore.pieces import METADATA, make_unreadable, rows
from tests.laid_out import laid_out
from tests.projections import rooms
from tests.projections.rooms import content, contents, in_parts, nobody, other, tables
from tests.projections.trade import record_everything
from tests.shop import follow

pytestmark = pytest.mark.django_db(transaction=True)
PRODUCTS = products.PROJECTION


@pytest.fixture
def events() -> int:
    """A shop in which something has happened, and which shows it."""
    return laid_out(with_mugs_and_a_cup)


def with_mugs_and_a_cup() -> int:
    """Every story, and goods of which none tells; how many events there are."""
    number = record_everything(random.Random(4))
    receive("MUG", 10)
    receive("CUP", 1)
    follow()
    return number + 2


def receive(sku: str, quantity: int = 1) -> list[UUID]:
    """Some pieces arrive."""
    event = factories.StockReceived.build(sku=sku, quantity=quantity)
    return log.append([log.New(f"stock_item-{sku}", [event])], METADATA)


def found() -> dict[str, dict[str, tuple[Any, Any]]]:
    """What differs, by key and field."""
    return {each.key: each.fields for each in verify(PRODUCTS, nobody)}


# The whole table


@pytest.mark.parametrize("name", sorted(projections()))
def test_a_table_that_says_what_the_log_says(events: int, name: str) -> None:
    projection = projections()[name]
    assert list(verify(projection, nobody)) == []
    assert tables(projection) == {room.LIVE}
    assert rooms.checkpoints(projection) == {name: (events, projection.version, False)}


def test_every_row_and_field_that_differs_is_found(events: int) -> None:
    receive("GONE")
    follow()
    rows("UPDATE projections_products SET available = 99, listed = true WHERE sku = 'MUG'")
    rows("DELETE FROM projections_products WHERE sku = 'GONE'")
    rows("UPDATE projections_products SET sku = 'FALSE' WHERE sku = 'CUP'")
    before = contents()

    differing = list(verify(PRODUCTS, nobody))

    assert [each.key for each in differing] == ["CUP", "FALSE", "GONE", "MUG"]
    assert [bool(each.live) for each in differing] == [False, True, False, True]
    assert [bool(each.by_the_log) for each in differing] == [True, False, True, True]
    assert differing[-1].fields == {"available": (99, 10), "listed": (True, False)}
    assert contents() == before
    assert tables(PRODUCTS) == {room.LIVE}


def test_what_the_live_table_has_not_seen_yet_is_no_difference(events: int) -> None:
    receive("MUG", 5)
    assert found() == {}
    assert Product.objects.get(sku="MUG").available == 15


def test_a_paused_table_is_compared_with_the_log_up_to_where_it_is(events: int) -> None:
    steering.pause("products")
    receive("MUG", 5)
    assert found() == {}
    assert Product.objects.get(sku="MUG").available == 10


def test_a_table_of_another_version_cannot_be_compared(events: int) -> None:
    newer = other(PRODUCTS, version=2)
    with pytest.raises(Hindered, match="it has to be built anew as a whole"):
        list(verify(newer, nobody))
    with pytest.raises(Hindered, match="it has to be built anew as a whole"):
        rebuild_rows(newer, ["MUG"])
    assert tables(PRODUCTS) == {room.LIVE}


def test_a_comparison_that_was_killed_goes_on(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "CHUNK", 20)

    def stop(position: int, _: int) -> None:
        if position == 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(verify(PRODUCTS, stop))
    positions: list[int] = []
    assert list(verify(PRODUCTS, lambda position, _: positions.append(position))) == []
    assert positions[0] == 60


# Single rows


def test_a_wrong_row_is_found_and_made_anew_in_place(events: int) -> None:
    right = contents()
    rows("UPDATE projections_products SET available = 99 WHERE sku IN ('MUG', 'CUP')")

    assert verify_rows(PRODUCTS, ["MUG"])[0].fields == {"available": (99, 10)}
    assert rebuild_rows(PRODUCTS, ["MUG"]) == 1

    assert verify_rows(PRODUCTS, ["MUG"]) == []
    assert found().keys() == {"CUP"}
    assert rebuild_rows(PRODUCTS, ["MUG", "CUP"]) == 2
    assert contents() == right


@pytest.mark.parametrize("name", sorted(projections()))
def test_each_row_made_anew_is_what_it_was(events: int, name: str) -> None:
    projection, before = projections()[name], contents()
    keys = list(projection.model.objects.values_list("pk", flat=True)[:20])
    assert verify_rows(projection, keys) == []
    assert rebuild_rows(projection, keys) > 0
    assert contents() == before


def test_a_row_that_is_missing_comes_back_and_one_that_should_not_be_there_goes(events: int) -> None:
    right = contents()
    rows("DELETE FROM projections_products WHERE sku = 'MUG'")
    Product(sku="FALSE").save()
    assert [each.key for each in verify_rows(PRODUCTS, ["MUG", "FALSE", "NONE"])] == ["MUG", "FALSE"]
    rebuild_rows(PRODUCTS, ["MUG", "FALSE", "NONE"])
    assert contents() == right


def test_a_row_shows_no_more_than_its_table(events: int) -> None:
    steering.pause("products")
    receive("MUG", 5)
    rebuild_rows(PRODUCTS, ["MUG"])
    assert Product.objects.get(sku="MUG").available == 10
    steering.resume("products")
    follow()
    assert Product.objects.get(sku="MUG").available == 15


def test_what_is_parked_is_left_to_its_retry(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def project(row: Product | None, fact: Any, sku: str) -> Product | None:
        if fact.position == events + 1:
            raise ValueError("bad luck")
        return products.project(row, fact, sku)

    monkeypatch.setattr(PRODUCTS, "project", project)
    receive("MUG", 13)
    receive("MUG", 3)
    follow()
    assert Parked.objects.count() == 2
    rebuild_rows(PRODUCTS, ["MUG"])
    assert Product.objects.get(sku="MUG").available == 10
    steering.skip("products", "stock_item-MUG", by="tests", because="nobody will miss them")
    steering.retry("products", "stock_item-MUG")
    assert Product.objects.get(sku="MUG").available == 13
    assert verify_rows(PRODUCTS, ["MUG"]) == []


def test_what_cannot_be_read_is_left_out_with_what_waits_behind_it(events: int) -> None:
    (bad,) = receive("MUG", 13)
    receive("MUG", 3)
    make_unreadable(bad)
    with pytest.raises(Invalid, match=rf"^Event {bad} \(StockReceived, schema 1\) cannot be read"):
        list(inspection.about(PRODUCTS, ["MUG"], 0, log.number()))
    assert rebuild_rows(PRODUCTS, ["MUG"]) == 1, "also what the table has not come to yet"
    follow()
    assert rebuild_rows(PRODUCTS, ["MUG"]) == 1
    steering.skip("products", "stock_item-MUG", by="tests", because="nobody will miss them")
    steering.retry("products", "stock_item-MUG")
    assert rebuild_rows(PRODUCTS, ["MUG"]) == 2
    assert Product.objects.get(sku="MUG").available == 13


def test_what_is_taken_after_all_meanwhile_is_not_left_out(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as unlucky:
        unlucky.setattr(PRODUCTS, "project", lambda *_: 1 / 0)
        receive("MUG", 13)
        receive("MUG", 3)
        follow()
    together = inspection._together

    def after_a_retry(readers: Any) -> int:
        assert steering.retry("products", "stock_item-MUG") == 2
        return together(readers)

    monkeypatch.setattr(inspection, "_together", after_a_retry)
    assert rebuild_rows(PRODUCTS, ["MUG"]) == 3
    assert Product.objects.get(sku="MUG").available == 26


def test_an_event_that_cannot_be_taken_is_named(events: int) -> None:
    def project(row: Product | None, fact: Any, sku: str) -> Product | None:
        raise KeyError("colour")

    with pytest.raises(Hindered, match=r"^products cannot take the event at position \d+: KeyError: 'colour'$"):
        rebuild_rows(other(PRODUCTS, project=project), ["MUG"])
    assert Product.objects.get(sku="MUG").available == 10


def test_rows_of_a_read_model_in_parts(events: int) -> None:
    before = contents()
    with in_parts(PRODUCTS, 3) as parts:
        receive("MUG", 5)
        for part in (0, 2):
            advance(f"products#{part}/3")
        rebuild_rows(parts, ["MUG", "CUP"])
        follow()
        assert verify_rows(parts, ["MUG", "CUP"]) == list(verify(parts, nobody)) == []
        assert content(PRODUCTS)[0] == before["products"][0]
        steering.pause("products#1/3")
        receive("MUG", 5)
        for part in (0, 2):
            advance(f"products#{part}/3")
        with pytest.raises(Hindered, match="The parts of products are not at one position"):
            rebuild_rows(parts, ["MUG"])


# As it was, and as it would be


def test_the_table_as_it_was(events: int) -> None:
    was = content(PRODUCTS)
    receive("MUG", 5)
    follow()
    as_it_was(PRODUCTS, events, nobody)
    assert content(PRODUCTS, room.THEN) == was != content(PRODUCTS)
    as_it_was(PRODUCTS, events + 1, nobody)
    assert content(PRODUCTS, room.THEN) == content(PRODUCTS)
    as_it_was(PRODUCTS, 0, nobody)
    assert content(PRODUCTS, room.THEN)[0] == 0


def test_an_estimate_says_how_many_events_of_how_many(events: int) -> None:
    happened = [type(fact.event) for fact in log.read_log()]
    for projection in (timeline.PROJECTION, order_page.PROJECTION, PRODUCTS):
        wanted = sum(event in projection.wants for event in happened)
        assert estimate(projection)[:2] == (wanted, events)
    assert 0 < estimate(PRODUCTS).seconds < 60


def test_an_estimate_reckons_with_those_who_fold_at_once(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vanguard, "WORTH", 10)
    monkeypatch.setattr(inspection, "time", SimpleNamespace(perf_counter=count(0, 12).__next__))
    assert [estimate(each, 3).seconds for each in (order_page.PROJECTION, PRODUCTS)] == [4.0, 12.0]
    assert estimate(order_page.PROJECTION).seconds == 12.0


def test_an_estimate_of_nothing() -> None:
    assert estimate(PRODUCTS)[:2] == Estimate(0, 0, 0)[:2]


def test_an_estimate_does_not_mind_what_would_be_parked(events: int) -> None:
    def project(row: Product | None, fact: Any, sku: str) -> Product | None:
        raise KeyError("colour")

    assert estimate(other(PRODUCTS, project=project))[:2] == estimate(PRODUCTS)[:2]


def test_a_difference_by_its_fields() -> None:
    assert Difference("K", {"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}).fields == {"b": (2, 3)}
