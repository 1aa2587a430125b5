"""A session ends in the middle of a task: whoever signs in again goes on where they were; nothing typed is lost."""

import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER
from accounts.models import Session, User
from accounts.screens import kept
from accounts.screens.contact import contact_of
from accounts.tasks import tidy
from tests.reading import Page as Read
from tests.shop import PASSWORD, hidden, read, somebody

pytestmark = pytest.mark.django_db

ADD = "/my-data/addresses/add/"
TYPED = {"recipient": "Clara Vogel", "street": "Am Hang 3", "postcode": "04103", "city": "Leipzig", "country": "DE"}


@pytest.fixture
def clara() -> User:
    return somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)


def sign_in(client: Client, user: User, **next_page: str) -> Any:
    return client.post("/sign-in/", {"login": user.email, "password": PASSWORD} | next_page, follow=True)


def sessions_end() -> None:
    """Two weeks go by."""
    Session.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))


def sent_too_late(clara: User) -> tuple[Client, dict[str, str], str]:
    """A browser in which an address was typed and sent after the session's end; what was typed, and where it leads."""
    client = Client()
    sign_in(client, clara)
    typed = hidden(client.get(ADD)) | TYPED
    sessions_end()
    asked = client.post(ADD, typed)
    assert asked.headers["Location"] == "/sign-in/?next=/my-sign-in/go-on/"
    return client, typed, asked.headers["Location"]


def test_what_was_typed_is_sent_once_more_by_a_button(clara: User) -> None:
    client, typed, _ = sent_too_late(clara)
    page = sign_in(client, clara, next="/my-sign-in/go-on/")
    assert "You were signed out in between" in read(page)
    assert contact_of(clara.id).addresses == {}
    assert dict(page.context["fields"]) == typed
    assert "The address is kept." in read(client.post(page.context["path"], dict(page.context["fields"]), follow=True))
    [address] = contact_of(clara.id).addresses.values()
    assert address.street == "Am Hang 3"
    assert client.get("/my-sign-in/go-on/").headers["Location"] == "/"


def test_it_can_be_left(clara: User) -> None:
    client, *_ = sent_too_late(clara)
    sign_in(client, clara, next="/my-sign-in/go-on/")
    assert client.post("/my-sign-in/go-on/").headers["Location"] == "/"
    assert client.get("/my-sign-in/go-on/").headers["Location"] == "/"
    assert contact_of(clara.id).addresses == {}


def test_somebody_else_in_the_same_browser_sees_nothing_of_it(clara: User) -> None:
    client, *_ = sent_too_late(clara)
    olaf = somebody(CUSTOMER, "Olaf Other", password=PASSWORD)
    page = sign_in(client, olaf, next="/my-sign-in/go-on/")
    assert "signed out in between" not in read(page)
    assert "Am Hang" not in page.content.decode()


def test_it_lies_sealed(clara: User) -> None:
    client, *_ = sent_too_late(clara)
    assert "Am Hang" not in str(client.session.items())
    assert client.session.get_expiry_age() <= kept.PATIENCE.total_seconds()


@pytest.mark.parametrize(
    "fields",
    [{"oldpassword": "secret"}, {"code": "123456"}, {"street": "x" * kept.LONGEST}],
    ids=["password", "code", "too long"],
)
def test_what_is_not_kept(clara: User, fields: dict[str, str]) -> None:
    client = Client()
    sign_in(client, clara)
    sessions_end()
    assert client.post(ADD, fields).headers["Location"] == f"/sign-in/?next={ADD}"


def test_nothing_is_kept_of_whoever_never_signed_in_or_was_signed_out_on_purpose(clara: User) -> None:
    assert Client().post(ADD, TYPED).headers["Location"] == f"/sign-in/?next={ADD}"
    client = Client()
    sign_in(client, clara)
    Session.end([clara.id])
    assert client.post(ADD, TYPED).headers["Location"] == f"/sign-in/?next={ADD}"
    assert not Session.objects.exists()


@pytest.mark.parametrize("tidied", [False, True], ids=["at once", "after an hour"])
def test_a_browser_that_has_thrown_the_cookie_away_loses_nothing_either(clara: User, *, tidied: bool) -> None:
    client = Client()
    sign_in(client, clara)
    typed = hidden(page := client.get(ADD)) | TYPED
    sessions_end()
    if tidied:
        tidy()
    del client.cookies[settings.SESSION_COOKIE_NAME]
    asked = client.post(ADD, typed | whose(page))
    assert asked.headers["Location"] == "/sign-in/?next=/my-sign-in/go-on/"
    page = sign_in(client, clara, next="/my-sign-in/go-on/")
    assert dict(page.context["fields"]) == typed
    assert "The address is kept." in read(client.post(page.context["path"], dict(page.context["fields"]), follow=True))


def test_a_mark_keeps_nothing_of_whoever_was_signed_out_on_purpose_or_for_somebody_else(clara: User) -> None:
    client = Client()
    sign_in(client, clara)
    sent = TYPED | whose(client.get(ADD))
    assert "Am Hang" not in str(sent["whose"])
    assert Client().post(ADD, TYPED | {"whose": "nonsense"}).headers["Location"] == f"/sign-in/?next={ADD}"
    sessions_end()
    other = Client()
    other.post(ADD, sent)
    olaf = somebody(CUSTOMER, "Olaf Other", password=PASSWORD)
    assert "Am Hang" not in sign_in(other, olaf, next="/my-sign-in/go-on/").content.decode()
    Session.end([clara.id])
    assert Client().post(ADD, sent).headers["Location"] == f"/sign-in/?next={ADD}"


def whose(page: Any) -> dict[str, str]:
    """The mark that a page's forms bear."""
    marks = {each.attributes["value"] for each in Read(page.content.decode()).all("input", name=kept.MARK)}
    assert len(marks) == 1
    return {kept.MARK: marks.pop()}


def test_what_cannot_be_opened_is_nothing(clara: User) -> None:
    client = Client()
    sign_in(client, clara)
    session = client.session
    session[kept.PLACE] = "nonsense"
    session.save()
    assert client.get("/my-sign-in/go-on/").headers["Location"] == "/"
    assert client.post(ADD, {"command_id": str(uuid7())} | TYPED).status_code == 302


@pytest.mark.parametrize("java_script", [True, False])
def test_in_the_browser_nothing_typed_is_lost(java_script: bool, transactional_db: None, new_context: Any) -> None:
    clara = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    page: Page = new_context(java_script_enabled=java_script).new_page()
    page.goto("/sign-in/?next=/my-data/addresses/add/")
    fill_sign_in(page, clara)
    page.get_by_label("Street and number").fill("Am Hang 3")
    page.get_by_label("Postcode").fill("04103")
    page.get_by_label("Town or city").fill("Leipzig")
    sessions_end()
    page.get_by_role("button", name="Add address").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    fill_sign_in(page, clara)
    page.get_by_role("button", name="Go on where you were").click()
    expect(page.locator("address")).to_contain_text("Am Hang 3")


def fill_sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
