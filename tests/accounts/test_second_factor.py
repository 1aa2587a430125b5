"""The second factor: a code beside the password; whoever works in an installation has to have one."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.domain.roles import CUSTOMER, WAREHOUSE
from accounts.models import User
from tests.shop import PASSWORD, browsing, read, somebody

pytestmark = pytest.mark.django_db
CANNOT_BE_CHECKED = "Your codes cannot be checked just now, and that is our fault. Tell whoever runs this shop."


@pytest.fixture
def wim(settings: Settings) -> User:
    """Who works in an installation."""
    settings.STAFF_SECOND_FACTOR = True
    return somebody(WAREHOUSE, "Wim Janssen", password=PASSWORD)


def sign_in(client: Client, user: User) -> Any:
    return client.post("/sign-in/", {"login": user.email, "password": PASSWORD}, follow=True)


def code(secret: str) -> str:
    """What the app shows now. Each code is good for one time; a test does not wait for the next one."""
    cache.clear()
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def set_up(client: Client) -> str:
    """Set the second factor up; the secret."""
    secret: str = client.get("/my-sign-in/codes/set-up/").context["form"].secret
    done = client.post("/my-sign-in/codes/set-up/", {"code": code(secret)}, follow=True)
    assert "Your recovery codes" in read(done)
    assert "Elsewhere you are signed out." in read(done)
    return secret


def test_whoever_works_here_sets_it_up_before_anything_else(wim: User, client: Client) -> None:
    assert "Set up codes" in read(sign_in(client, wim))
    for address in ("/work/", "/products/", "/my-sign-in/", "/my-sign-in/password/", "/admin/"):
        assert client.get(address, follow=True).redirect_chain[-1][0] == "/my-sign-in/codes/set-up/", address
    assert client.post("/work/x/take/").headers["Location"] == "/my-sign-in/codes/set-up/"
    set_up(client)
    assert client.get("/work/").status_code == 200


def test_then_the_password_alone_is_not_enough(wim: User, client: Client) -> None:
    sign_in(client, wim)
    secret = set_up(client)
    client.post("/sign-out/")
    assert "Enter your code" in read(sign_in(client, wim))
    assert client.get("/work/").status_code == 302
    wrong = client.post("/sign-in/code/", {"code": "000000"})
    assert (wrong.status_code, "This code is not right." in read(wrong)) == (422, True)
    client.post("/sign-in/code/", {"code": code(secret)})
    assert client.get("/work/").status_code == 200


def test_whoever_was_let_in_by_the_password_alone_is_signed_out_once_it_is_set_up(wim: User, client: Client) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser, wim)
    set_up(client)
    for address in ("/work/", "/my-sign-in/recovery-codes/"):
        assert elsewhere.get(address).get("Location", "").startswith("/sign-in/"), address
        assert client.get(address).status_code == 200


def test_a_recovery_code_is_good_for_one_time(wim: User, client: Client) -> None:
    sign_in(client, wim)
    set_up(client)
    [one, *_] = client.get("/my-sign-in/recovery-codes/").context["unused_codes"]
    for status in (302, 422):
        client.post("/sign-out/")
        sign_in(client, wim)
        assert client.post("/sign-in/code/", {"code": one}).status_code == status


def test_it_is_not_given_up_by_who_has_to_have_it(wim: User, client: Client) -> None:
    sign_in(client, wim)
    set_up(client)
    page = client.post("/my-sign-in/codes/give-up/")
    assert "Whoever works here signs in with a second factor." in read(page)
    assert Authenticator.objects.filter(type="totp").exists()


def test_whoever_may_have_it_may_give_it_up(client: Client) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    sign_in(client, clara)
    set_up(client)
    client.post("/my-sign-in/codes/give-up/")
    assert not Authenticator.objects.exists()
    assert client.get("/orders/").status_code == 200


def test_the_secret_is_kept_sealed(wim: User, client: Client) -> None:
    sign_in(client, wim)
    secret = set_up(client)
    assert secret not in str(list(Authenticator.objects.values()))


def other_keys(settings: Settings) -> None:
    """The key that the second factors were sealed under is missing."""
    settings.EVENTSTORE = settings.EVENTSTORE | {"PERSONAL_DATA_KEYS": {"other": b"o" * 32}}


def test_where_the_secret_cannot_be_opened_nobody_gets_in_and_the_page_says_whose_fault_it_is(
    wim: User, client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, wim)
    secret = set_up(client)
    client.post("/sign-out/")
    sign_in(client, wim)
    other_keys(settings)
    answer = client.post("/sign-in/code/", {"code": code(secret)})
    assert (answer.status_code, CANNOT_BE_CHECKED in read(answer)) == (422, True)
    assert client.get("/work/").status_code == 302
    [said] = [record for record in caplog.records if record.name == "accounts.screens.adapter"]
    assert (said.levelname, said.getMessage()) == ("ERROR", "A second factor opens with none of PERSONAL_DATA_KEYS.")
    assert secret not in caplog.text
    assert not said.exc_info


def test_where_the_codes_cannot_be_opened_others_can_be_made(wim: User, client: Client, settings: Settings) -> None:
    sign_in(client, wim)
    set_up(client)
    other_keys(settings)
    page = client.get("/my-sign-in/recovery-codes/", follow=True)
    assert page.redirect_chain == [("/my-sign-in/recovery-codes/new/", 302)]
    assert (page.status_code, CANNOT_BE_CHECKED in read(page)) == (200, True)
    made = client.post("/my-sign-in/recovery-codes/new/", follow=True)
    assert "Your recovery codes" in read(made)
    assert len(made.context["unused_codes"]) == 10


def test_a_stranger_at_an_open_screen_changes_nothing(client: Client) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    opened = browsing(clara)  # signed in a while ago
    assert "Is it you?" in read(opened.get("/my-sign-in/codes/set-up/", follow=True))


def test_customers_and_the_demo_do_without(settings: Settings, client: Client) -> None:
    assert settings.STAFF_SECOND_FACTOR is False
    assert browsing(somebody(WAREHOUSE)).get("/work/").status_code == 200
    settings.STAFF_SECOND_FACTOR = True
    assert browsing(somebody(CUSTOMER)).get("/orders/").status_code == 200
