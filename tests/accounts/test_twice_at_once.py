"""The same form sent twice at once, as by a double click: one is heeded, and both lead on."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from accounts.screens.adapter import AccountAdapter
from tests.accounts.test_second_factor import code, set_up, sign_in
from tests.accounts.test_sign_up import DORA
from tests.eventstore.together import elsewhere, until_blocked
from tests.shop import PASSWORD, read, somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_was_tried_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def wim(client: Client) -> User:
    """Who is signed in."""
    wim = somebody(CUSTOMER, "Wim Janssen", password=PASSWORD)
    sign_in(client, wim)
    return wim


def another_tab(client: Client) -> Client:
    """The same browser once more."""
    tab = Client(raise_request_exception=False)
    tab.cookies = client.cookies
    return tab


def once_it_waits(deed: Callable[[], Any], step: Callable[..., Any]) -> tuple[Callable[..., Any], list[Future[Any]]]:
    """A step, after which the first who takes it goes on only once a deed on another connection waits for them."""
    begun: list[Future[Any]] = []

    def slowly(*arguments: Any, **options: Any) -> Any:
        taken = step(*arguments, **options)
        if not begun:
            begun.append(elsewhere(deed))
            until_blocked()
        return taken

    return slowly, begun


def test_whoever_signs_up_twice_has_one_sign_in_and_one_letter(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/sign-up/")
    tab = another_tab(client)
    slowly, begun = once_it_waits(lambda: tab.post("/sign-up/", DORA), AccountAdapter.save_user)
    monkeypatch.setattr(AccountAdapter, "save_user", slowly)
    for answer in (client.post("/sign-up/", DORA), begun[0].result(timeout=20)):
        assert (answer.status_code, answer.get("Location")) == (302, "/sign-up/check-your-mail/")
    assert [User.objects.count(), EmailAddress.objects.count(), len(mail.outbox)] == [1, 1, 1]


@pytest.mark.usefixtures("wim")
def test_codes_that_are_set_up_twice_are_set_up_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = {"code": code(client.get("/my-sign-in/codes/set-up/").context["form"].secret)}
    tab = another_tab(client)
    slowly, begun = once_it_waits(lambda: tab.post("/my-sign-in/codes/set-up/", typed), TOTP.activate)
    monkeypatch.setattr(TOTP, "activate", slowly)
    first = client.post("/my-sign-in/codes/set-up/", typed)
    late = client.post("/my-sign-in/codes/set-up/", typed)
    for answer in (first, begun[0].result(timeout=20), late):
        assert (answer.status_code, answer.get("Location")) == (302, "/my-sign-in/recovery-codes/")
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == ["recovery_codes", "totp"]


@pytest.mark.usefixtures("wim")
def test_recovery_codes_are_shown_while_others_are_made(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(client)
    tab, new = another_tab(client), "/my-sign-in/recovery-codes/new/"
    client.post(new)
    slowly, begun = once_it_waits(lambda: tab.post(new, follow=True), Authenticator.wrap)
    monkeypatch.setattr(Authenticator, "wrap", slowly)
    shown, made = client.get("/my-sign-in/recovery-codes/"), begun[0].result(timeout=20)
    assert [answer.status_code for answer in (shown, made)] == [200, 200]
    now = client.get("/my-sign-in/recovery-codes/").context["unused_codes"]
    assert [codes in read(made) for codes in now] == [True] * 10
    assert not set(now) & set(shown.context["unused_codes"])
