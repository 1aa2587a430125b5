"""My data: what we know of somebody, all of it, and nothing of anybody else; and how they change it."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.email_claim import EmailClaimed, EmailReleased
from accounts.domain.roles import CUSTOMER, WAREHOUSE
from accounts.models import User
from accounts.screens.contact import contact_of
from accounts.screens.joining import join
from accounts.streams import claim_of
from eventstore import log
from tests.shop import PASSWORD, browsing, follow, open_shop, placed_order, read, somebody

pytestmark = pytest.mark.django_db

ADDRESS = {"recipient": "Clara Vogel", "street": "Am Hang 3", "postcode": "04103", "city": "Leipzig", "country": "DE"}


@pytest.fixture
def clara() -> User:
    open_shop()
    user = User.objects.create_user("clara@vogel.example", PASSWORD, [CUSTOMER], name="Clara Vogel")
    join(user)
    return user


def told(**fields: str) -> dict[str, str]:
    known = {"name": "Clara Vogel", "email": "clara@vogel.example", "telephone": ""}
    return {"command_id": str(uuid7())} | known | fields


def add(client: Client, **parts: str) -> Any:
    return client.post("/my-data/addresses/add/", {"command_id": str(uuid7())} | ADDRESS | parts, follow=True)


def test_everything_is_on_the_page_and_in_the_file(clara: User) -> None:
    placed_order(somebody(CUSTOMER, "Olaf Other"), recipient="Olaf Other")
    order_id = placed_order(clara, street="Lindenallee 7")
    client = browsing(clara)
    add(client)
    follow()
    page = read(client.get("/my-data/"))
    assert all(text in page for text in ("Clara Vogel", "clara@vogel.example", "Am Hang 3", "Leipzig", "Germany"))
    answer = client.get("/my-data/file/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    text = answer.content.decode()
    known = json.loads(text)
    assert {"OrderPlaced", "CustomerRegistered", "DeliveryAddressAdded"} <= {
        event["what"] for event in known["what_has_happened"]
    }
    assert [order["order_id"] for order in known["what_we_show"]["orderpage"]] == [str(order_id)]
    assert "Lindenallee 7" in text
    assert "Olaf" not in text


def test_the_page_asks_little_of_the_database(clara: User, django_assert_max_num_queries: Any) -> None:
    client = browsing(clara)
    for number in range(3):
        add(client, street=f"Am Hang {number}")
        placed_order(clara)
    with django_assert_max_num_queries(12):
        client.get("/my-data/")


def test_a_name_and_a_telephone_are_changed_at_once(clara: User) -> None:
    client = browsing(clara)
    client.post("/my-data/contact-details/", told(name="Clara Vogel-Lind", telephone="+49 341 123456"))
    known = contact_of(clara.id)
    assert (known.name, known.telephone, known.email) == ("Clara Vogel-Lind", "+49 341 123456", clara.email)
    clara.refresh_from_db()
    assert clara.name == "Clara Vogel-Lind"
    assert mail.outbox == []


def test_another_e_mail_address_counts_once_it_is_shown(clara: User) -> None:
    client, new = browsing(clara), "clara@lind.example"
    page = read(client.post("/my-data/contact-details/", told(email=new), follow=True))
    assert "Look into your mail" in page
    assert f"Soon {new}" in page
    assert contact_of(clara.id).email == clara.email
    [letter] = mail.outbox
    assert letter.to == [new]
    found = re.search(r"http://testserver(\S+)", str(letter.body))
    assert found
    client.post(found[1])
    clara.refresh_from_db()
    assert (clara.email, contact_of(clara.id).email) == (new, new)
    claims = [fact.event for fact in log.read_log() if isinstance(fact.event, EmailClaimed | EmailReleased)]
    assert claims == [
        EmailClaimed(address=claim_of("clara@vogel.example"), customer_id=clara.id),
        EmailClaimed(address=claim_of(new), customer_id=clara.id),
        EmailReleased(address=claim_of("clara@vogel.example"), customer_id=clara.id),
    ]


def test_nobody_learns_by_it_who_is_a_customer(clara: User) -> None:
    somebody(CUSTOMER, "Olaf Other")
    client, pages = browsing(clara), []
    for email in ("olaf.other@example.com", "nobody@example.com"):
        mail.outbox.clear()
        page = read(client.post("/my-data/contact-details/", told(email=email), follow=True))
        pages.append(re.sub(r"\d\d:\d\d:\d\d", "", page).replace(email, "that address"))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": "x"}, "Enter an e-mail address, such as name@example.com."),
        ({"telephone": "abc"}, "Enter a telephone number, such as +49 341 123456, or none."),
        ({"command_id": "x"}, "This page was not sent as we showed it to you."),
    ],
    ids=range(4),
)
def test_what_cannot_be_typed(clara: User, fields: dict[str, str], sentence: str) -> None:
    response = browsing(clara).post("/my-data/contact-details/", told(**fields))
    assert response.status_code == 422
    assert sentence in read(response)


def test_addresses_come_and_go(clara: User) -> None:
    client = browsing(clara)
    assert "The address is kept." in read(add(client))
    [address_id] = contact_of(clara.id).addresses
    remove = f"/my-data/addresses/{address_id}/remove/"
    assert "Am Hang 3" in read(client.get(remove))
    assert "The address is removed." in read(client.post(remove, {"command_id": str(uuid7())}, follow=True))
    assert contact_of(clara.id).addresses == {}
    assert client.get(remove).status_code == 404
    assert client.get(f"/my-data/addresses/{uuid4()}/remove/").status_code == 404
    assert add(client, country="XX").status_code == 422


def test_a_double_click_keeps_one_address(clara: User) -> None:
    client, twice = browsing(clara), {"command_id": str(uuid7())} | ADDRESS
    for _ in range(2):
        assert client.post("/my-data/addresses/add/", twice).status_code == 302
    assert len(contact_of(clara.id).addresses) == 1


def test_nothing_is_erased_while_an_order_is_open(clara: User) -> None:
    placed_order(clara)
    client, elsewhere = browsing(clara), browsing(clara)
    sentence = "Orders that are still open: 1. The data can be erased once all of them are completed."
    assert sentence in read(client.get("/my-data/erase/"))
    refused = client.post("/my-data/erase/", {"command_id": str(uuid7())})
    assert (refused.status_code, sentence in read(refused)) == (422, True)
    assert {browser.get("/my-data/").status_code for browser in (client, elsewhere)} == {200}
    assert sign_in(clara).status_code == 302


def test_what_it_does_is_said_before_it_is_done(clara: User) -> None:
    page = read(browsing(clara).get("/my-data/erase/"))
    assert "Nobody can undo it." in page
    assert "Your sign-in goes, in every browser, at once." in page


def test_no_page_goes_on_to_name_who_was_erased_from_it(clara: User) -> None:
    sent = {"command_id": str(uuid7())}
    answer = browsing(clara).post("/my-data/erase/", sent, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/", "the whole page is fetched anew, with what stands above it"


def sign_in(user: User) -> Any:
    return Client().post("/sign-in/", {"login": user.email, "password": PASSWORD})


def test_whoever_is_erased_is_signed_in_nowhere_from_that_moment(clara: User) -> None:
    client, elsewhere = browsing(clara), browsing(clara)
    assert client.post("/my-data/erase/", {"command_id": str(uuid7())}).status_code == 302
    for address in ("/my-data/", "/my-data/file/"):
        assert elsewhere.get(address).headers["Location"] == f"/sign-in/?next={address}"
    assert "No sign-in has this e-mail address and this password." in read(sign_in(clara))
    follow()
    assert not User.objects.filter(pk=clara.pk).exists()


def test_whoever_works_here_as_well_is_no_customer_from_that_moment(clara: User) -> None:
    clara.groups.add(Group.objects.get_or_create(name=WAREHOUSE)[0])
    client, elsewhere = browsing(clara), browsing(clara)
    assert client.post("/my-data/erase/", {"command_id": str(uuid7())}).status_code == 302
    assert elsewhere.get("/my-data/").status_code == 302
    assert sign_in(clara).status_code == 302
    assert browsing(clara).get("/my-data/").status_code == 403
    follow()
    assert User.objects.get(pk=clara.pk).roles == {WAREHOUSE}
