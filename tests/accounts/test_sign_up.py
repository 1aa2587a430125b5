"""Signing up: whoever shows that the address is theirs is a customer, once; nobody learns who is one already."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.domain.customer import CustomerRegistered
from accounts.domain.email_claim import ClaimEmail, EmailClaimed
from accounts.domain.roles import CUSTOMER
from accounts.models import Session, User
from accounts.screens import joining
from accounts.streams import claim_of
from eventstore import log
from eventstore.dispatch import dispatch
from tests.shop import PASSWORD, read, send, somebody

pytestmark = pytest.mark.django_db

EMAIL = "dora.lind@example.com"
DORA = {"name": "Dora Lind", "email": EMAIL, "password1": PASSWORD}


def link() -> str:
    """The link in the last letter."""
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def words(page: Any) -> str:
    """What a page says, but for the time."""
    return re.sub(r"\d\d:\d\d:\d\d", "", read(page))


def happened() -> list[Any]:
    return [fact.event for fact in log.read_log() if isinstance(fact.event, CustomerRegistered | EmailClaimed)]


def test_whoever_follows_the_link_is_a_customer_and_signed_in(client: Client) -> None:
    asked = client.post("/sign-up/", DORA, follow=True)
    assert "Look into your mail" in read(asked)
    assert happened() == []
    assert "Is this your e-mail address?" in read(client.get(link()))
    client.post(link(), follow=True)
    dora = User.objects.get(email=EMAIL)
    assert dora.roles == {CUSTOMER}
    assert [type(event) for event in happened()] == [EmailClaimed, CustomerRegistered]
    assert happened()[1] == CustomerRegistered(customer_id=dora.id, name="Dora Lind", email=EMAIL)
    assert client.get("/orders/").status_code == 200


def test_the_link_is_good_for_one_time(client: Client) -> None:
    client.post("/sign-up/", DORA)
    address = link()
    client.post(address)
    assert "of no use any more" in read(client.get(address))
    client.post(address)
    assert len(happened()) == 2


def test_whoever_is_known_and_whoever_is_not_see_the_same(client: Client) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    pages = [words(Client().post("/sign-up/", DORA | {"email": email}, follow=True)) for email in (EMAIL, clara.email)]
    assert pages[0] == pages[1]
    assert [str(letter.subject) for letter in mail.outbox] == [
        "Your sign-up at Kettle & Spade",
        "You have signed up at Kettle & Spade before",
    ]
    assert User.objects.filter(email=clara.email).count() == 1


@pytest.mark.parametrize("fails_at", ["ClaimEmail", "RegisterCustomer"])
def test_what_is_half_done_is_undone(client: Client, monkeypatch: pytest.MonkeyPatch, fails_at: str) -> None:
    """The process dies, or the database goes away, between any two statements: then the link is as good as before."""
    client.post("/sign-up/", DORA)

    def dying(command: Any, **options: Any) -> Any:
        if type(command).__name__ == fails_at:
            raise KeyboardInterrupt
        return dispatch(command, **options)

    monkeypatch.setattr(f"{joining.__name__}.dispatch", dying)
    with pytest.raises(KeyboardInterrupt):
        client.post(link())
    assert happened() == []
    monkeypatch.undo()
    client.post(link())
    assert len(happened()) == 2


def test_an_address_that_somebody_else_was_faster_to_claim(client: Client) -> None:
    other = somebody(CUSTOMER, "Olaf Other")
    client.post("/sign-up/", DORA)
    send(ClaimEmail(address=claim_of(EMAIL), customer_id=other.id), other.actor)
    page = read(client.post(link(), follow=True))
    assert "Somebody else uses this e-mail address already." in page
    assert not [event for event in happened() if getattr(event, "name", "") == "Dora Lind"]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"name": " "}, "Enter your name."),
        ({"name": "x" * 201}, "Use at most 200 characters; these are 201."),
        ({"email": "dora"}, "Enter an e-mail address, such as name@example.com."),
        ({"email": "x" * 250 + "@example.com"}, "Use at most 254 characters; these are 262."),
        ({"password1": ""}, "Choose a password."),
        ({"password1": "password12"}, "This password is too common."),
        ({"password1": "short"}, "This password is too short. It must contain at least 10 characters."),
    ],
    ids=range(7),
)
def test_what_cannot_be_typed(client: Client, told: dict[str, str], sentence: str) -> None:
    response = client.post("/sign-up/", DORA | told)
    assert response.status_code == 422
    assert sentence in read(response)
    assert not User.objects.filter(email=EMAIL).exists()


def test_a_forgotten_password_is_set_by_letter_and_ends_every_session(client: Client) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"login": clara.email, "password": PASSWORD})
    assert elsewhere.get("/orders/").status_code == 200
    client.post("/forgotten-password/", {"email": clara.email})
    form = client.get(link(), follow=True)
    new = "another-long-way-home"
    done = client.post(form.redirect_chain[-1][0], {"password1": new}, follow=True)
    assert "Your password is set" in read(done)
    assert elsewhere.get("/orders/").status_code == 302
    assert not Session.objects.filter(user_id=clara.id).exists()
    assert client.post("/sign-in/", {"login": clara.email, "password": new}).status_code == 302
    assert "of no use any more" in read(client.get(link(), follow=True))


def test_asking_for_a_new_password_says_nothing_of_who_is_known(client: Client) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    pages = {words(client.post("/forgotten-password/", {"email": it}, follow=True)) for it in (clara.email, EMAIL)}
    assert len(pages) == 1
    assert [letter.to for letter in mail.outbox] == [[clara.email]]


def test_a_password_that_was_forgotten_before_the_address_was_shown(client: Client) -> None:
    client.post("/sign-up/", DORA)
    first, other = link(), Client()
    other.post("/forgotten-password/", {"email": EMAIL})
    form = other.get(link(), follow=True)
    other.post(form.redirect_chain[-1][0], {"password1": "another-long-way-home"})
    other.post(first)
    assert len(happened()) == 2


def test_another_password_ends_the_other_sessions(client: Client) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.post("/sign-in/", {"login": clara.email, "password": PASSWORD})
    wrong = client.post("/my-sign-in/password/", {"oldpassword": "x", "password1": "another-long-way-home"})
    assert "This is not your present password." in read(wrong)
    told = {"oldpassword": PASSWORD, "password1": "another-long-way-home"}
    assert "Your password is changed." in read(client.post("/my-sign-in/password/", told, follow=True))
    assert client.get("/orders/").status_code == 200
    assert elsewhere.get("/orders/").status_code == 302


def test_whoever_signs_out_everywhere_is_nowhere_signed_in(client: Client) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.post("/sign-in/", {"login": clara.email, "password": PASSWORD})
    assert "In 2 browsers." in read(client.get("/my-sign-in/"))
    assert "You are signed out everywhere." in read(client.post("/my-sign-in/sign-out-everywhere/", follow=True))
    assert {browser.get("/orders/").status_code for browser in (client, elsewhere)} == {302}


def test_guessing_has_its_limits(client: Client) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    for _ in range(5):
        client.post("/sign-in/", {"login": clara.email, "password": "guess"})
    late = client.post("/sign-in/", {"login": clara.email, "password": PASSWORD})
    assert "That was tried too often." in read(late)
    assert client.get("/orders/").status_code == 302


@pytest.mark.parametrize("email", ["ſam@example.com", "\u212aim@example.com", f"x@{'ä' * 62}.de", '"\x01"@example.com'])
@pytest.mark.parametrize("address", ["/sign-up/", "/forgotten-password/"])
def test_an_address_that_stands_in_no_e_mail_is_not_taken(client: Client, email: str, address: str) -> None:
    somebody(CUSTOMER, "Kim", password=PASSWORD)
    answer = client.post(address, DORA | {"email": email})
    assert answer.status_code == 422
    assert "Enter an e-mail address, such as name@example.com." in read(answer)
    assert mail.outbox == []
