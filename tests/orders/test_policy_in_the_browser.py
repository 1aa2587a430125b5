"""The content policy in a real browser: every page of every role is shown, and breaks it nowhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page
from pytest_django.live_server_helper import LiveServer

from accounts.domain.roles import ADMIN, CUSTOMER, ROLES
from accounts.models import User
from tests.addresses import EVERYBODY, NOBODY, Address, addresses, admin_addresses, belongings
from tests.shop import browsing, somebody

BROKEN = ("Content Security Policy", "Content-Security-Policy", "Permissions policy", "Permissions-Policy")


@pytest.fixture
def complaints() -> list[str]:
    """What the browser had to complain of."""
    return []


@pytest.fixture
def browse(browser: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[Any]:
    """`browse(somebody)` opens a browser that is signed in, and listens."""
    contexts = []

    def hear(said: ConsoleMessage) -> None:
        if any(it in said.text for it in BROKEN):
            complaints.append(said.text)

    def opened(user: User | None) -> Page:
        context = browser.new_context(base_url=live_server.url)
        contexts.append(context)
        context.on("console", hear)
        if user:
            key = browsing(user).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def pages_of(role: str) -> list[Address]:
    """The pages that somebody with a role may look at; what everybody may is looked at by nobody in particular."""
    everyones = [it for it in addresses() if it.who == EVERYBODY]
    if role == NOBODY:
        return everyones
    own = [it for it in addresses() if it.who != EVERYBODY and role in (it.who or ())]
    lists = [it for it in admin_addresses() if it.name.endswith(("index", "changelist"))]
    return own + (lists if role == ADMIN else [])


def visit(page: Page, path: str) -> None:
    """Show what is there, if it is a page: a file is offered for saving."""
    try:
        page.goto(path)
    except Error as error:
        if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
            raise


@pytest.mark.parametrize("role", [NOBODY, *sorted(ROLES)])
def test_no_page_breaks_the_policy(role: str, clara: User, browse: Any, complaints: list[str]) -> None:
    user = {NOBODY: None, CUSTOMER: clara}[role] if role in {NOBODY, CUSTOMER} else somebody(role)
    values = belongings(clara) | {"object_id": "1", "content_type_id": "1", "app_label": "projections"}
    page = browse(user)
    for address in pages_of(role):
        if "sign_out" not in address.name:
            visit(page, address.path(values))
    assert complaints == []


def test_it_would_be_heard(clara: User, browse: Any, complaints: list[str]) -> None:
    page = browse(None)
    page.goto("/products/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>')")
    page.wait_for_timeout(200)
    assert complaints
