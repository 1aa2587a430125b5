"""Whoever may place no orders reads so on each step towards one, and not from its last button."""

import pytest
from django.test import Client

from accounts.domain.customer import ReinstateCustomer
from accounts.domain.roles import CUSTOMER_SERVICE
from accounts.models import User
from tests.eventstore.statements import counted
from tests.shop import MUG, about_to_order, browsing, hidden, read, send, somebody, suspend

pytestmark = pytest.mark.django_db

CHECK = "/orders/place/check/"
STEPS = ["/orders/place/", "/orders/place/payment/", CHECK]
REASON = "You cannot place orders at the moment. Please get in touch with customer service."


@pytest.fixture
def client(clara: User) -> Client:
    return about_to_order(clara, "on_account")


@pytest.mark.parametrize("step", ["/basket/", *STEPS])
def test_a_suspended_customer_reads_why_before_they_answer_anything(clara: User, client: Client, step: str) -> None:
    assert REASON not in read(client.get(step))
    suspend(clara)
    page = client.get(step)
    assert (page.status_code, read(page).count(REASON)) == (200, 1)
    assert "Enamel mug" in read(client.get("/basket/")), "what is in the basket stays there"
    send(ReinstateCustomer(customer_id=clara.id, reason="All is paid."))
    assert REASON not in read(client.get(step))


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_asked_of_whoever_may_place_no_orders(clara: User, client: Client, step: str) -> None:
    asked = '<form class="form"' if step != CHECK else 'name="answers"'
    assert asked in client.get(step).content.decode()
    suspend(clara)
    page = client.get(step)
    assert asked not in page.content.decode()
    assert 'href="/orders/"' in page.content.decode().split('class="reason"')[1], "and where their orders are"


def test_the_page_that_was_refused_says_it_once(clara: User, client: Client) -> None:
    sent = hidden(client.get(CHECK))
    suspend(clara)
    assert read(client.post(CHECK, sent)).count(REASON) == 1


@pytest.mark.parametrize("step", ["/basket/", *STEPS])
def test_to_know_it_costs_two_looks_into_the_database(
    client: Client, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(step)
    with counted() as knowing:
        client.get(step)
    monkeypatch.setattr("orders.screens.customer.may_order.catalogue.standing_in_the_way", lambda _: None)
    with counted() as without:
        client.get(step)
    assert len(knowing) - len(without) <= 2


def test_a_basket_of_whoever_is_no_customer_of_ours_yet_is_as_it_was() -> None:
    for client in (browsing(None), browsing(somebody(CUSTOMER_SERVICE))):
        client.post("/basket/add/", {"sku": MUG, "quantity": "1"})
        assert (client.get("/basket/").status_code, REASON in read(client.get("/basket/"))) == (200, False)
