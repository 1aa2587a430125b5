"""Backorders: an order waits until it gets all of it, or does not want it any more."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.messages import Event
from orders.domain.order import reference
from orders.streams import STOCK_ITEM
from projections import backorders
from projections.backorders import Backorder
from tests import factories
from tests.orders.domain.anything import Life
from tests.orders.domain.ids import CLARA, DORA
from tests.projections.folding import rows_after


def of(kind: str, **fields: Any) -> Event:
    """Something that happens to Clara's mugs."""
    event: Event = getattr(factories, kind).build(**{"sku": "MUG", "order_id": CLARA} | fields)
    return event


WAITS = of("Backordered", short_by=5, reserved=2)


def waiting(*events: Event) -> dict[str, tuple[int, int]]:
    """How many pieces each waits for, and how many are reserved."""
    rows = rows_after(backorders.PROJECTION, *events)
    return {key: (row["waiting"], row["reserved"]) for key, row in rows.items()}


def test_an_order_waits() -> None:
    [fact] = factories.history(WAITS)
    assert rows_after(backorders.PROJECTION, WAITS) == {
        f"MUG:{CLARA}": {
            "item": f"MUG:{CLARA}",
            "sku": "MUG",
            "order_id": CLARA,
            "reference": reference(CLARA),
            "waiting": 5,
            "reserved": 2,
            "waiting_since": fact.recorded_at,
        }
    }


def test_each_order_waits_for_each_product() -> None:
    others = [of("Backordered", order_id=DORA), of("Backordered", sku="KETTLE")]
    assert waiting(WAITS, *others).keys() == {f"MUG:{CLARA}", f"MUG:{DORA}", f"KETTLE:{CLARA}"}


def test_an_order_gets_some_and_then_all() -> None:
    some, rest = of("BackorderAllocated", quantity=3), of("BackorderAllocated", quantity=2)
    assert waiting(WAITS, some) == {f"MUG:{CLARA}": (2, 5)}
    assert waiting(WAITS, some, rest) == {}


def test_an_order_wants_fewer_and_then_none() -> None:
    fewer, none = of("BackorderCancelled", quantity=3), of("BackorderCancelled", quantity=2)
    assert waiting(WAITS, fewer) == {f"MUG:{CLARA}": (2, 2)}
    assert waiting(WAITS, fewer, none) == {}


def test_what_is_reserved_is_let_go_or_leaves_and_the_rest_is_waited_for() -> None:
    assert waiting(WAITS, of("ReservationReleased", quantity=1)) == {f"MUG:{CLARA}": (5, 1)}
    assert waiting(WAITS, of("StockDispatched", quantity=2)) == {f"MUG:{CLARA}": (5, 0)}
    assert waiting(WAITS, of("StockDispatched", quantity=3)) == {f"MUG:{CLARA}": (4, 0)}
    assert waiting(WAITS, of("StockDispatched", quantity=7)) == {}


def test_who_loses_what_was_reserved_waits_for_more_since_they_began_to_wait() -> None:
    [first, _] = factories.history(WAITS, of("Backordered", short_by=2, reserved=0))
    [row] = rows_after(backorders.PROJECTION, WAITS, of("Backordered", short_by=2, reserved=0)).values()
    assert (row["waiting"], row["reserved"], row["waiting_since"]) == (7, 0, first.recorded_at)


def test_who_does_not_wait_has_no_backorder() -> None:
    assert waiting(of("StockDispatched"), of("ReservationReleased")) == {}


def test_a_backorder_by_its_name() -> None:
    assert str(Backorder(reference="7K2MQ-4XW9D", waiting=3, sku="MUG")) == "7K2MQ-4XW9D: 3 × MUG"


@given(st.integers(0, 2**32))
@settings(max_examples=50)
def test_who_waits_is_who_waits_for_the_stock_item(seed: int) -> None:
    life = Life(STOCK_ITEM, seed, length=40)
    claims = life.state.claims.items()
    expected = {str(order_id): (claim.waiting, claim.reserved) for order_id, claim in claims if claim.waiting}
    assert {key.partition(":")[2]: found for key, found in waiting(*life.history).items()} == expected
