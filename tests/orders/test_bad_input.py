"""Whatever is sent to the shop's forms and addresses: never a fault of ours, always the sentence, nothing lost."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils.html import escape
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from orders.domain.money import Money
from orders.domain.order import MOST_LINES, Line
from orders.screens.forms import Answers
from tests import factories
from tests.shop import (
    KETTLE,
    MUG,
    browsing,
    follow,
    hidden,
    open_shop,
    orders_in_the_log,
    placed_order,
    somebody,
    withdraw,
)

pytestmark = pytest.mark.django_db

NUL, MARKUP, LONG, ENDLESS = "a\0b", "<script>alert(1)</script>", "x" * 101, "9" * 10_000
WHERE_TO = {"recipient": "Clara Vogel", "street": "Lindenallee 7", "postcode": "04103", "city": "Leipzig", "country": "DE"}
NULS = "Null characters are not allowed."
NOT_AS_SHOWN = "This page was not sent as we showed it to you. Check it, and send it once more."


@pytest.fixture
def clara() -> User:
    open_shop()
    return somebody(CUSTOMER, "Clara Vogel")


@pytest.fixture
def client(clara: User) -> Client:
    """Clara's browser, with two mugs in the basket."""
    client = browsing(clara)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    return client


@pytest.fixture
def answered(client: Client) -> Client:
    """Clara's browser, with every question answered."""
    client.post("/orders/place/", WHERE_TO)
    client.post("/orders/place/payment/", {"payment_terms": "prepaid"})
    return client


