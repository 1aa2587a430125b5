"""Another e-mail address: it counts for nobody but who wanted it, and not before they have shown that it is theirs."""

import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from accounts.screens import joining
from accounts.screens.contact import contact_of
from accounts.screens.data_forms import ContactForm
from config.services.ports import free_port
from tests.eventstore.together import elsewhere, until_blocked
from tests.shop import PASSWORD, browsing, read, somebody

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "clara@lind.example"
LOOK = "Look into your mail: the new address counts once you follow the link."
NO_LETTER = "We could not send you an e-mail just now."
NO_OTHER = "No other e-mail address is waiting. The one below is yours."
TAKEN = "Somebody else uses this e-mail address already."
DORA = {"name": "Dora Lind", "email": "dora@lind.example", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def _nothing_was_sent_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clara() -> User:
    return somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)


def want(client: Client, email: str, **fields: str) -> str:
    """Ask for another address; what the page says."""
    told = {"name": "Clara Vogel", "email": email, "telephone": "", "command_id": str(uuid7())} | fields
    return read(client.post("/my-data/contact-details/", told, follow=True))


def link(letter: int = -1) -> str:
    """Where the link in a letter leads."""
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[letter].body))
    assert found
    return found[1]


def email_of(user: User) -> tuple[str, str]:
    """By which address somebody signs in, and at which they are reached."""
    user.refresh_from_db()
    return user.email, contact_of(user.id).email


def no_server() -> Any:
    """The mail server is away."""
    options = {"host": "127.0.0.1", "port": free_port(), "timeout": 0.5}
    backend = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    return patch.dict("django.conf.settings.MAILERS", {"default": backend})


# A mistyped address is a stranger's mailbox


def test_a_stranger_gets_no_letter_for_a_new_password(clara: User) -> None:
    want(browsing(clara), "stranger@example.com")
    cache.clear()
    mail.outbox.clear()
    Client().post("/forgotten-password/", {"email": "stranger@example.com"})
    assert mail.outbox == []
    Client().post("/forgotten-password/", {"email": clara.email})
    assert [letter.to for letter in mail.outbox] == [[clara.email]]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_who_follows_the_link_has_to_sign_in_as_who_wanted_the_address(clara: User, method: str) -> None:
    want(browsing(clara), NEW)
    before, stranger = email_of(clara), Client()
    answer = getattr(stranger, method)(link())
    assert answer.url.startswith("/sign-in/?next=/sign-up/confirm/")
    assert email_of(clara) == before
    for _ in range(2):
        stranger.post(answer.url, {"login": clara.email, "password": PASSWORD})
    assert "Is this your e-mail address?" in read(stranger.get(link()))
    stranger.post(link())
    assert email_of(clara) == (NEW, NEW)


def test_another_customer_who_follows_the_link_is_asked_to_sign_in_as_who_wanted_it(clara: User) -> None:
    want(browsing(clara), NEW)
    other = browsing(somebody(CUSTOMER, "Olaf Other"))
    page = read(other.post(link(), follow=True))
    assert "Sign in as you did so far: then the new address can be yours." in page
    assert email_of(clara)[0] != NEW


def test_the_present_address_can_be_kept_after_all(clara: User) -> None:
    client = browsing(clara)
    want(client, NEW)
    assert "Keep the present address" in read(client.get("/my-data/keep-email/", follow=True))
    page = read(client.post("/my-data/keep-email/", follow=True))
    assert "Your e-mail address stays as it is." in page
    assert "Keep the present address" not in page
    assert "of no use any more" in read(client.get(link()))


# Asked for more than once


def test_a_second_click_leaves_the_link_as_good_as_it_was(clara: User) -> None:
    client = browsing(clara)
    assert [LOOK in want(client, NEW) for _ in range(2)] == [True, True]
    assert len(mail.outbox) == 1
    client.post(link())
    assert email_of(clara) == (NEW, NEW)


def test_other_data_are_changed_while_an_address_waits(clara: User) -> None:
    client = browsing(clara)
    want(client, NEW)
    want(client, clara.email, name="Clara Vogel-Lind")
    client.post(link())
    assert (email_of(clara), contact_of(clara.id).name) == ((NEW, NEW), "Clara Vogel-Lind")


