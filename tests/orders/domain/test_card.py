"""A card is known by the payment provider's name for it; its number never comes into our house."""

import pytest

from eventstore.messages import Refused
from orders.domain.card import ask_card
from orders.domain.order import OrderPlaced
from orders.domain.order.placing import place
from orders.domain.order.states import Unplaced
from tests import factories


@pytest.mark.parametrize(
    "card", [None, "pm_card_visa", "pm_1NO6mA2eZvKYlo2C", "cus_Na6dX7aXxi11N4:pm_1NO6mA2eZvKYlo2C"]
)
def test_the_provider_s_name_is_a_card(card: str | None) -> None:
    ask_card(card)


@pytest.mark.parametrize(
    "card", ["", "4242424242424242", "pm_", "pm_a b", "card_1", "cus_1:4242424242424242", "pm_a\n"]
)
def test_nothing_else_is(card: str) -> None:
    with pytest.raises(Refused, match="Choose one of your cards"):
        ask_card(card)
    with pytest.raises(Refused, match="Choose one of your cards"):
        place(factories.PlaceOrder.build(card=card), Unplaced())


def test_an_order_keeps_its_card_only_where_it_is_paid_by_card() -> None:
    for terms, card in (("prepaid", "pm_card_visa"), ("on_account", None)):
        [placed] = place(factories.PlaceOrder.build(payment_terms=terms, card="pm_card_visa"), Unplaced())
        assert isinstance(placed, OrderPlaced)
        assert placed.card == card
