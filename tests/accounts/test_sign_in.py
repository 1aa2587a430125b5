"""Signing in and out, and what is said to whoever mistypes."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils.html import escape
from pytest_django import Settings

from accounts.domain.roles import CUSTOMER, WAREHOUSE
from accounts.models import User
from accounts.screens.adapter import AccountAdapter
from accounts.screens.forms import SignInForm
from tests.shop import PASSWORD, somebody

pytestmark = pytest.mark.django_db


WRONG = "No sign-in has this e-mail address and this password. Check both."


@pytest.fixture
def clara() -> User:
    return somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)


def sign_in(client: Client, email: str, password: str = PASSWORD, **others: str) -> Any:
    return client.post("/sign-in/", {"login": email, "password": password} | others)


def test_each_role_lands_where_its_work_is(clara: User, client: Client) -> None:
    assert sign_in(client, clara.email).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/products/"
    wim = somebody(WAREHOUSE, "Wim Janssen", password=PASSWORD)
    another = Client()
    assert sign_in(another, wim.email).headers["Location"] == "/"
    assert another.get("/").headers["Location"] == "/work/"


@pytest.mark.parametrize("typed", ["CLARA.VOGEL@EXAMPLE.COM", "  clara.vogel@example.com "])
def test_an_address_is_known_however_it_is_typed(clara: User, client: Client, typed: str) -> None:
    assert sign_in(client, typed).status_code == 302


def test_what_does_not_fit_is_told_without_telling_who_is_known(clara: User, client: Client) -> None:
    for email, password in ((clara.email, "wrong"), ("nobody@example.com", PASSWORD), ("x" * 254, "x" * 4096)):
        page = sign_in(client, email, password).content.decode()
        assert escape(WRONG) in page
        assert "".join(page.split("<title>")[1].split()).startswith("Error:")
        assert f'value="{email}"' in page
        assert "sessionid" not in client.cookies


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("", PASSWORD, "Enter your e-mail address."),
        ("clara@example.com", "", "Enter your password."),
        ("a\0b", PASSWORD, "Null characters are not allowed."),
        ("<script>", PASSWORD, WRONG),
        ("x" * 255, PASSWORD, WRONG),
    ],
    ids=range(5),
)
def test_what_cannot_be_typed(client: Client, email: str, password: str, sentence: str) -> None:
    page = sign_in(client, email, password).content.decode()
    assert escape(sentence) in page
    assert "<script>" not in page.replace("<script src", "")


def test_somebody_whose_sign_in_is_closed(clara: User, client: Client) -> None:
    clara.is_active = False
    clara.save()
    assert escape(WRONG) in sign_in(client, clara.email).content.decode()


def test_somebody_whose_sign_in_goes_at_that_moment(
    clara: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = SignInForm.clean

    def gone_meanwhile(form: SignInForm) -> Any:
        answers = asked(form)
        User.objects.filter(pk=clara.pk).delete()
        return answers

    monkeypatch.setattr(SignInForm, "clean", gone_meanwhile)
    answer = sign_in(client, clara.email)
    assert (answer.status_code, escape(WRONG) in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(clara: User, client: Client, elsewhere: str) -> None:
    assert sign_in(client, clara.email, next=elsewhere).headers["Location"] == "/"


@pytest.mark.parametrize("key", [r'"abcdefgh\000ijkl"', rf'"{r"\377" * 8}"', "x" * 5000, "short", "*" * 32])
def test_the_cookie_of_a_session_that_cannot_be_is_nobodys(client: Client, key: str) -> None:
    for address in ("/sign-in/", "/products/"):
        assert client.get(address, headers={"Cookie": f"sessionid={key}"}).status_code in (200, 302)
    assert client.post("/orders/", headers={"Cookie": f"sessionid={key}"}).headers["Location"].startswith("/sign-in/")


def test_signing_out_ends_the_session(clara: User, client: Client) -> None:
    sign_in(client, clara.email)
    assert client.get("/orders/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/"
    assert client.get("/orders/").status_code == 302


def test_a_session_is_a_new_one_once_signed_in(clara: User, client: Client) -> None:
    client.session.save()
    before = client.cookies["sessionid"].value
    sign_in(client, clara.email)
    assert client.cookies["sessionid"].value != before
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


@pytest.mark.parametrize("said", ["unknown", "203.0.113.7, unknown"])
def test_a_proxy_that_names_no_address_shuts_nobody_out(
    clara: User, settings: Settings, caplog: pytest.LogCaptureFixture, said: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = Client(headers={"X-Forwarded-For": said}, REMOTE_ADDR="192.0.2.1")
    assert sign_in(client, clara.email).status_code == 302
    assert {each.getMessage() for each in caplog.records if each.name == "accounts.screens.adapter"} == {
        "X-Forwarded-For does not end in an address: who comes so is counted as one visitor."
    }


def test_who_is_counted_is_whom_the_proxy_named_last(settings: Settings, rf: RequestFactory) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = rf.get("/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}, REMOTE_ADDR="192.0.2.1")
    assert AccountAdapter(request).get_client_ip(request) == "203.0.113.7"
    unnamed = rf.get("/", headers={"X-Forwarded-For": "unknown"}, REMOTE_ADDR="192.0.2.1")
    assert AccountAdapter(unnamed).get_client_ip(unnamed) == "192.0.2.1"
