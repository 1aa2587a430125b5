"""What holds of every read model: the pure half of each, with no database in sight."""

import copy
import random
from typing import Any

import pytest

from projections.engine import ReadModel, projections
from tests import factories
from tests.projections.trade import Trade, events_of

EVERYTHING = [event for _, events in events_of(Trade(random.Random(4)).everything()) for event in events]


@pytest.mark.parametrize("name", sorted(projections()))
def test_a_row_is_never_changed_but_replaced(name: str) -> None:
    projection = projections()[name]
    wanted = [fact for fact in factories.history(*EVERYTHING) if type(fact.event) in projection.wants]
    assert {type(fact.event) for fact in wanted} == set(projection.wants)
    rows: dict[Any, ReadModel | None] = {}
    for fact in wanted:
        for key in projection.keys(fact):
            before = rows.get(key)
            held = before and copy.deepcopy(before.values())
            rows[key] = projection.project(before, fact, key)
            assert (before and before.values()) == held
    assert all(str(row) for row in rows.values() if row)
