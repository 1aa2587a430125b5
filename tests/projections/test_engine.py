"""What a projection may say, and what the engine makes of it; and the log read ahead of the one who asks."""

import gc
import random
from collections.abc import Iterable
from typing import Any

import pytest

from eventstore import log
from eventstore.log import Recorded
from orders.domain.order import OrderCompleted, OrderConfirmed, OrderPlaced
from orders.domain.stock_item import StockReceived
from projections.engine import Projection, projections, rebuild, room
from projections.engine.ahead import ReadAhead, reading_ahead
from projections.products import PROJECTION, Product
from tests import factories
from tests.eventstore.pieces import append_pieces
from tests.projections.folding import rows_after
from tests.projections.rooms import nobody, other
from tests.projections.trade import record

type Ending = OrderConfirmed | OrderCompleted
type Wanted = OrderPlaced | Ending


def keys_of_lines(fact: Recorded[OrderPlaced]) -> Iterable[str]:
    for line in fact.event.lines:
        yield line.sku


def count_orders(row: Product | None, fact: Recorded[OrderPlaced], sku: str) -> Product | None:
    product = row or Product(sku=sku)
    return product.but(available=product.available + 1)


# What a projection may say


def test_a_union_may_be_put_together_of_others() -> None:
    projection = Projection(Product, wants=Wanted, keys=keys_of_lines, project=count_orders)
    assert set(projection.wants) == {OrderPlaced, OrderConfirmed, OrderCompleted}
    assert projection.readers()[0].stored_names() == ["OrderCompleted", "OrderConfirmed", "OrderPlaced"]


def test_an_event_of_many_rows_is_folded_into_each_and_once_although_it_names_one_twice() -> None:
    mug, cup = (factories.OrderedLine.build(sku=sku) for sku in ("MUG", "CUP"))
    counting = other(PROJECTION, wants=(OrderPlaced,), keys=keys_of_lines, project=count_orders)
    first = factories.OrderPlaced.build(lines=(mug, cup, mug))
    second = factories.OrderPlaced.build(lines=(mug,))
    rows = rows_after(counting, first, second)
    assert {sku: row["available"] for sku, row in rows.items()} == {"MUG": 2, "CUP": 1}


def test_a_row_may_vanish_and_come_again() -> None:
    def project(row: Product | None, fact: Recorded[StockReceived], sku: str) -> Product | None:
        return None if row else Product(sku=sku, available=fact.event.quantity)

    received = [factories.StockReceived.build(sku="MUG", quantity=quantity) for quantity in (1, 2, 3)]
    coming_and_going = other(PROJECTION, project=project)
    assert rows_after(coming_and_going, *received[:2]) == {}
    assert rows_after(coming_and_going, *received)["MUG"]["available"] == 3


def test_a_row_has_no_fields_but_its_own() -> None:
    row = Product(sku="MUG")
    with pytest.raises(TypeError, match=r"^Product has no colour, size\.$"):
        row.but(colour="blue", name="Enamel mug", size="L")
    assert row.name == ""


def test_a_row_is_made_as_django_would_make_it() -> None:
    strange: dict[str, Any] = {"pk": "MUG", "colour": "blue"}
    with pytest.raises(TypeError, match=r"^Product has no colour, pk\.$"):
        Product(**strange)
    for projection in projections().values():
        row, again = projection.model(), projection.model()
        theirs = {field.attname: field.get_default() for field in projection.model._meta.concrete_fields}
        assert row.values() == theirs
        assert row._state.adding
        for name, value in row.values().items():
            assert value is not getattr(again, name) or not isinstance(value, list | dict)


# Reading ahead


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chunk", [1, 7, 30, 31, 100])
def test_what_is_read_ahead_is_what_is_there(chunk: int) -> None:
    append_pieces("stock_item-X", *[1] * 30)
    head = log.number()
    names = ["StockReceived"]
    with reading_ahead(chunk) as ahead:
        ahead.end = head
        found = [row for start in range(0, head, chunk) for row in ahead(start, min(start + chunk, head), names)]
    assert found == log.rows_between(0, head, names)


@pytest.mark.django_db(transaction=True)
def test_who_asks_for_something_else_than_what_comes_next_gets_it() -> None:
    append_pieces("stock_item-X", *[1] * 30)
    asked: tuple[Any, ...]
    with reading_ahead(10) as ahead:
        ahead.end = log.number()
        for asked in ((0, 10), (0, 10), (15, 20), (20, 30), (5, 6), (6, 16, None, (0, 2)), (16, 26), (26, 30)):
            assert ahead(*asked) == log.rows_between(*asked), asked


@pytest.mark.django_db(transaction=True)
def test_what_comes_while_it_is_read_ahead_is_not_missed() -> None:
    append_pieces("stock_item-X", *[1] * 15)
    with reading_ahead(10) as ahead:
        ahead.end = log.number()
        found = ahead(0, 10)
        append_pieces("stock_item-Y", *[1] * 15)
        ahead.end = log.number()
        found += ahead(10, 20) + ahead(20, 30)
    assert found == log.rows_between(0, 30)


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_reads_ahead_and_leaves_the_garbage_collector_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    record(random.Random(4), 40)
    head, thresholds = log.number(), gc.get_threshold()
    fetched: list[bool] = []
    look = ReadAhead._fetched

    def watch(self: ReadAhead, asked: Any) -> Any:
        rows = look(self, asked)
        fetched.append(rows is not None)
        return rows

    monkeypatch.setattr(ReadAhead, "_fetched", watch)
    monkeypatch.setattr(rebuild, "CHUNK", 10)
    rebuild.fill(PROJECTION, room.NEXT, nobody)
    assert fetched == [False] + [True] * ((head - 1) // 10)
    assert gc.get_threshold() == thresholds
