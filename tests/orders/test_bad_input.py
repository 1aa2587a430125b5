"""Whatever is sent to the shop's forms and addresses: never a fault of ours, always the sentence, nothing lost."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client
from django.test.client import ClientHandler
from django.utils.html import escape

from accounts.models import User
from config.charset import in_utf_8
from orders.domain.order import MOST_LINES
from tests.shop import DELIVERY, KETTLE, MUG, WHERE_TO, browsing, follow, placed_order, refused, somebody, withdraw

pytestmark = pytest.mark.django_db

NUL, MARKUP, LONG, ENDLESS = "a\0b", "<script>alert(1)</script>", "x" * 101, "9" * 10_000
NULS = "Null characters are not allowed."
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(clara: User) -> Client:
    """Clara's browser, with two mugs in the basket."""
    client = browsing(clara)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    return client


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


def test_what_is_typed_beside_a_product_that_is_removed_counts(client: Client) -> None:
    client.post("/basket/add/", {"sku": KETTLE, "quantity": "1"})
    client.post("/basket/change/", {"sku": [MUG, KETTLE], "quantity": ["many", "5"], "remove": MUG})
    assert client.session["basket"] == {KETTLE: 5}
    client.post("/basket/add/", {"sku": MUG, "quantity": "1"})
    typed: dict[str, str | list[str]] = {"sku": [KETTLE, MUG], "quantity": ["lots", "1"], "remove": MUG}
    assert 'value="lots"' in refused(client, "/basket/change/", typed, "Enter a whole number.")
    assert client.session["basket"] == {KETTLE: 5}


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


def test_who_orders_what_is_no_longer_sold_reads_so(client: Client) -> None:
    said = "Enamel mug is no longer in our catalogue. Remove it to go on."
    withdraw(MUG)
    follow()
    for sent in ({"then": "place_order"}, {}):
        page = refused(client, "/basket/change/", sent, said)
        assert "Enter a quantity" not in page
    client.post("/basket/add/", {"sku": KETTLE, "quantity": "1"})
    typed = {"sku": KETTLE, "quantity": "3"}
    refused(client, "/basket/change/", typed | {"then": "place_order"}, said)
    assert client.session["basket"] == {MUG: 2, KETTLE: 3}
    assert client.post("/basket/change/", typed).status_code == 302


def test_each_quantity_that_cannot_be_is_named(client: Client) -> None:
    client.post("/basket/add/", {"sku": KETTLE, "quantity": "1"})
    typed = {"sku": [MUG, KETTLE], "quantity": ["lots", "5000"]}
    page = refused(client, "/basket/change/", typed, "Enamel mug: Enter a whole number.")
    summary = page.partition('class="error-summary"')[2].partition("</div>")[0]
    for sku, sentence in {
        MUG: "Enamel mug: Enter a whole number.",
        KETTLE: "Whistling kettle: Enter a quantity of at most 999.",
    }.items():
        assert f'<a href="#quantity-{sku}">{sentence}</a>' in " ".join(summary.split())
    assert "<title> Error:" in " ".join(page.split())


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
    without = {name: answer for name, answer in DELIVERY.items() if name != field}
    blank = ("  ", "\N{RIGHT-TO-LEFT OVERRIDE}\a") if field != "country" else ()
    for data in (without, *(without | {field: said} for said in ("", *blank))):
        page = refused(client, "/orders/place/", data, BLANK[field])
        assert f'href="#id_{field}"' in page
        assert all(f'value="{answer}"' in page for answer in without.values())


@pytest.mark.parametrize("field", [name for name in WHERE_TO if name != "country"])
def test_an_answer_that_is_too_long_or_not_text(client: Client, field: str) -> None:
    most = 12 if field == "postcode" else 100
    too_long = f"Use at most {most} characters; these are 101."
    assert f'value="{LONG}"' in refused(client, "/orders/place/", DELIVERY | {field: LONG}, too_long)
    refused(client, "/orders/place/", DELIVERY | {field: NUL}, NULS)
    assert "delivery" not in client.session


@pytest.mark.parametrize(
    ("country", "postcode", "example"),
    [
        ("DE", "123", "04103"),
        ("DE", "A4103", "04103"),
        ("DE", "٠٤١٠٣", "04103"),
        ("AT", "04103", "1010"),
        ("NL", "1012", "1012 AB"),
        ("NL", "1012 ÄB", "1012 AB"),
    ],
)
def test_a_postcode_that_no_parcel_can_go_to(client: Client, country: str, postcode: str, example: str) -> None:
    where = DELIVERY | {"country": country, "postcode": postcode}
    refused(client, "/orders/place/", where, f"Enter a postcode like {example}.")


@pytest.mark.parametrize(
    ("country", "postcode", "written"),
    [
        ("NL", "1012ab", "1012 AB"),
        ("NL", "10 12 a b", "1012 AB"),
        ("NL", "1012 AB", "1012 AB"),
        ("DK", " 1050 ", "1050"),
        ("DE", "5 0 667", "50667"),
        ("LU", "1009", "1009"),
    ],
)
def test_a_postcode_of_each_country_is_taken_as_it_is_written_there(
    client: Client, country: str, postcode: str, written: str
) -> None:
    where = DELIVERY | {"country": country, "postcode": postcode}
    assert client.post("/orders/place/", where).status_code == 302
    client.post("/orders/place/payment/", {"payment_terms": "prepaid"})
    assert f"{written} {DELIVERY['city']}" in " ".join(client.get("/orders/place/check/").content.decode().split())


