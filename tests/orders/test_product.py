"""Product: what comes into the catalogue, at which price, and leaves it."""

from typing import Any

import pytest

from orders.domain import product
from orders.domain.money import Money
from orders.domain.product import Listed, ProductListed, Unlisted, Withdrawn
from tests import factories
from tests.scenario import Scenario

LISTED = factories.ProductListed.build(sku="MUG", name="Enamel mug", price=Money(cents=1250))
CHANGED = factories.PriceChanged.build(sku="MUG", price=Money(cents=1390))
WITHDRAWN = factories.ProductWithdrawn.build(sku="MUG")

LIST = factories.ListProduct.build(sku="MUG", name="Enamel mug", price=Money(cents=1250))
CHANGE = factories.ChangePrice.build(sku="MUG", price=Money(cents=1390))
WITHDRAW = factories.WithdrawProduct.build(sku="MUG")


def listing(**changes: Any) -> product.ListProduct:
    command: product.ListProduct = factories.ListProduct.build(**changes)
    return command


def test_a_product_is_listed() -> None:
    Scenario(product).when(LIST).then(
        ProductListed(
            sku=LIST.sku, name=LIST.name, description=LIST.description, picture=LIST.picture, price=LIST.price
        )
    )


def test_a_listed_product_is_not_listed_again() -> None:
    Scenario(product).given(LISTED).when(LIST).refused("Enamel mug is in the catalogue already.")


def test_a_withdrawn_product_can_come_back() -> None:
    Scenario(product).given(LISTED, WITHDRAWN).when(LIST).then(LISTED)


@pytest.mark.parametrize("sku", ["", " ", "-", "SKU 1", "a/b", "../x", "MÜG", "x" * 41, "nul\0", "<b>"])
def test_what_cannot_be_the_number_of_a_product(sku: str) -> None:
    Scenario(product).when(listing(sku=sku)).refused(
        "A product number consists of up to 40 letters, digits and hyphens."
    )


@pytest.mark.parametrize("sku", ["1", "KET-120", "x" * 40])
def test_what_can_be_the_number_of_a_product(sku: str) -> None:
    [listed] = product.decide(listing(sku=sku), product.initial)
    assert listed.sku == sku


def test_a_name_may_be_long() -> None:
    assert product.decide(listing(name="x" * 200), product.initial)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_product_has_a_name(name: str) -> None:
    Scenario(product).when(listing(name=name)).refused("A product needs a name of up to 200 characters.")


IMPOSSIBLE = [Money(cents=0), Money(cents=-1), Money(cents=10_000_001), Money(cents=1, currency="GBP")]


@pytest.mark.parametrize("price", IMPOSSIBLE)
def test_a_price_that_cannot_be(price: Money) -> None:
    sentence = "A price is between €0.01 and €100,000.00."
    Scenario(product).when(listing(price=price)).refused(sentence)
    Scenario(product).given(LISTED).when(factories.ChangePrice.build(sku="MUG", price=price)).refused(sentence)


@pytest.mark.parametrize("cents", [1, 10_000_000])
def test_the_least_and_the_highest_price(cents: int) -> None:
    command = factories.ChangePrice.build(sku="MUG", price=Money(cents=cents))
    Scenario(product).given(LISTED).when(command).then(factories.PriceChanged.build(sku="MUG", price=command.price))


def test_a_price_changes() -> None:
    Scenario(product).given(LISTED).when(CHANGE).then(CHANGED)


def test_the_same_price_is_no_change() -> None:
    Scenario(product).given(LISTED, CHANGED).when(CHANGE).then()


def test_what_is_not_listed_has_no_price() -> None:
    Scenario(product).when(CHANGE).refused("There is no such product.")


def test_what_is_withdrawn_keeps_its_price() -> None:
    Scenario(product).given(LISTED, WITHDRAWN).when(CHANGE).refused("Enamel mug is withdrawn from the catalogue.")


def test_a_product_is_withdrawn() -> None:
    Scenario(product).given(LISTED).when(WITHDRAW).then(WITHDRAWN)


def test_withdrawn_is_withdrawn() -> None:
    Scenario(product).given(LISTED, WITHDRAWN).when(WITHDRAW).then()


def test_what_was_never_listed_is_not_withdrawn() -> None:
    Scenario(product).when(WITHDRAW).refused("There is no such product.")


def test_what_a_product_is_after_what_has_happened() -> None:
    assert Scenario(product).state == Unlisted()
    assert Scenario(product).given(LISTED).state == Listed(name="Enamel mug", price=Money(cents=1250))
    assert Scenario(product).given(LISTED, CHANGED).state == Listed(name="Enamel mug", price=Money(cents=1390))
    assert Scenario(product).given(LISTED, CHANGED, WITHDRAWN).state == Withdrawn(name="Enamel mug")
    assert Scenario(product).given(LISTED, WITHDRAWN, LISTED).state == Listed(
        name="Enamel mug", price=Money(cents=1250)
    )


def test_what_happens_to_what_was_never_listed_gives_it_no_name() -> None:
    assert Scenario(product).given(CHANGED).state == Listed(name="", price=Money(cents=1390))
