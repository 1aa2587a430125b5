"""Stock item: goods arrive."""

import pytest

from orders.domain import stock_item
from orders.domain.stock_item import StockItem
from tests import factories
from tests.scenario import Scenario


@pytest.mark.parametrize("quantity", [1, 100_000])
def test_stock_is_received(quantity: int) -> None:
    Scenario(stock_item).when(factories.ReceiveStock.build(sku="MUG", quantity=quantity)).then(
        factories.StockReceived.build(sku="MUG", quantity=quantity)
    )


@pytest.mark.parametrize("quantity", [0, -1, 100_001])
def test_a_quantity_that_no_delivery_has(quantity: int) -> None:
    Scenario(stock_item).when(factories.ReceiveStock.build(quantity=quantity)).refused(
        "Enter a quantity between 1 and 100,000."
    )


def test_stock_of_what_cannot_be_a_product() -> None:
    Scenario(stock_item).when(factories.ReceiveStock.build(sku="a/b")).refused(
        "A product number consists of up to 40 letters, digits and hyphens."
    )


def test_what_arrives_adds_up() -> None:
    received = factories.StockReceived.build(quantity=7)
    assert Scenario(stock_item).given(received, received).state == StockItem(on_hand=14)
