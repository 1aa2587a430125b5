"""Browsers that visit the test's own shop, and may find nothing to complain of."""

import re
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

if TYPE_CHECKING:
    from accounts.models import User

type Visit = Callable[..., Page]


@pytest.fixture
def clara(db: None) -> "User":
    """A customer of a shop that is open."""
    # Not before the settings are complete: pytest reads this file earlier than that.
    from accounts.domain.roles import CUSTOMER
    from tests.shop import PASSWORD, open_shop, somebody

    open_shop()
    return somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)


@pytest.fixture(autouse=True)
def _quick_to_check(settings: Settings) -> None:
    """Passwords that open nothing need no slow hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def no_reader_follows() -> None:
    """Nobody brings the read models up to date while a page waits for them."""


@pytest.fixture(autouse=True)
def _readers_follow_while_a_page_waits(request: pytest.FixtureRequest) -> None:
    """A page that waits for its read models finds somebody who brings them up to date, as at any shop that is open.

    Where a browser looks on, others see to that, or nobody does, as the test has it.
    """
    watched = {"live_server", "visit", "worker", "no_reader_follows"} & set(request.fixturenames)
    if not watched and "django_db" in request.keywords:
        request.getfixturevalue("readers_follow")


@pytest.fixture
def readers_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the read models brings them up to date."""
    from orders.screens import following
    from projections.engine import waiting
    from tests.shop import follow

    meanwhile = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _seconds: follow())
    for module in (following, waiting):
        monkeypatch.setattr(module, "time", meanwhile)


@pytest.fixture
def complaints() -> list[str]:
    """What browsers had to complain of."""
    return []


@pytest.fixture
def new_context(
    new_context: CreateContextCallback, live_server: LiveServer, complaints: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers at the shop's door. At the end none of them may have logged an error, such as of the content policy."""

    def hear(message: ConsoleMessage) -> None:
        # A page that says no is an answer like any other, but the browser and htmx report its number.
        of_htmx = "Response Status Error Code 422 " in message.text
        of_page = "/static/" not in message.location["url"] and re.search(r"status of (403|404|422) ", message.text)
        if message.type in {"error", "warning"} and not of_htmx and not of_page:
            complaints.append(f"{message.location['url']}: {message.text}")

    def browser(**options: Any) -> BrowserContext:
        context = new_context(base_url=live_server.url, **options)
        context.on("console", hear)
        context.on("weberror", lambda fault: complaints.append(str(fault.error)))
        context.set_default_timeout(10_000)
        return context

    yield browser
    assert complaints == []


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext], live_server: LiveServer) -> Visit:
    """`visit(somebody, basket={…}, …)` opens a browser that is signed in, with this in its session."""

    from tests.shop import browsing

    def open_browser(
        user: "User | None", *, java_script_enabled: bool = True, locale: str | None = None, **session: Any
    ) -> Page:
        client = browsing(user)
        kept = client.session
        kept.update(session)
        kept.save()
        context = new_context(java_script_enabled=java_script_enabled, locale=locale)
        context.add_cookies([{"name": "sessionid", "value": str(kept.session_key), "url": live_server.url}])
        return context.new_page()

    return open_browser
