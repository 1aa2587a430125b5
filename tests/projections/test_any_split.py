"""However the log is cut into batches, and a read model into parts: the rows are the same."""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventstore import log
from eventstore.log import Recorded
from eventstore.readers import Reader
from eventstore.subscriptions import step
from projections import order_page
from projections.engine import AnyProjection, ReadModel, projections
from tests import factories
from tests.projections.trade import Trade, events_of, record


@contextmanager
def rolled_back() -> Iterator[None]:
    """What is done inside has never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def plain(rows: dict[Any, ReadModel | None]) -> dict[str, Any]:
    """Rows as JSON has them, in which it does not matter who made them."""
    return {str(key): msgspec.json.decode(msgspec.json.encode(row.values())) for key, row in rows.items() if row}


def folded(projection: AnyProjection) -> dict[str, Any]:
    """The rows by all events in a single fold, with no table and no reader in between."""
    facts = (fact for fact in log.read_log() if type(fact.event) in projection.wants)
    return plain(projection.fold({}, projection.about(facts)))


def may_be_in_parts(projection: AnyProjection, facts: Iterable[Recorded[Any]]) -> bool:
    """Whether each row is fed by streams of one key only, such as order-7 and payment-7."""
    wanted = (fact for fact in facts if type(fact.event) in projection.wants)
    return all(
        len({fact.stream.partition("-")[2] for fact in those}) == 1 for those in projection.about(wanted).values()
    )


def parts_of(projection: AnyProjection, number: int) -> list[Reader]:
    """So many readers that fill the table side by side."""
    return [
        projection.reader(f"{projection.name}#{part}/{number}", projection.take, partition=(part, number))
        for part in range(number)
    ]


@pytest.mark.django_db
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chance=st.randoms(use_true_random=False),
    commands=st.integers(1, 40),
    parts=st.integers(1, 4),
    batches=st.lists(st.integers(1, 12), min_size=1, max_size=8),
    turns=st.lists(st.integers(0, 3), min_size=1, max_size=8),
)
def test_any_split_gives_the_same_rows(
    chance: random.Random, commands: int, parts: int, batches: list[int], turns: list[int]
) -> None:
    with rolled_back():
        record(chance, commands)
        head = log.number()
        for projection in projections().values():
            number = parts if may_be_in_parts(projection, log.read_log()) else 1
            readers = parts_of(projection, number)
            behind, sizes, turn = set(range(number)), cycle(batches), cycle([*turns, *range(number)])
            while behind:
                which = next(turn) % number
                readers[which].batch = next(sizes)
                _, reached = step(readers[which], head)
                if reached == head:
                    behind.discard(which)
            there = {row.pk: row for row in projection.model._default_manager.all()}
            assert plain(there) == folded(projection), projection.name


EVERYTHING = factories.history(
    *(event for _, events in events_of(Trade(random.Random(4)).everything()) for event in events)
)


@pytest.mark.parametrize("name", sorted(projections()))
def test_only_what_is_fed_by_one_key_is_declared_in_parts(name: str) -> None:
    projection = projections()[name]
    assert projection.partitions == 1 or may_be_in_parts(projection, EVERYTHING)


def test_an_order_is_fed_by_streams_of_many_keys() -> None:
    assert not may_be_in_parts(order_page.PROJECTION, EVERYTHING)
