"""Read your own writes: what a read model has parked it is not said to show."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory

from eventstore import clock, log, steering
from orders.screens.following import Following
from projections import products
from projections.engine import waiting
from projections.engine.waiting import wait_for
from projections.products import PROJECTION as PRODUCTS
from projections.products import Product
from tests import factories
from tests.eventstore.pieces import METADATA
from tests.projections.rooms import in_parts
from tests.shop import follow

pytestmark = pytest.mark.django_db(transaction=True)

STREAM = "stock_item-MUG"


@pytest.fixture(autouse=True)
def _unlucky(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can take 13 pieces."""

    def project(row: Product | None, fact: Any, sku: str) -> Product | None:
        if fact.event.quantity == 13:
            raise ValueError("13 pieces are bad luck")
        return products.project(row, fact, sku)

    monkeypatch.setattr(PRODUCTS, "project", project)


def receive(sku: str, *quantities: int) -> None:
    """Some pieces arrive, several times."""
    events = [factories.StockReceived.build(sku=sku, quantity=quantity) for quantity in quantities]
    log.append([log.New(f"stock_item-{sku}", events)], METADATA)


def shown() -> list[bool]:
    """Which events of the log the read model is said to show."""
    return [wait_for("products", position, timeout=0) for position in range(1, log.number() + 1)]


def page(query: str) -> Following:
    """A page that shows products."""
    return Following(RequestFactory().get(f"/?{query}"), "products")


def test_what_is_parked_and_what_comes_behind_it_is_not_shown_until_somebody_sees_to_it() -> None:
    receive("MUG", 1, 13, 5)
    receive("CUP", 1)
    follow()
    assert shown() == [True, False, False, True]
    steering.skip("products", STREAM, by="Olga", because="It was done by hand.")
    assert shown() == [True, True, False, True]
    steering.retry("products", STREAM)
    assert shown() == [True, True, True, True]


def test_what_one_of_several_parts_has_parked_is_not_shown() -> None:
    with in_parts(PRODUCTS, 3):
        receive("MUG", 13)
        receive("CUP", 1)
        follow()
        assert shown() == [False, True]


def test_a_page_that_is_to_show_what_was_parked_says_of_when_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    receive("MUG", 13, 5)
    receive("CUP", 1)
    follow()
    assert page("after=2").updating
    later = clock.now() + 2 * waiting.STALE
    monkeypatch.setattr(waiting, "clock", SimpleNamespace(now=lambda: later))
    behind = page("after=2")
    assert (behind.updating, behind.as_of) == (True, log.recorded_at(1))
    behind.nothing_new("a row")
    assert page(f"after=2&seen={behind.seen}").nothing_new("a row")
    for others in page("after=3"), page(""):
        assert (others.updating, others.as_of) == (False, None)
