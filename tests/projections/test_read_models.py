"""What becomes of a row: the pure half of every read model, with no database in sight."""

from typing import Any

import pytest

from eventstore.messages import Event
from orders.domain.money import Money
from orders.domain.order import reference
from projections import order_page, products, timeline, work_queue
from projections.engine import Projection, projections
from projections.order_page import Status
from projections.work_queue import Task
from tests import factories

LISTED = factories.ProductListed.build(sku="MUG", name="Enamel mug", price=Money(cents=1250))
PLACED = factories.OrderPlaced.build(
    lines=(
        factories.OrderedLine.build(sku="MUG", name="Enamel mug", quantity=2, price=Money(cents=1250)),
        factories.OrderedLine.build(sku="KETTLE", name="Whistling kettle", quantity=1, price=Money(cents=8900)),
    ),
    payment_terms="on_account",
)


def rows_after(projection: Projection[Any, Any], *events: Event) -> dict[Any, dict[str, Any]]:
    """The rows, by their keys, that these events make of an empty table."""
    facts = factories.history(*events)
    rows = projection.fold({}, [(fact, tuple(projection.keys(fact))) for fact in facts])
    return {key: row.values() for key, row in rows.items() if row is not None}


def product_after(*events: Event) -> dict[str, Any]:
    [row] = rows_after(products.PROJECTION, *events).values()
    return row


def test_a_listed_product() -> None:
    assert rows_after(products.PROJECTION, LISTED) == {
        "MUG": {
            "sku": "MUG",
            "name": "Enamel mug",
            "description": LISTED.description,
            "picture": LISTED.picture,
            "cents": 1250,
            "currency": "EUR",
            "available": 0,
            "listed": True,
        }
    }


def test_a_product_at_another_price_is_otherwise_the_same() -> None:
    changed = factories.PriceChanged.build(sku="MUG", price=Money(cents=1390, currency="GBP"))
    assert product_after(LISTED, changed) == product_after(LISTED) | {"cents": 1390, "currency": "GBP"}


def test_a_withdrawn_product_keeps_its_name_and_its_stock() -> None:
    received = factories.StockReceived.build(sku="MUG", quantity=3)
    withdrawn = factories.ProductWithdrawn.build(sku="MUG")
    assert product_after(LISTED, received, withdrawn) == product_after(LISTED, received) | {"listed": False}


def test_a_product_that_comes_back_is_as_it_was_listed_last() -> None:
    again = factories.ProductListed.build(sku="MUG", name="Enamel mug, blue", price=Money(cents=1500))
    row = product_after(LISTED, factories.ProductWithdrawn.build(sku="MUG"), again)
    assert (row["name"], row["cents"], row["listed"]) == ("Enamel mug, blue", 1500, True)


def test_stock_adds_up_and_may_come_before_the_product_is_listed() -> None:
    received = factories.StockReceived.build(sku="MUG", quantity=3)
    early = product_after(received)
    assert (early["name"], early["listed"], early["available"]) == ("", False, 3)
    assert product_after(received, LISTED, received) == product_after(LISTED) | {"available": 6}


def test_each_product_has_a_row_of_its_own() -> None:
    other = factories.ProductListed.build(sku="KETTLE")
    assert rows_after(products.PROJECTION, LISTED, other).keys() == {"MUG", "KETTLE"}


def test_a_product_as_its_page_shows_it() -> None:
    row = factories.Product.build(sku="MUG", name="Enamel mug", cents=1250, listed=False)
    assert (str(row), row.price, row.withdrawn) == ("MUG Enamel mug", Money(cents=1250), True)


def test_the_page_of_a_placed_order() -> None:
    [fact] = factories.history(PLACED)
    [[key, row]] = rows_after(order_page.PROJECTION, PLACED).items()
    assert key == PLACED.order_id
    assert list(row.pop("lines")) == [
        {"sku": "MUG", "name": "Enamel mug", "quantity": 2, "price": {"cents": 1250, "currency": "EUR"}},
        {"sku": "KETTLE", "name": "Whistling kettle", "quantity": 1, "price": {"cents": 8900, "currency": "EUR"}},
    ]
    assert row == {
        "order_id": PLACED.order_id,
        "reference": reference(PLACED.order_id),
        "customer_id": PLACED.customer_id,
        "status": Status.PLACED,
        "placed_at": fact.recorded_at,
        "payment_terms": "on_account",
        "cents": 11400,
        "currency": "EUR",
        "delivery_address": {
            "recipient": "Clara Vogel",
            "street": "Lindenallee 7",
            "postcode": "10115",
            "city": "Berlin",
            "country": "DE",
        },
        "version": 1,
    }


def test_an_order_whose_customer_was_erased_has_no_address() -> None:
    erased = factories.OrderPlaced.build(delivery_address=None)
    [row] = rows_after(order_page.PROJECTION, erased).values()
    assert row["delivery_address"] is None


def test_an_order_as_lists_show_it() -> None:
    row = factories.OrderPage.build(cents=4200, currency="GBP")
    assert (str(row), row.total) == (row.reference, Money(cents=4200, currency="GBP"))


def test_the_timeline_tells_who_did_what_and_when() -> None:
    fact = factories.Fact.build(event=PLACED, actor="sofia")
    [key] = timeline.keys(fact)
    row = timeline.project(None, fact, key)
    assert row is not None
    assert (key, row.event_id, row.order_id) == (fact.id, fact.id, PLACED.order_id)
    assert (row.at, row.actor, row.version) == (fact.recorded_at, "sofia", fact.version)
    assert str(row) == "The order was placed, for €114.00."


def test_a_placed_order_is_work_for_the_warehouse() -> None:
    [fact] = factories.history(PLACED)
    [[item, row]] = rows_after(work_queue.PROJECTION, PLACED).items()
    assert item == row["item"] == f"prepare_order:{PLACED.order_id}"
    assert (row["role"], row["task"], row["order_id"]) == ("warehouse", Task.PREPARE_ORDER, PLACED.order_id)
    assert (row["reference"], row["waiting_since"]) == (reference(PLACED.order_id), fact.recorded_at)
    assert [(line["quantity"], line["name"]) for line in row["lines"]] == [(2, "Enamel mug"), (1, "Whistling kettle")]


def test_work_by_its_name() -> None:
    row = factories.WorkItem.build()
    assert str(row) == f"Prepare order {row.reference}"


EVENTS = {
    type(event): event
    for event in (
        LISTED,
        PLACED,
        factories.PriceChanged.build(sku="MUG"),
        factories.ProductWithdrawn.build(sku="MUG"),
        factories.StockReceived.build(sku="MUG"),
    )
}


@pytest.mark.parametrize("name", sorted(projections()))
def test_a_row_is_never_changed_but_replaced(name: str) -> None:
    projection = projections()[name]
    for wanted in projection.wants:
        fact = factories.Fact.build(event=EVENTS[wanted])
        for key in projection.keys(fact):
            before = projection.project(None, fact, key)
            assert before is not None
            held = before.values()
            after = projection.project(before, fact, key)
            assert after is not before
            assert before.values() == held
