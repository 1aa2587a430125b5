"""The language in which we write to somebody is the one in which they read the shop."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from orders.systems.mail.writing import language_of, reader_of
from tests.shop import PASSWORD, browsing, somebody

pytestmark = pytest.mark.django_db

EMAIL = "dora.lind@example.com"
DORA = {"name": "Dora Lind", "email": EMAIL, "password1": PASSWORD}


@pytest.fixture
def clara() -> User:
    return somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)


def reading(language: str) -> Client:
    return Client(headers={"accept-language": language})


def sign_in(client: Client, user: User) -> None:
    assert client.post("/sign-in/", {"login": user.email, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(("browsers", "language"), [("de-DE,de;q=0.9,en;q=0.8", "de"), ("en-GB", "en"), ("fr", "en")])
def test_whoever_signs_up_is_written_to_in_the_language_of_the_page(browsers: str, language: str) -> None:
    client = reading(browsers)
    client.post("/sign-up/", DORA)
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert link
    client.post(link[1])
    reader = reader_of(User.objects.get(email=EMAIL).id)
    assert reader
    assert reader.language == language


def test_whoever_never_chose_one_is_written_to_in_that_of_the_page_where_they_sign_in(clara: User) -> None:
    sign_in(reading("de"), clara)
    assert language_of(clara.id) == "de"
    sign_in(reading("en"), clara)
    assert language_of(clara.id) == "de", "it is known by then"


def test_what_was_chosen_before_signing_in_is_kept(clara: User) -> None:
    User.objects.filter(pk=clara.pk).update(language="en")
    client = reading("en")
    client.post("/language/", {"language": "de"})
    sign_in(client, clara)
    assert language_of(clara.id) == "de"


def test_the_language_of_the_page_can_be_chosen_by_whoever_is_written_to_in_another_one(clara: User) -> None:
    User.objects.filter(pk=clara.pk).update(language="en")
    client = browsing(clara)
    page = client.get("/basket/", headers={"accept-language": "de"}).content.decode()
    assert sorted(choices(page)) == ["de", "en"]
    client.post("/language/", {"language": "de"})
    assert language_of(clara.id) == "de"
    assert choices(client.get("/basket/").content.decode()) == ["en"]


def choices(page: str) -> list[str]:
    """The languages for which a page has a button."""
    return re.findall(r'name="language"\s+value="(\w+)"', page)
