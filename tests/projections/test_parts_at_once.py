"""Later parts of the log that are folded before the first: what a vanguard makes is what the log says."""

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eventstore.log import Recorded
from orders.domain.stock_item import StockReceived
from projections.engine import AnyProjection, Projection, projections
from projections.engine.vanguard import folded
from projections.products import Product
from tests import factories
from tests.projections.trade import Trade, events_of

type Facts = Sequence[Recorded[Any]]
type Pieces = StockReceived

MANY = factories.history(*(event for _, events in events_of(Trade(random.Random(4)).everything()) for event in events))


def wanted(projection: AnyProjection, facts: Facts) -> Facts:
    """Those that the read model is made of."""
    return [fact for fact in facts if type(fact.event) in projection.wants]


def ahead(projection: AnyProjection, batches: Iterable[Facts]) -> tuple[dict[Any, Any], list[Any]]:
    """What a vanguard makes of a part of the log, some at a time."""
    rows, notes = dict[Any, Any](), list[Any]()
    for facts in batches:
        after, noted = folded(projection, rows, projection.about(facts))
        rows |= after
        notes += noted
    return {key: row for key, row in rows.items() if row is not None}, notes


def added(projection: AnyProjection, rows: dict[Any, Any], batches: Sequence[Facts]) -> dict[Any, Any] | None:
    """Rows, and what was made of the part behind them by itself; None where that does not go together."""
    begun, notes = ahead(projection, batches)
    if rows.keys() & {key for key, position in notes if position is None}:
        return None
    facts = {fact.position: fact for batch in batches for fact in batch}
    about: dict[Any, list[Recorded[Any]]] = {}
    for key, position in sorted(
        (note for note in notes if note[1] is not None and note[0] in rows), key=lambda n: n[1]
    ):
        about.setdefault(key, []).append(facts[position])
    after = {key: row for key, row in (rows | projection.fold(rows, about)).items() if row is not None}
    return None if after.keys() & begun.keys() else after | begun


def values(rows: dict[Any, Any]) -> dict[Any, Any]:
    """Rows as plain values."""
    return {key: row.values() for key, row in rows.items() if row is not None}


@pytest.mark.parametrize("name", sorted(projections()))
@settings(max_examples=10)
@given(cut=st.floats(0, 1), sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_what_was_made_ahead_is_what_the_log_says_or_does_not_go_together(
    name: str, cut: float, sizes: list[int]
) -> None:
    projection = projections()[name]
    facts = wanted(projection, MANY)
    at = int(cut * len(facts))
    places = [at]
    while places[-1] < len(facts):
        places.append(places[-1] + sizes[len(places) % len(sizes)])
    batches = [facts[start:end] for start, end in pairwise(places)]
    first = {key: row for key, row in projection.fold({}, projection.about(facts[:at])).items() if row is not None}

    whole = added(projection, first, batches)

    if whole is not None:
        assert values(whole) == values(projection.fold({}, projection.about(facts)))
    assert whole is not None or not projection.begins_once


def balance(row: Product | None, fact: Recorded[Any], sku: str) -> Product | None:
    """What is there of a product after so many pieces came, or went where it was an odd number; no row for nothing."""
    quantity = fact.event.quantity
    there = (row.available if row else 0) + (-quantity if quantity % 2 else quantity)
    return Product(sku=sku, available=there) if there else None


BALANCE = Projection(Product, wants=Pieces, keys=lambda fact: [fact.event.sku], project=balance)


PIECES = st.lists(st.integers(1, 4), min_size=1, max_size=6)


@given(first=PIECES, behind=PIECES, size=st.integers(1, 6))
@example(first=[2], behind=[2, 1, 1], size=3)
def test_a_row_that_begins_and_ends_ahead_is_not_taken_for_one_that_never_was(
    first: list[int], behind: list[int], size: int
) -> None:
    facts = factories.history(*(factories.StockReceived.build(sku="A", quantity=each) for each in [*first, *behind]))
    there = {key: row for key, row in BALANCE.fold({}, BALANCE.about(facts[: len(first)])).items() if row is not None}
    batches = [facts[at : at + size] for at in range(len(first), len(facts), size)]
    whole = added(BALANCE, there, batches)
    assert whole is None or values(whole) == values(BALANCE.fold({}, BALANCE.about(facts)))
