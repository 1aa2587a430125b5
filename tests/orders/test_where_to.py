"""Place order: a kept address or a new one, and what becomes of pieces that are missing."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.customer import AddDeliveryAddress
from accounts.models import User
from eventstore.rest import to_rest
from projections.customer_page import CustomerPage
from tests import factories
from tests.shop import DELIVERY, KETTLE, MUG, WHERE_TO, browsing, follow, hidden, orders_in_the_log, read, refused, send

pytestmark = pytest.mark.django_db
CHECK = "/orders/place/check/"


@pytest.fixture
def client(clara: User) -> Client:
    """Clara's browser, with two mugs in the basket."""
    client = browsing(clara)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    return client


def order(client: Client, delivery: Mapping[str, Any]) -> str:
    """Answer all questions and order; the confirmation as people read it."""
    assert client.post("/orders/place/", delivery).status_code == 302
    client.post("/orders/place/payment/", {"payment_terms": "prepaid"})
    checked = client.get(CHECK)
    placed = client.post(CHECK, hidden(checked))
    return read(client.get(placed.headers["Location"]))


@pytest.mark.parametrize(
    ("wish", "promise"),
    [
        ("wait", "you get what is there first, and the rest as soon as we have it"),
        ("cancel", "we leave it out, and you do not pay for it"),
    ],
)
def test_what_becomes_of_missing_pieces_is_as_the_customer_wishes(client: Client, wish: str, promise: str) -> None:
    assert promise in order(client, DELIVERY | {"if_short": wish})
    assert [placed.if_short for placed in orders_in_the_log()] == [wish]


def test_it_is_said_that_this_is_not_about_what_is_out_of_stock(client: Client) -> None:
    page = read(client.get("/orders/place/"))
    assert "What if something is missing from the shelf when we pack?" in page
    assert "What is not in stock when you order is waited for, whatever you choose here." in page
    agreed = "If something is missing when we pack Leave it out: I do not pay for it"
    client.post("/basket/add/", {"sku": KETTLE, "quantity": "4"})
    client.post("/orders/place/", DELIVERY | {"if_short": "cancel"})
    client.post("/orders/place/payment/", {"payment_terms": "on_account"})
    checked = client.get(CHECK)
    assert agreed in read(checked)
    client.post(CHECK, hidden(checked))
    to_rest()
    page = read(client.get(f"/orders/{orders_in_the_log()[0].order_id}/"))
    assert "1 not there yet" in page
    assert agreed in page


def test_what_becomes_of_missing_pieces_has_to_be_said(client: Client) -> None:
    for wrong in ("", "perhaps", "WAIT"):
        refused(client, "/orders/place/", DELIVERY | {"if_short": wrong}, "Choose what becomes of what is missing.")


def test_a_new_address_is_kept_once_where_the_customer_wants_it(client: Client, clara: User) -> None:
    assert "Which address?" not in read(client.get("/orders/place/"))
    client.post("/orders/place/", DELIVERY | {"keep": "on"})
    client.post("/orders/place/", DELIVERY | {"keep": "on"})
    follow()
    [kept] = CustomerPage.objects.get(customer_id=clara.id).addresses
    assert kept["address"] == WHERE_TO


def test_a_kept_address_is_chosen_and_nothing_has_to_be_typed(client: Client, clara: User) -> None:
    garden = factories.Address.build(street="Gartenweg 3")
    send(AddDeliveryAddress(customer_id=clara.id, address_id=(kept := uuid7()), address=garden))
    follow()
    assert "Gartenweg 3" in read(client.get("/orders/place/"))
    assert "Gartenweg 3" in read(client.get("/orders/place/")).partition("A new address")[0]
    order(client, {"kept": str(kept), "if_short": "wait"})
    assert orders_in_the_log()[0].delivery_address == garden


def test_nobody_chooses_an_address_that_is_not_theirs(client: Client, clara: User) -> None:
    mine = AddDeliveryAddress(customer_id=clara.id, address_id=uuid7(), address=factories.Address.build())
    send(mine)
    follow()
    for wrong in ("", str(uuid7()), "a\0b", "9" * 10_000):
        sent = DELIVERY | {"kept": wrong}
        refused(client, "/orders/place/", sent, "Choose one of your addresses, or a new one.")
    refused(client, "/orders/place/", {"kept": "new", "if_short": "wait"}, "Enter a street and a number.")


def test_who_keeps_as_many_addresses_as_we_keep_is_told_so(client: Client, clara: User) -> None:
    for number in range(20):
        address = factories.Address.build(street=f"Gartenweg {number}")
        send(AddDeliveryAddress(customer_id=clara.id, address_id=uuid7(), address=address))
    sentence = "We keep at most 20 addresses for you. Remove one first."
    refused(client, "/orders/place/", DELIVERY | {"kept": "new", "keep": "on"}, sentence)
