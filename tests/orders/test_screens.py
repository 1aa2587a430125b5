"""Every screen of the shop: for everybody's eyes, light and dark, and as narrow as a phone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accounts.domain.roles import CUSTOMER, WAREHOUSE
from accounts.models import User
from tests.browser import accessible
from tests.orders.conftest import Visit
from tests.shop import KETTLE, MUG, follow, placed_order, somebody, withdraw

type Walk = Callable[[Page, User], Iterator[str]]

NARROW, WIDE = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=800)
LONG = "Donaudampfschifffahrtsgesellschaftskapitän-von-und-zu-Hohenlohe-Waldenburg-Schillingsfürst"


def as_nobody(page: Page, clara: User) -> Iterator[str]:
    page.goto("/products/")
    yield "products"
    page.goto("/basket/")
    yield "basket, empty"
    page.goto("/sign-in/")
    yield "sign in"
    page.get_by_role("button", name="Sign in").click()
    yield "sign in, not understood"
    page.goto("/nowhere/")
    yield "not there"


def while_ordering(page: Page, clara: User) -> Iterator[str]:
    page.goto(f"/products/{KETTLE}/")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#messages")).to_contain_text("Whistling kettle")
    yield "product"
    page.goto("/basket/")
    yield "basket"
    page.get_by_label("Quantity of Whistling kettle").fill("1000")
    page.get_by_role("button", name="Change quantity").click()
    yield "basket, not understood"
    page.goto("/orders/place/")
    yield "where to"
    page.get_by_role("button", name="Go on to payment").click()
    yield "where to, not understood"
    for label in ("Name", "Street and number", "Town or city"):
        page.get_by_label(label, exact=True).fill(LONG)
    page.get_by_label("Postcode").fill("74638")
    page.get_by_role("button", name="Go on to payment").click()
    yield "how to pay"
    page.get_by_role("button", name="Check your answers").click()
    yield "how to pay, not understood"
    page.get_by_label("On account").check()
    page.get_by_role("button", name="Check your answers").click()
    yield "check"


def with_an_order(page: Page, clara: User) -> Iterator[str]:
    page.goto("/orders/")
    yield "my orders, none"
    page.goto("/work/")
    yield "not for you"
    page.goto(f"/orders/{placed_order(clara, recipient=LONG, street=LONG, city=LONG)}/placed/")
    yield "order placed"
    page.get_by_role("link", name="Follow your order").click()
    yield "order"
    page.goto("/orders/")
    yield "my orders"
    withdraw(MUG)
    follow()
    page.goto(f"/products/{MUG}/")
    yield "product, withdrawn"


def as_the_warehouse(page: Page, clara: User) -> Iterator[str]:
    page.goto("/work/")
    yield "what needs doing, nothing"
    placed_order(clara)
    expect(page.get_by_role("link", name="Prepare order")).to_be_visible()
    yield "what needs doing"
    page.get_by_role("link", name="Prepare order").click()
    yield "order, for staff"
    page.goto("/products/")
    yield "products, for staff"


@pytest.mark.parametrize(
    ("walk", "role"),
    [(as_nobody, None), (while_ordering, CUSTOMER), (with_an_order, CUSTOMER), (as_the_warehouse, WAREHOUSE)],
)
def test_every_screen_is_for_everybody(walk: Walk, role: str | None, clara: User, visit: Visit) -> None:
    page = visit(clara if role == CUSTOMER else somebody(role) if role else None)
    for screen in walk(page, clara):
        page.set_viewport_size(NARROW)
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], screen
        page.set_viewport_size(WIDE)
        accessible(page)
