"""How to pay: where a payment provider is connected, a customer chooses a card, known by the provider's name for it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from eventstore import effects
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.stripe_account import Account, Stripe
from tests.orders.test_place_order import CHECK
from tests.shop import DELIVERY, MUG, browsing, hidden, orders_in_the_log, read, refused

pytestmark = pytest.mark.django_db

PAYMENT = "/orders/place/payment/"


@pytest.fixture
def client(clara: User) -> Client:
    """Clara's browser, who has said what and where to."""
    client = browsing(clara)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    client.post("/orders/place/", DELIVERY)
    return client


@pytest.fixture
def connected(settings: Any) -> Iterator[None]:
    """A shop that is connected to the payment provider, in test mode."""
    settings.ENV = settings.ENV | {"PAYMENT_PROVIDER_API_KEY": "sk_test_1"}
    border = PaymentBorder(Stripe(Account("http://127.0.0.1:1", "sk_test_1")))
    effects.systems()[border.name] = border
    yield
    del effects.systems()[border.name]


@pytest.mark.usefixtures("connected")
def test_an_order_names_the_card_that_its_customer_has_chosen(client: Client) -> None:
    assert "By card, now: Visa ending in 4242" in read(client.get(PAYMENT))
    assert client.post(PAYMENT, {"payment_terms": "prepaid-pm_card_visa"}).headers["Location"] == CHECK
    page = client.get(CHECK)
    assert "By card, now: Visa ending in 4242" in read(page)
    client.post(CHECK, hidden(page))
    [placed] = orders_in_the_log()
    assert (placed.payment_terms, placed.card) == ("prepaid", "pm_card_visa")


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("way", ["prepaid", "prepaid-", "prepaid-pm_card_of_somebody", "prepaid-4242424242424242"])
def test_nobody_pays_with_a_card_that_is_not_there(client: Client, way: str) -> None:
    refused(client, PAYMENT, {"payment_terms": way}, "Choose one of these ways to pay.")


@pytest.mark.usefixtures("connected")
def test_an_order_on_account_names_no_card(client: Client) -> None:
    client.post(PAYMENT, {"payment_terms": "on_account"})
    client.post(CHECK, hidden(client.get(CHECK)))
    [placed] = orders_in_the_log()
    assert (placed.payment_terms, placed.card) == ("on_account", None)


@pytest.mark.usefixtures("connected")
def test_who_chose_before_there_were_cards_is_asked_again(client: Client) -> None:
    session = client.session
    session["payment"] = "prepaid"
    session.save()
    assert client.get(CHECK).headers["Location"] == PAYMENT


def test_without_a_payment_provider_there_are_no_cards(client: Client) -> None:
    page = read(client.get(PAYMENT))
    assert ("By card, now" in page, "Visa" in page) == (True, False)
    refused(client, PAYMENT, {"payment_terms": "prepaid-pm_card_visa"}, "Choose one of these ways to pay.")


@pytest.mark.usefixtures("connected")
def test_nobody_has_kept_a_card_with_a_live_account_yet(client: Client, settings: Any) -> None:
    settings.ENV = settings.ENV | {"PAYMENT_PROVIDER_API_KEY": "sk_live_1"}
    assert "By card" not in read(client.get(PAYMENT))
