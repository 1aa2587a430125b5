"""Money adds up, to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.money import Money, total
from orders.templatetags.shop import money as in_words

AMOUNTS = st.integers(-(10**12), 10**12)


@given(AMOUNTS, AMOUNTS, st.integers(0, 999))
def test_money_reckons_as_its_cents_do(one: int, other: int, times: int) -> None:
    assert Money(cents=one) + Money(cents=other) == Money(cents=one + other)
    assert Money(cents=one) - Money(cents=other) == Money(cents=one - other)
    assert Money(cents=one) * times == Money(cents=one * times)


def test_money_keeps_its_currency() -> None:
    pounds = Money(cents=100, currency="GBP")
    assert pounds + pounds == pounds * 2 == Money(cents=200, currency="GBP")
    assert pounds - pounds == Money(cents=0, currency="GBP")


def test_different_currencies_do_not_add_up() -> None:
    euros, pounds = Money(cents=100), Money(cents=100, currency="GBP")
    for reckon in (euros.__add__, euros.__sub__):
        with pytest.raises(ValueError, match="different currencies"):
            reckon(pounds)
    with pytest.raises(ValueError, match="different currencies"):
        total([euros, pounds])


def test_the_total_of_nothing_is_zero() -> None:
    assert total([]) == Money(cents=0)
    assert total([], "GBP") == Money(cents=0, currency="GBP")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(cents=0), "€0.00"),
        (Money(cents=5), "€0.05"),
        (Money(cents=-5), "-€0.05"),
        (Money(cents=123_456_789), "€1,234,567.89"),
        (Money(cents=4200, currency="GBP"), "£42.00"),
        (Money(cents=4200, currency="CHF"), "CHF 42.00"),
    ],
)
def test_money_in_words(money: Money, text: str) -> None:
    assert str(money) == in_words(money) == text


def test_no_money_is_no_words() -> None:
    assert in_words(None) == ""
