"""The desk asks the sandbox through Stripe's own library for a page on which a card is entered."""

import re

import pytest
import requests
import stripe
from uuid_utils.compat import uuid7

from config.services.ports import free_port
from eventstore.effects import NotSent, Unanswered
from orders.domain.money import Money
from orders.systems.payment_provider.port import CardPage, DeskClosed, EnteredCard
from orders.systems.payment_provider.stripe_account import Account, Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests.sandbox_room import API_KEY, Stand

CLARA = uuid7()
BACK = ("http://shop.example/entered/?page=", "http://shop.example/payment/?card=none")


def opened(desk: Checkout, kept_with: str = "", key: str = "") -> CardPage:
    """A page for Clara."""
    return desk.open(CLARA, "clara@example.com", kept_with, BACK, key or str(uuid7()))


def enter(page: CardPage, card: str = "pm_card_visa") -> requests.Response:
    """Choose a card on it."""
    return requests.post(page.address, data={"card": card}, timeout=10, allow_redirects=False)


def test_a_card_is_entered_and_can_be_charged_now_and_later(desk: Checkout, provider: Stripe) -> None:
    page = opened(desk)
    assert desk.entered(page.id) == EnteredCard(str(CLARA), "open")
    assert enter(page).headers["Location"] == f"{BACK[0]}{page.id}"
    found = desk.entered(page.id)
    assert found
    assert (found.customer_id, found.standing, found.brand, found.last_digits) == (
        str(CLARA),
        "entered",
        "visa",
        "4242",
    )
    for attempt in (1, 2):
        held = provider.hold(uuid7(), attempt, Money(cents=1000), found.card, str(uuid7()))
        assert held.standing == "held"


def test_a_card_is_its_customer_s_and_nobody_else_is_charged(desk: Checkout, provider: Stripe) -> None:
    page = opened(desk)
    enter(page, "pm_card_mastercard")
    found = desk.entered(page.id)
    assert found
    customer, _, method = found.card.partition(":")
    for stolen in (method, f"cus_somebody:{method}"):
        with pytest.raises(stripe.InvalidRequestError, match="No such PaymentMethod"):
            provider.hold(uuid7(), 1, Money(cents=1000), stolen, str(uuid7()))
    other = opened(desk, customer)
    enter(other)
    second = desk.entered(other.id)
    assert second
    assert second.card.startswith(f"{customer}:")
    assert second.card != found.card


def test_the_same_key_is_the_same_page(desk: Checkout) -> None:
    key = str(uuid7())
    assert opened(desk, key=key) == opened(desk, key=key) != opened(desk)


def test_the_page_says_that_it_is_no_real_one_and_leads_back(desk: Checkout) -> None:
    page = opened(desk)
    answer = requests.get(page.address, timeout=10)
    assert "Sandbox of the payment provider" in answer.text
    assert re.search(f'href="{re.escape(BACK[1])}"', answer.text)
    assert "form-action 'self' http://shop.example;" in answer.headers["Content-Security-Policy"]
    assert enter(page, "pm_card_of_nobody").status_code == 200
    enter(page)
    assert "This page is done." in enter(page, "pm_card_mastercard").text
    found = desk.entered(page.id)
    assert found
    assert found.brand == "visa"


def test_a_page_that_nobody_uses_closes(desk: Checkout, stand: Stand) -> None:
    page = opened(desk)
    stand.steer("close", page=page.id)
    assert desk.entered(page.id) == EnteredCard(str(CLARA), "expired")
    assert "This page is closed." in enter(page).text


def test_a_page_that_there_never_was(desk: Checkout, stand: Stand) -> None:
    assert desk.entered("cs_test_nobody") is None
    assert requests.get(f"{stand.address}/checkout/cs_test_nobody", timeout=10).status_code == 404


@pytest.mark.parametrize("kind", ["silent", "error", "garbage"])
def test_whoever_waits_is_told_that_there_is_no_answer(desk: Checkout, stand: Stand, kind: str) -> None:
    page = opened(desk)
    stand.misbehave(kind, "/v1/checkout/sessions", times=2)
    with pytest.raises(Unanswered):
        opened(desk)
    with pytest.raises(Unanswered):
        desk.entered(page.id)


def test_a_desk_that_cannot_be_reached_or_will_not_have_us(stand: Stand) -> None:
    with pytest.raises(NotSent):
        opened(Checkout(Account(f"http://127.0.0.1:{free_port()}", API_KEY, 1.0)))
    with pytest.raises(DeskClosed):
        opened(Checkout(Account(stand.address, "sk_test_wrong", 1.0)))