def test_a_country_that_we_do_not_send_to(client: Client) -> None:
    for country in ("XX", "de", "DEU", NUL, MARKUP, ENDLESS):
        where = DELIVERY | {"country": country}
        refused(client, "/orders/place/", where, "Choose one of the countries that we send parcels to.")


class Served(ClientHandler):
    """Answers as the server does."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        """The answer."""
        return super().__call__(in_utf_8(environ))


UNREADABLE = ("utf-7", "utf-16", "latin-1", "unicode_escape", "base64", "idna", "undefined", "UTF-8''a%00", "none")


def star(charset: str) -> str:
    """What stands behind the name of a parameter whose value says its own charset."""
    return "*" * ("'" in charset)


@pytest.mark.parametrize("charset", UNREADABLE)
def test_a_form_in_a_charset_that_we_do_not_read(client: Client, charset: str) -> None:
    client.handler = Served(enforce_csrf_checks=False)
    fields = "".join(f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n+2AA-\r\n' for name in DELIVERY)
    for kind, body in (("multipart/form-data; boundary=B", f"{fields}--B--\r\n"), (FORM, "city=%2B2AA-")):
        answer = client.generic("POST", "/orders/place/", body, f"{kind}; charset{star(charset)}={charset}")
        assert (answer.status_code, "delivery" in client.session) == (400, False)


@pytest.mark.parametrize("charset", [*UNREADABLE, "utf-8", "ascii"])
def test_an_address_is_read_as_utf_8_whatever_is_said_of_the_body(charset: str) -> None:
    client = browsing(somebody("customer_service"))
    client.handler = Served(enforce_csrf_checks=False)
    answer = client.get(
        "/find/?q=%2B2AA-%5Cud800%C3%BC", headers={"Content-Type": f"text/plain; charset{star(charset)}={charset}"}
    )
    assert (answer.status_code, 'value="+2AA-\\ud800ü"' in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("charset", ['"utf-8"', "UTF8", "us-ascii"])
def test_a_form_in_utf_8_or_in_a_part_of_it_is_read(client: Client, charset: str) -> None:
    client.handler = Served(enforce_csrf_checks=False)
    fields = "".join(
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in DELIVERY.items()
    )
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    assert client.generic("POST", "/orders/place/", f"{fields}--B--\r\n", kind).status_code == 302


def test_markup_is_text_like_any_other(client: Client) -> None:
    hostile = DELIVERY | {"recipient": MARKUP, "street": '"><img src=x onerror=alert(1)>', "city": "{{ 7*7 }} {total}"}
    client.post("/orders/place/", hostile)
    client.post("/orders/place/payment/", {"payment_terms": "prepaid"})
    page = client.get("/orders/place/check/").content.decode()
    assert MARKUP not in page
    assert "<img src=x" not in page
    assert escape(MARKUP) in page
    assert "{{ 7*7 }} {total}" in page


def test_a_way_to_pay_that_is_none(client: Client) -> None:
    client.post("/orders/place/", DELIVERY)
    for terms in ("", "free", NUL, MARKUP, ENDLESS):
        sentence = "Choose one of these ways to pay." if terms else "Choose how you want to pay."
        page = refused(client, "/orders/place/payment/", {"payment_terms": terms}, sentence)
        assert 'href="#id_payment_terms_0"' in page
    assert "payment" not in client.session


GARBAGE = ["", "abc", "-1", "1.5", "٣", "9" * 18, ENDLESS, NUL, MARKUP, "1; DROP TABLE", "\N{PILE OF POO}"]


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
    assert {client.get("/work/", {"from": garbage}).status_code for garbage in GARBAGE} == {200}


@pytest.mark.parametrize("moment", ["2026-01-05", "2026-01-05T10:00", "2026-01-05T10:00+01:00", "2026-13-05"])
def test_a_list_begins_behind_a_moment_or_at_its_beginning(client: Client, moment: str) -> None:
    assert client.get("/orders/", {"from": [moment, str(UUID(int=1))]}).status_code == 200


def test_work_that_is_none_is_taken_by_nobody() -> None:
    client = browsing(somebody("warehouse"))
    for work in (NUL, "@", "x@1", f"{NUL}@1"):
        for task in ("take", "give-back"):
            assert client.post(f"/work/{quote(work, safe='')}/{task}/").status_code == 404


def test_addresses_that_lead_nowhere(client: Client) -> None:
    for garbage in [*filter(None, GARBAGE), "../../etc/passwd", str(UUID(int=0))]:
        for room in ("products", "orders"):
            assert client.get(f"/{room}/{quote(garbage, safe='')}/").status_code == 404, garbage


FORMS = ["/basket/add/", "/basket/change/", "/orders/place/", "/orders/place/payment/", "/orders/place/check/"]


@pytest.mark.parametrize("address", [*FORMS, "/basket/"])
def test_forms_are_asked_and_sent_and_nothing_else(client: Client, address: str) -> None:
    assert {client.put(address).status_code, client.delete(address).status_code} == {405}


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