def refused(client: Client, address: str, data: dict[str, Any], sentence: str) -> str:
    """The page that comes back: in it the sentence, and its title begins with "Error:"."""
    response = client.post(address, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert escape(sentence) in page
    assert "".join(page.split("<title>")[1].split()).startswith("Error:")
    return page


BAD_QUANTITIES = {
    "": "Enter a quantity.",
    " ": "Enter a whole number.",
    "two": "Enter a whole number.",
    "1.5": "Enter a whole number.",
    "1e3": "Enter a whole number.",
    "-1": "Enter a quantity of 1 or more.",
    "1000": "Enter a quantity of at most 999.",
    ENDLESS: "Enter a whole number.",
    NUL: "Enter a whole number.",
    MARKUP: "Enter a whole number.",
}


@pytest.mark.parametrize(("typed", "sentence"), BAD_QUANTITIES.items(), ids=range(len(BAD_QUANTITIES)))
def test_a_quantity_that_cannot_be(client: Client, typed: str, sentence: str) -> None:
    for address in ("/basket/add/", "/basket/change/"):
        page = refused(client, address, {"sku": MUG, "quantity": typed}, sentence)
        assert f'value="{escape(typed)}"' in page  # as it was typed, to be mended
        assert f'href="#quantity-{MUG}"' in page
    assert client.session["basket"] == {MUG: 2}


def test_a_form_without_its_fields(client: Client) -> None:
    refused(client, "/basket/add/", {}, "This product is not in our catalogue.")
    refused(client, "/basket/change/", {}, "Enter a quantity.")
    refused(client, "/orders/place/", {}, "Enter a street and a number.")


def test_none_of_a_product_is_not_added_but_can_be_asked_for(client: Client) -> None:
    refused(client, "/basket/add/", {"sku": MUG, "quantity": "0"}, "Enter a quantity of 1 or more.")
    assert client.post("/basket/change/", {"sku": MUG, "quantity": "0"}).status_code == 302
    assert client.session["basket"] == {}


def test_a_product_that_is_not_there(client: Client) -> None:
    for sku in ("", "UNICORN", "x" * 41, NUL, MARKUP, "%s%(x)", "../admin", "mug-035"):
        for address in ("/basket/add/", "/basket/change/"):
            page = refused(client, address, {"sku": sku, "quantity": "1"}, "This product is not in our catalogue.")
            assert MARKUP not in page
    assert client.session["basket"] == {MUG: 2}


def test_a_withdrawn_product_is_not_added_any_more_but_can_be_removed(client: Client) -> None:
    withdraw(MUG)
    follow()
    for address in ("/basket/add/", "/basket/change/"):
        refused(client, address, {"sku": MUG, "quantity": "3"}, "This product is not in our catalogue.")
    client.post("/basket/change/", {"sku": MUG, "quantity": "0"})
    assert client.session["basket"] == {}


def test_a_basket_holds_no_more_than_an_order(client: Client) -> None:
    full = "A basket holds up to 200 products, and up to 999 pieces of each."
    refused(client, "/basket/add/", {"sku": MUG, "quantity": "998"}, full)
    session = client.session
    session["basket"] = {f"SKU-{number}": 1 for number in range(MOST_LINES)}
    session.save()
    refused(client, "/basket/add/", {"sku": KETTLE, "quantity": "1"}, full)
    assert len(client.session["basket"]) == MOST_LINES


BLANK = {
    "recipient": "Enter the name of whoever receives the parcel.",
    "street": "Enter a street and a number.",
    "postcode": "Enter a postcode.",
    "city": "Enter a town or city.",
    "country": "Choose a country.",
}


@pytest.mark.parametrize("field", BLANK)
def test_an_answer_that_is_missing(client: Client, field: str) -> None:
    without = {name: answer for name, answer in WHERE_TO.items() if name != field}
    for data in (without, without | {field: ""}, without | {field: "  " if field != "country" else ""}):
        page = refused(client, "/orders/place/", data, BLANK[field])
        assert f'href="#id_{field}"' in page
        assert all(f'value="{answer}"' in page for answer in without.values())


@pytest.mark.parametrize("field", [name for name in WHERE_TO if name != "country"])
def test_an_answer_that_is_too_long_or_not_text(client: Client, field: str) -> None:
    most = 12 if field == "postcode" else 100
    too_long = f"Use at most {most} characters; these are 101."
    assert f'value="{LONG}"' in refused(client, "/orders/place/", WHERE_TO | {field: LONG}, too_long)
    refused(client, "/orders/place/", WHERE_TO | {field: NUL}, NULS)
    assert "delivery" not in client.session


def test_a_country_that_we_do_not_send_to(client: Client) -> None:
    for country in ("XX", "de", "DEU", NUL, MARKUP, ENDLESS):
        where = WHERE_TO | {"country": country}
        refused(client, "/orders/place/", where, "Choose one of the countries that we send parcels to.")


def test_markup_is_text_like_any_other(answered: Client) -> None:
    hostile = WHERE_TO | {"recipient": MARKUP, "street": '"><img src=x onerror=alert(1)>', "city": "{{ 7*7 }} {total}"}
    answered.post("/orders/place/", hostile)
    page = answered.get("/orders/place/check/").content.decode()
    assert MARKUP not in page
    assert "<img src=x" not in page
    assert escape(MARKUP) in page
    assert "{{ 7*7 }} {total}" in page


def test_a_way_to_pay_that_is_none(client: Client) -> None:
    client.post("/orders/place/", WHERE_TO)
    for terms in ("", "free", NUL, MARKUP, ENDLESS):
        sentence = "Choose one of these ways to pay." if terms else "Choose how you want to pay."
        page = refused(client, "/orders/place/payment/", {"payment_terms": terms}, sentence)
        assert 'href="#id_payment_terms_0"' in page
    assert "payment" not in client.session


def checked(client: Client) -> dict[str, str]:
    """The hidden fields of "Check your answers"."""
    return hidden(client.get("/orders/place/check/"))


CHECK = "/orders/place/check/"
SIGNED_BY_ANOTHER = Signer(key="k" * 50, salt="orders.answers").sign("{}")


@pytest.mark.parametrize("field", ["answers", "command_id"])
def test_a_hidden_field_that_was_changed(answered: Client, field: str) -> None:
    for changed in ("", " ", "garbage", NUL, MARKUP, ENDLESS, "{}", "[]", SIGNED_BY_ANOTHER):
        page = refused(answered, CHECK, checked(answered) | {field: changed}, NOT_AS_SHOWN)
        assert "Lindenallee 7" in page
    assert orders_in_the_log() == []


def test_a_price_that_was_changed_on_the_page(answered: Client) -> None:
    sent = checked(answered)
    cheaper = sent["answers"].replace('"cents":1250', '"cents":1')
    assert cheaper != sent["answers"]
    refused(answered, CHECK, sent | {"answers": cheaper}, NOT_AS_SHOWN)
    refused(answered, CHECK, {name: sent[name] for name in ("command_id",)}, NOT_AS_SHOWN)
    assert orders_in_the_log() == []


def signed(**changes: Any) -> str:
    """Answers as a page of ours could have carried them, from whenever it is."""
    answers = Answers(
        order_id=uuid7(),
        lines=(Line(sku=MUG, quantity=2, shown=Money(cents=1250)),),
        delivery_address=factories.Address.build(),
        payment_terms="prepaid",
    )
    return Signer(salt="orders.answers").sign(msgspec.json.encode(msgspec.to_builtins(answers) | changes).decode())


def line(**changes: Any) -> dict[str, Any]:
    fields = {"sku": MUG, "quantity": 2, "shown": {"cents": 1250, "currency": "EUR"}}
    return fields | changes


def test_answers_that_an_older_page_carried(answered: Client) -> None:
    older: list[dict[str, Any]] = [
        {"lines": "none"},
        {"lines": [line(quantity="two")]},
        {"lines": [line(quantity=1.5)]},
        {"lines": [line(extra=1)]},
        {"order_id": "x"},
        {"payment_terms": "free"},
        {"delivery_address": None},
        {"of_an_older_page": True},
    ]
    for changes in older:
        refused(answered, CHECK, checked(answered) | {"answers": signed(**changes)}, NOT_AS_SHOWN)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "Your basket is empty."),
        ([line(quantity=0)], "Enter a quantity between 1 and 999."),
        ([line(quantity=-3)], "Enter a quantity between 1 and 999."),
        ([line(quantity=10**15)], "Enter a quantity between 1 and 999."),
        ([line(), line()], "A product stands in the order twice."),
        ([line(sku="UNICORN")], "There is no product with the number UNICORN."),
        ([line(sku=MARKUP)], f"There is no product with the number {MARKUP}."),
    ],
    ids=str,
)
def test_what_the_domain_refuses_stands_on_the_page(answered: Client, lines: list[Any], sentence: str) -> None:
    page = refused(answered, CHECK, checked(answered) | {"answers": signed(lines=lines)}, sentence)
    assert MARKUP not in page
    assert "Lindenallee 7" in page
    assert orders_in_the_log() == []


