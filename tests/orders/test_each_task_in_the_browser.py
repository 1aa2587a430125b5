"""Each task of the shop in a browser, to its end: with scripts, without, and with the keyboard alone."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from eventstore.models import Outcome, TrailEntry
from tests.browser import press
from tests.orders.conftest import Visit
from tests.orders.hands import ARRIVED, CHECKS, Hand, Keyboard, Mouse, button_of, come_to, fill, form_for, leave_blank
from tests.orders.story import Doing, Story
from tests.shop import placed_order

pytestmark = pytest.mark.usefixtures("readers_follow")

# Whether scripts run, and what it is done with.
WAYS: dict[str, tuple[bool, Hand]] = {
    "with scripts": (True, Mouse()),
    "without scripts": (False, Mouse()),
    "by keyboard": (True, Keyboard()),
}


@pytest.mark.parametrize("part", Story.PARTS, ids=lambda part: part.__name__)
@pytest.mark.parametrize("way", WAYS)
def test_each_task_is_done_to_its_end(
    part: Any, way: str, clara: User, new_context: Callable[..., BrowserContext], live_server: LiveServer
) -> None:
    scripts, hand = WAYS[way]

    @cache
    def page_of(client: Client) -> Page:
        context = new_context(java_script_enabled=scripts)
        context.add_cookies([{"name": "sessionid", "value": str(client.session.session_key), "url": live_server.url}])
        return context.new_page()

    for it in part(Story(clara)):
        page, before = page_of(it.client), done_by(it.who)
        do(page, it, hand, scripts=scripts)
        assert done_by(it.who) == before + 1, it.name


def do(page: Page, it: Doing, hand: Hand, *, scripts: bool) -> None:
    """All of it, after a try with nothing filled in."""
    page.goto(it.address)
    form = form_for(page, it.answers)
    boosted = scripts and form.get_attribute("hx-boost") == "true"
    page.evaluate("window.isTheSame = true")
    if leave_blank(form, hand):
        expect(page.locator(".error-summary")).to_be_focused()
        assert bool(page.evaluate("window.isTheSame")) == boosted, f"{it.name}: what is wrong is said in place"
    fill(form, hand, it.answers)
    hand.press(button_of(form))
    come_to(page, CHECKS, ARRIVED)
    if page.locator(CHECKS).count():
        hand.press(page.locator(CHECKS))
        come_to(page, ARRIVED)


def done_by(user: User) -> int:
    """How many commands, and decisions that are none, were somebody's."""
    commands = TrailEntry.objects.filter(actor=user.actor.id, outcome=Outcome.DONE)
    return commands.count() + LogEntry.objects.filter(user=user).count()


def test_why_a_task_cannot_be_done_is_read_with_the_keyboard_alone(clara: User, visit: Visit) -> None:
    page: Page = visit(clara, java_script_enabled=False)
    page.goto(f"/orders/{placed_order(clara)}/")
    press(page, page.locator("summary", has_text="Request a return"), "Enter")
    expect(page.get_by_text("There is nothing of this order that you could return now.")).to_be_visible()
