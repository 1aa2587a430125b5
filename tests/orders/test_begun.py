"""A session ends while somebody is about to order: the basket and the answers are theirs again once they sign in."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.domain.roles import CUSTOMER
from accounts.models import Session, User
from accounts.screens.kept import MARK
from orders.domain.order import MOST_LINES
from tests.reading import Page
from tests.shop import DELIVERY, KETTLE, MUG, PASSWORD, hidden, orders_in_the_log, read, somebody

pytestmark = pytest.mark.django_db

WHERE, HOW, CHECK = "/orders/place/", "/orders/place/payment/", "/orders/place/check/"
GO_ON = "/my-sign-in/go-on/"


@pytest.fixture
def client(clara: User) -> Client:
    """Clara's browser, with two mugs in the basket, and the first question answered."""
    client = Client()
    sign_in(client, clara)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    client.post(WHERE, DELIVERY)
    return client


def sign_in(client: Client, user: User) -> Any:
    return client.post("/sign-in/", {"login": user.email, "password": PASSWORD, "next": GO_ON}, follow=True)


def sessions_end() -> None:
    """Two weeks go by."""
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def sent_too_late(client: Client, address: str, data: dict[str, str]) -> None:
    """The session ends, and then a form is sent."""
    sessions_end()
    send(client, address, data)


def send(client: Client, address: str, data: dict[str, str]) -> None:
    assert client.post(address, data).headers["Location"] == f"/sign-in/?next={GO_ON}"


def go_on(client: Client, user: User) -> str:
    """Sign in again, and press the button: what is read then."""
    page = sign_in(client, user)
    return read(client.post(page.context["path"], dict(page.context["fields"]), follow=True))


def test_it_goes_on_where_it_was(clara: User, client: Client) -> None:
    sent_too_late(client, HOW, {"payment_terms": "on_account"})
    page = go_on(client, clara)
    assert "Check your answers" in page
    assert "Enamel mug" in page
    assert "Lindenallee 7" in page


def test_it_is_still_the_same_order(clara: User, client: Client) -> None:
    client.post(HOW, {"payment_terms": "on_account"})
    sent_too_late(client, CHECK, hidden(client.get(CHECK)))
    assert "Order placed" in go_on(client, clara)
    assert [(line.sku, line.quantity) for line in orders_in_the_log()[0].lines] == [(MUG, 2)]
    assert "Your basket is empty." in read(client.get("/basket/"))


def test_somebody_else_in_the_same_browser_gets_nothing_of_it(clara: User, client: Client) -> None:
    sent_too_late(client, HOW, {"payment_terms": "on_account"})
    assert "Your basket is empty." in read(client.get("/basket/"))
    assert "Lindenallee" not in str(client.session.items())
    sign_in(client, somebody(CUSTOMER, "Olaf Other", password=PASSWORD))
    assert "Your basket is empty." in read(client.get("/basket/"))
    assert set(client.session.keys()) & {"basket", "delivery", "if_short", "begun"} == set()


def test_what_was_put_into_the_basket_meanwhile_stays_there(clara: User, client: Client) -> None:
    mark = Page(client.get(HOW).content.decode()).all("input", name=MARK)[0].attributes["value"]
    sessions_end()
    del client.cookies[settings.SESSION_COOKIE_NAME]
    client.post("/basket/add/", {"sku": MUG, "quantity": "1"})
    client.post("/basket/add/", {"sku": KETTLE, "quantity": "1"})
    send(client, HOW, {"payment_terms": "on_account", MARK: str(mark)})
    client.post("/basket/add/", {"sku": KETTLE, "quantity": "2"})
    sign_in(client, clara)
    assert client.session["basket"] == {MUG: 2, KETTLE: 3}


def test_a_basket_does_not_grow_beyond_what_an_order_can_have(clara: User, client: Client) -> None:
    sent_too_late(client, HOW, {"payment_terms": "on_account"})
    session = client.session
    session["basket"] = {f"SKU-{number}": 1 for number in range(MOST_LINES)}
    session.save()
    sign_in(client, clara)
    assert len(client.session["basket"]) == MOST_LINES
    assert client.session["basket"][MUG] == 2