def test_an_order_of_somebody_else(answered: Client) -> None:
    theirs = placed_order(somebody(CUSTOMER, "Olaf Other"))
    response = answered.post(CHECK, checked(answered) | {"answers": signed(order_id=str(theirs))})
    assert response.status_code == 404
    assert len(orders_in_the_log()) == 1


def test_an_order_that_was_placed_already(clara: User, answered: Client) -> None:
    again = signed(order_id=str(placed_order(clara)))
    refused(answered, CHECK, checked(answered) | {"answers": again}, "This order has been placed already.")


def test_the_id_of_a_command_that_was_sent_before(answered: Client) -> None:
    sent = checked(answered)
    assert answered.post(CHECK, sent).status_code == 302
    other = sent | {"answers": signed()}
    refused(answered, CHECK, other, "This was sent before with other content. Reload the page to begin anew.")
    assert len(orders_in_the_log()) == 1


def test_the_id_of_a_command_that_somebody_else_sent(answered: Client) -> None:
    sent = checked(answered)
    assert answered.post(CHECK, sent).status_code == 302
    olaf = browsing(somebody(CUSTOMER, "Olaf Other"))
    assert olaf.post(CHECK, sent).status_code == 404
    refused(olaf, CHECK, sent | {"answers": signed()}, "This was sent before with other content.")


GARBAGE = ["", "abc", "-1", "1.5", "٣", "9" * 18, ENDLESS, NUL, MARKUP, "1; DROP TABLE", "\N{PILE OF POO}"]  # noqa: RUF001


def test_garbage_in_the_address_of_an_order(clara: User, client: Client) -> None:
    order_id = placed_order(clara)
    for garbage in GARBAGE:
        for asked in ({"after": garbage}, {"seen": garbage}, {"after": garbage, "seen": garbage}):
            for address in (f"/orders/{order_id}/", f"/orders/{order_id}/placed/"):
                page = client.get(address, asked)
                assert page.status_code == 200
                assert MARKUP not in page.content.decode()


def test_garbage_in_the_address_of_what_needs_doing() -> None:
    client = browsing(somebody("warehouse"))
    assert {client.get("/work/", {"seen": garbage}).status_code for garbage in GARBAGE} == {200}


def test_addresses_that_lead_nowhere(client: Client) -> None:
    for garbage in [*filter(None, GARBAGE), "../../etc/passwd", str(UUID(int=0))]:
        for room in ("products", "orders"):
            assert client.get(f"/{room}/{quote(garbage, safe='')}/").status_code == 404, garbage


@pytest.mark.parametrize("address", ["/orders/place/", "/orders/place/payment/", CHECK, "/basket/add/", "/basket/"])
def test_forms_are_asked_and_sent_and_nothing_else(client: Client, address: str) -> None:
    assert {client.put(address).status_code, client.delete(address).status_code} == {405}


FORMS = ["/basket/add/", "/basket/change/", "/orders/place/", "/orders/place/payment/", CHECK]


@pytest.mark.parametrize("address", [*FORMS, "/sign-in/", "/sign-out/", "/language/"])
def test_a_form_from_elsewhere_is_turned_away(clara: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clara)
    response = client.post(address, {"sku": MUG, "quantity": "1"})
    assert response.status_code == 403
    assert "Nothing has been done." in response.content.decode()


@pytest.mark.parametrize("next_address", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_a_language_leads_to_no_other_site(client: Client, next_address: str) -> None:
    response = client.post("/language/", {"language": "de", "next": next_address})
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("language", ["", "xx", NUL, MARKUP, ENDLESS])
def test_a_language_that_we_do_not_speak(client: Client, language: str) -> None:
    client.post("/language/", {"language": language, "next": "/basket/"})
    assert '<html lang="en">' in client.get("/basket/").content.decode()
