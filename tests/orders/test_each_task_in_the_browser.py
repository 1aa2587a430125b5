"""Each task of the shop in a browser, to its end: with scripts, without, and with the keyboard alone."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from eventstore.models import Outcome, TrailEntry
from tests.browser import NARROW, fits, for_everybody, press
from tests.orders.conftest import Visit
from tests.orders.hands import ARRIVED, CHECKS, Hand, Keyboard, Mouse, button_of, come_to, fill, form_for, leave_blank
from tests.orders.story import Doing, Story
from tests.shop import placed_order

pytestmark = pytest.mark.usefixtures("readers_follow")


type Look = Callable[[Page], None]


class Way(NamedTuple):
    """How a task is done: in which browser, with what in the hand, and what is looked at on each page of it.

    Those who look send it with nothing filled in first.
    """

    browser: dict[str, Any]
    hand: Hand
    look: Look | None = None

    @property
    def scripts(self) -> bool:
        """Whether they run."""
        return bool(self.browser.get("java_script_enabled", True))


OLD_PHONE = {"java_script_enabled": False, "locale": "de-DE", "viewport": NARROW}
WAYS = {
    "with scripts": Way({}, Mouse(), for_everybody),
    "without scripts, on a German phone": Way(OLD_PHONE, Mouse(), fits),
    "by keyboard": Way({}, Keyboard()),
}


@pytest.mark.parametrize("part", Story.PARTS, ids=lambda part: part.__name__)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_each_task_is_done_to_its_end(
    part: Callable[[Story], Iterator[Doing]],
    way: Way,
    clara: User,
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
) -> None:
    @cache
    def page_of(client: Client) -> Page:
        context = new_context(**way.browser)
        context.add_cookies([{"name": "sessionid", "value": str(client.session.session_key), "url": live_server.url}])
        return context.new_page()

    for it in part(Story(clara)):
        page, before = page_of(it.client), done_by(it.who)
        do(it, page, way)
        assert done_by(it.who) == before + 1, it.name
        if way.look:
            look_back(it, page, way.look)


def do(it: Doing, page: Page, way: Way) -> None:
    """All of it."""
    page.goto(it.address)
    form = form_for(page, it.answers)
    if way.look:
        way.look(page)
        do_wrongly(it, page, way, way.look)
    fill(form, way.hand, it.answers)
    way.hand.press(button_of(form))
    come_to(page, CHECKS, ARRIVED)
    if page.locator(CHECKS).count():
        if way.look:
            way.look(page)
        way.hand.press(page.locator(CHECKS))
        come_to(page, ARRIVED)


def do_wrongly(it: Doing, page: Page, way: Way, look: Look) -> None:
    """Send it with nothing filled in: what is wrong is said where one is, as far as a script can help."""
    form = form_for(page, it.answers)
    in_place = way.scripts and form.get_attribute("hx-boost") == "true"
    page.evaluate("window.isTheSame = true")
    if leave_blank(form, way.hand):
        expect(page.locator(".error-summary")).to_be_focused()
        assert bool(page.evaluate("window.isTheSame")) == in_place, it.name
        look(page)


def look_back(it: Doing, page: Page, look: Look) -> None:
    """Come once more to what is done: the page says why it cannot be done, unless there is more of it to do."""
    page.goto(it.address)
    if not page.locator("main form button").count():
        look(page)


def done_by(user: User) -> int:
    """How many commands, and decisions that are none, were somebody's."""
    commands = TrailEntry.objects.filter(actor=user.actor.id, outcome=Outcome.DONE)
    return commands.count() + LogEntry.objects.filter(user=user).count()


def test_why_a_task_cannot_be_done_is_read_with_the_keyboard_alone(clara: User, visit: Visit) -> None:
    page: Page = visit(clara, java_script_enabled=False)
    page.goto(f"/orders/{placed_order(clara)}/")
    press(page, page.locator("summary", has_text="Request a return"), "Enter")
    expect(page.get_by_text("There is nothing of this order that you could return now.")).to_be_visible()
