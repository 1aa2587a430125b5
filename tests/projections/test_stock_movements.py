"""Stock movements: each event of a stock item, and what it does to what is on hand."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.messages import Event
from orders.streams import STOCK_ITEM
from projections import stock_movements
from projections.stock_movements import Movement, StockMovement
from tests import factories
from tests.orders.domain.anything import Life
from tests.orders.domain.ids import ORDER
from tests.projections.folding import row_after, rows_after

MOVED: list[tuple[Event, tuple[Movement, int, int], bool]] = [
    (factories.StockReceived.build(quantity=5), (Movement.RECEIVED, 5, 5), False),
    (factories.StockCounted.build(counted=7, difference=-2), (Movement.COUNTED, 7, -2), False),
    (factories.StockWrittenOff.build(quantity=2), (Movement.WRITTEN_OFF, 2, -2), False),
    (factories.StockReturned.build(quantity=1), (Movement.RETURNED, 1, 1), False),
    (factories.StockShortfallFound.build(short_by=2), (Movement.SHORTFALL, 2, 0), False),
    (factories.StockDispatched.build(order_id=ORDER, quantity=3), (Movement.DISPATCHED, 3, -3), True),
    (factories.StockReserved.build(order_id=ORDER, quantity=3), (Movement.RESERVED, 3, 0), True),
    (factories.ReservationReleased.build(order_id=ORDER, quantity=3), (Movement.RELEASED, 3, 0), True),
    (factories.Backordered.build(order_id=ORDER, short_by=4), (Movement.BACKORDERED, 4, 0), True),
    (factories.BackorderAllocated.build(order_id=ORDER, quantity=4), (Movement.ALLOCATED, 4, 0), True),
    (factories.BackorderCancelled.build(order_id=ORDER, quantity=4), (Movement.NOT_WANTED, 4, 0), True),
]


@pytest.mark.parametrize(("event", "moved", "for_order"), MOVED, ids=lambda value: type(value).__name__)
def test_what_moved(event: Event, moved: tuple[Any, ...], for_order: bool) -> None:
    row = row_after(stock_movements.PROJECTION, event)
    assert (row["movement"], row["pieces"], row["on_hand"]) == moved
    assert row["order_id"] == (ORDER if for_order else None)
    assert row["sku"] == getattr(event, "sku", None)


def test_there_is_no_other_movement() -> None:
    assert {type(event) for event, _, _ in MOVED} == set(stock_movements.PROJECTION.wants)
    assert {moved[0] for _, moved, _ in MOVED} == set(Movement)


def test_who_moved_it_when_and_why() -> None:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    broken = factories.StockWrittenOff.build(reason="Broken.")
    fact = factories.Fact.build(event=broken, actor="otto", recorded_at=at, version=9)
    row = stock_movements.project(None, fact, fact.id)
    assert row is not None
    assert (row.event_id, row.actor, row.at, row.version, row.reason) == (fact.id, "otto", at, 9, "Broken.")


def test_a_movement_by_its_name() -> None:
    assert str(StockMovement(sku="MUG", movement=Movement.RECEIVED, pieces=5)) == "MUG: Received, 5"


@given(st.integers(0, 2**32))
@settings(max_examples=50)
def test_what_is_on_hand_is_the_sum_of_all_movements(seed: int) -> None:
    life = Life(STOCK_ITEM, seed, length=40)
    rows = rows_after(stock_movements.PROJECTION, *life.history).values()
    assert sum(row["on_hand"] for row in rows) == life.state.on_hand
