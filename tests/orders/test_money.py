"""Money adds up, to the cent."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.money import Money, allocate, total
from orders.templatetags.shop import money as in_words

AMOUNTS = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_shares_add_up_to_the_amount(cents: int, weights: list[int]) -> None:
    assert total(allocate(Money(cents=cents), weights)) == Money(cents=cents)


@given(AMOUNTS, WEIGHTS)
def test_no_share_is_a_cent_off_its_proportion(cents: int, weights: list[int]) -> None:
    exact = [Fraction(cents * weight, sum(weights)) for weight in weights]
    shares = [share.cents for share in allocate(Money(cents=cents), weights)]
    assert all(abs(share - fair) < 1 for share, fair in zip(shares, exact, strict=True))


@given(AMOUNTS, st.integers(1, 50))
def test_equal_shares_differ_by_a_cent_at_most(cents: int, shares: int) -> None:
    each = [share.cents for share in allocate(Money(cents=cents), [1] * shares)]
    assert max(each) - min(each) <= 1


@given(AMOUNTS, WEIGHTS)
def test_who_has_no_weight_has_no_share(cents: int, weights: list[int]) -> None:
    shares = allocate(Money(cents=cents), weights)
    assert not any(share.cents for share, weight in zip(shares, weights, strict=True) if weight == 0)


def test_the_first_ones_take_what_is_left() -> None:
    assert allocate(Money(cents=100), [1, 1, 1]) == [Money(cents=34), Money(cents=33), Money(cents=33)]
    assert allocate(Money(cents=6), [2, 1, 1]) == [Money(cents=3), Money(cents=2), Money(cents=1)]
    assert allocate(Money(cents=1), [0, 1, 1]) == [Money(cents=0), Money(cents=1), Money(cents=0)]


def test_shares_keep_the_currency() -> None:
    assert allocate(Money(cents=3, currency="GBP"), [1, 2]) == [
        Money(cents=1, currency="GBP"),
        Money(cents=2, currency="GBP"),
    ]


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2], [2, -1]])
def test_without_weights_there_is_nothing_to_share_by(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^An amount is shared by weights that are not negative and not all zero\.$"):
        allocate(Money(cents=1), weights)


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
