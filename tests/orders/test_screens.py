"""Screens of the shop with the longest of words, with what was wrong, and where nothing is: for everybody's eyes."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from orders.screens.words import who_else
from tests.addresses import kept_address
from tests.browser import for_everybody
from tests.orders.conftest import Visit
from tests.shop import KETTLE, MUG, follow, placed_order, withdraw

# Walks from screen to screen, and gives the beginning of each one's title.
type Walk = Callable[[Page, User], Iterator[str]]

LONG = "Donaudampfschifffahrtsgesellschaftskapitän-von-und-zu-Hohenlohe-Waldenburg-Schillingsfürst"


def as_nobody(page: Page, clara: User) -> Iterator[str]:
    page.goto("/basket/")
    yield "Basket"
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in").click()
    yield "Error: Sign in"
    page.goto("/nowhere/")
    yield "There is no such page"


def while_ordering(page: Page, clara: User) -> Iterator[str]:
    kept_address(clara)
    follow()
    page.goto(f"/products/{KETTLE}/")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#messages")).to_contain_text("Whistling kettle")
    yield "Whistling kettle"
    page.goto("/basket/")
    page.get_by_label("Quantity of Whistling kettle").fill("1000")
    page.get_by_role("button", name="Change quantity").click()
    yield "Error: Basket"
    page.goto("/orders/place/")
    page.get_by_label("A new address").check()
    page.get_by_role("button", name="Go on to payment").click()
    yield "Error: Where shall the parcel go?"
    for label in ("Name", "Street and number", "Town or city"):
        page.get_by_label(label, exact=True).fill(LONG)
    page.get_by_label("Postcode").fill("74638")
    page.get_by_role("button", name="Go on to payment").click()
    page.get_by_role("button", name="Go on", exact=True).click()
    yield "Error: Payment"
    page.get_by_label("On account").check()
    page.get_by_role("button", name="Go on", exact=True).click()
    yield "Check your answers"


def with_an_order(page: Page, clara: User) -> Iterator[str]:
    page.goto("/work/")
    yield "You may not do this"
    page.goto(f"/orders/{placed_order(clara, recipient=LONG, street=LONG, city=LONG)}/placed/")
    yield "Order placed"
    page.get_by_role("link", name="Follow your order").click()
    yield "Order "
    withdraw(MUG)
    follow()
    page.goto(f"/products/{MUG}/")
    yield "Enamel mug"


@pytest.mark.parametrize(("walk", "role"), [(as_nobody, None), (while_ordering, CUSTOMER), (with_an_order, CUSTOMER)])
def test_every_screen_is_for_everybody(walk: Walk, role: str | None, clara: User, visit: Visit) -> None:
    page = visit(clara if role else None)
    for title in walk(page, clara):
        for_everybody(page, title)


def test_who_did_it_is_said_in_words_also_where_nobody_signs_in() -> None:
    assert [who_else(actor) for actor in ("process:prepaid", "carrier", "provider", "somebody")] == [
        "the shop",
        "carrier",
        "payment provider",
        "somebody",
    ]