def test_whoever_goes_to_and_fro_is_told_that_no_letter_went_out(clara: User) -> None:
    client = browsing(clara)
    pages = [want(client, email) for email in (NEW, "clara@third.example", NEW)]
    assert [LOOK in page for page in pages] == [True, True, False]
    assert "We wrote to this address a moment ago. Ask for another letter in a few minutes." in pages[2]
    cache.clear()  # those minutes are over
    assert LOOK in want(client, NEW)
    client.post(link())
    assert email_of(clara) == (NEW, NEW)


def test_a_letter_that_could_not_be_sent_is_sent_as_soon_as_it_is_asked_for_once_more(clara: User) -> None:
    client = browsing(clara)
    with no_server():
        page = want(client, NEW)
    assert (NO_LETTER in page, LOOK in page) == (True, False)
    page = want(client, NEW)
    assert (NO_LETTER in page, LOOK in page, len(mail.outbox)) == (False, True, 1)


def test_the_letter_of_a_sign_up_is_sent_at_the_next_sign_in_where_the_server_was_away() -> None:
    with no_server():
        assert NO_LETTER in read(Client().post("/sign-up/", DORA, follow=True))
    Client().post("/sign-in/", {"login": DORA["email"], "password": PASSWORD})
    assert [letter.to for letter in mail.outbox] == [[DORA["email"]]]


# Somebody else wants it, too


def test_of_two_who_wait_for_one_address_the_second_is_told_that_it_is_taken(clara: User) -> None:
    olaf = somebody(CUSTOMER, "Olaf Other")
    want(browsing(clara), NEW)
    cache.clear()
    want(browsing(olaf), NEW)
    browsing(clara).post(link(0))
    page = read(browsing(olaf).post(link(1), follow=True))
    assert (TAKEN in page, "Thank you" in page) == (True, False)
    assert (email_of(clara)[0], email_of(olaf)[0]) == (NEW, olaf.email)


@pytest.mark.parametrize("first", ["sign-up", "change"])
def test_who_signed_up_with_an_address_and_never_showed_that_it_is_theirs_makes_room(clara: User, first: str) -> None:
    def sign_up() -> None:
        Client().post("/sign-up/", DORA)
        cache.clear()

    if first == "sign-up":
        sign_up()
    want(browsing(clara), DORA["email"])
    of_clara = link()
    cache.clear()
    if first == "change":
        sign_up()
    page = read(browsing(clara).post(of_clara, follow=True))
    assert "Thank you: the e-mail address is yours." in page
    assert email_of(clara) == (DORA["email"], DORA["email"])
    assert not User.objects.filter(name=DORA["name"]).exists()


@pytest.mark.parametrize("shown", [True, False])
def test_a_sign_in_of_ours_by_that_address_stays(clara: User, *, shown: bool) -> None:
    want(browsing(clara), "new@shop.example")
    ours = User.objects.create_user("new@shop.example", None, [], name="Of the shop")
    if not shown:
        EmailAddress.objects.filter(user=ours).delete()
    page = read(browsing(clara).post(link(), follow=True))
    assert TAKEN in page
    assert User.objects.get(email="new@shop.example") == ours
    assert not EmailAddress.objects.filter(user=clara, email="new@shop.example", verified=True).exists()


def test_a_link_that_is_followed_while_other_data_are_changed_is_not_lost(
    clara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    want(browsing(clara), NEW)
    asked = ContactForm.asked

    def slowly(request: Any, **options: Any) -> Any:
        following.append(elsewhere(lambda: browsing(clara).post(link())))
        until_blocked()
        return asked(request, **options)

    following: list[Any] = []
    monkeypatch.setattr(ContactForm, "asked", slowly)
    want(browsing(clara), clara.email, name="Clara Vogel-Lind")
    following[0].result(timeout=20)
    assert (email_of(clara), contact_of(clara.id).name) == ((NEW, NEW), "Clara Vogel-Lind")


def test_whoever_keeps_the_present_address_as_the_link_is_followed_is_told_that_it_was_too_late(
    clara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, keeping = browsing(clara), browsing(clara)
    want(client, NEW)
    move = joining.move

    def slowly(*told: Any) -> None:
        kept.append(elsewhere(lambda: keeping.post("/my-data/keep-email/", follow=True)))
        until_blocked()
        move(*told)

    kept: list[Any] = []
    monkeypatch.setattr(joining, "move", slowly)
    client.post(link())
    page = read(kept[0].result(timeout=20))
    assert [*EmailAddress.objects.filter(user=clara).values_list("email", "verified")] == [(NEW, True)]
    assert email_of(clara) == (NEW, NEW)
    assert ("Your e-mail address stays as it is." in page, NO_OTHER in page, NEW in page) == (False, True, True)
