"""Products: the catalogue, and the stock of each product as its stock item reckons it."""

from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.messages import Event
from orders.domain.money import Money
from orders.streams import STOCK_ITEM
from projections import products
from tests import factories
from tests.orders.domain.anything import Life
from tests.orders.domain.ids import CLARA, DORA
from tests.projections.folding import row_after, rows_after

LISTED = factories.ProductListed.build(sku="MUG", name="Enamel mug", price=Money(cents=1250))


def product_after(*events: Event) -> dict[str, Any]:
    return row_after(products.PROJECTION, *events)


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
            "on_hand": 0,
            "reserved": 0,
            "waited_for": 0,
            "claims": {},
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
    assert product_after(received, LISTED, received) == product_after(LISTED) | {"available": 6, "on_hand": 6}


def test_each_product_has_a_row_of_its_own() -> None:
    other = factories.ProductListed.build(sku="KETTLE")
    assert rows_after(products.PROJECTION, LISTED, other).keys() == {"MUG", "KETTLE"}


def test_a_product_as_its_page_shows_it() -> None:
    row = factories.Product.build(sku="MUG", name="Enamel mug", cents=1250, listed=False)
    assert (str(row), row.price, row.withdrawn) == ("MUG Enamel mug", Money(cents=1250), True)


def stock_after(*events: Event) -> tuple[int, int, int, int]:
    row = product_after(factories.StockReceived.build(sku="MUG", quantity=10), *events)
    return row["on_hand"], row["reserved"], row["available"], row["waited_for"]


RESERVED = factories.StockReserved.build(sku="MUG", order_id=CLARA, quantity=8)


def test_what_is_reserved_is_not_available() -> None:
    assert stock_after(RESERVED) == (10, 8, 2, 0)


def test_what_is_released_is_available() -> None:
    released = factories.ReservationReleased.build(sku="MUG", order_id=CLARA, quantity=3)
    assert stock_after(RESERVED, released) == (10, 5, 5, 0)


def test_what_leaves_was_reserved() -> None:
    dispatched = factories.StockDispatched.build(sku="MUG", order_id=CLARA, quantity=8)
    assert stock_after(RESERVED, dispatched) == (2, 0, 2, 0)


def test_who_comes_too_late_waits_until_stock_arrives_or_they_do_not_want_it_any_more() -> None:
    reserved = factories.StockReserved.build(sku="MUG", order_id=DORA, quantity=2)
    waits = factories.Backordered.build(sku="MUG", order_id=DORA, short_by=5, reserved=2)
    assert stock_after(RESERVED, reserved, waits) == (10, 10, 0, 5)
    arrived = factories.StockReceived.build(sku="MUG", quantity=4)
    allocated = factories.BackorderAllocated.build(sku="MUG", order_id=DORA, quantity=4)
    assert stock_after(RESERVED, reserved, waits, arrived, allocated) == (14, 14, 0, 1)
    cancelled = factories.BackorderCancelled.build(sku="MUG", order_id=DORA, quantity=5)
    assert stock_after(RESERVED, reserved, waits, cancelled) == (10, 10, 0, 0)


def test_when_fewer_are_counted_than_are_reserved_the_youngest_order_waits() -> None:
    counted = factories.StockCounted.build(sku="MUG", counted=6, difference=-4)
    lacks = factories.Backordered.build(sku="MUG", order_id=CLARA, short_by=2, reserved=6)
    assert stock_after(RESERVED, counted, lacks) == (6, 6, 0, 2)


def test_what_comes_back_is_there_and_what_is_written_off_is_not() -> None:
    back = factories.StockReturned.build(sku="MUG", quantity=2)
    assert stock_after(back) == (12, 0, 12, 0)
    assert stock_after(back, factories.StockWrittenOff.build(sku="MUG", quantity=2)) == (10, 0, 10, 0)


def test_the_orders_that_want_it() -> None:
    waits = factories.Backordered.build(sku="MUG", order_id=CLARA, short_by=5, reserved=8)
    row = product_after(factories.StockReceived.build(sku="MUG", quantity=8), RESERVED, waits)
    assert row["claims"] == {str(CLARA): {"reserved": 8, "waiting": 5, "released": 0}}
    dispatched = factories.StockDispatched.build(sku="MUG", order_id=CLARA, quantity=8)
    gone = factories.BackorderCancelled.build(sku="MUG", order_id=CLARA, quantity=5)
    assert product_after(RESERVED, waits, dispatched, gone)["claims"] == {}


@given(st.integers(0, 2**32))
@settings(max_examples=50)
def test_the_stock_is_what_the_stock_item_reckons(seed: int) -> None:
    life = Life(STOCK_ITEM, seed, length=40)
    for row in rows_after(products.PROJECTION, *life.history).values():
        assert (row["on_hand"], row["reserved"], row["available"]) == (
            life.state.on_hand,
            life.state.reserved,
            life.state.available,
        )
        assert {UUID(order_id) for order_id in row["claims"]} == life.state.claims.keys()
