"""Every screen of one's own sign-in and one's own data: for everybody's eyes, and as narrow as a phone."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from playwright.sync_api import Page, ViewportSize, expect

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from accounts.screens.joining import join
from tests.accounts.test_second_factor import code
from tests.browser import accessible
from tests.orders.conftest import Visit
from tests.shop import PASSWORD, follow, open_shop, placed_order

NARROW, WIDE = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=800)
LONG = "Donaudampfschifffahrtsgesellschaftskapitän-von-und-zu-Hohenlohe-Waldenburg-Schillingsfürst"
NEW = "dora@example.com"


@pytest.fixture
def clara(transactional_db: None) -> User:
    """A customer who signs in by e-mail."""
    open_shop()
    user = User.objects.create_user("clara@example.com", PASSWORD, [CUSTOMER], name="Clara Vogel")
    join(user)
    return user


def looks_well(page: Page, title: str) -> None:
    """A page by its title, for everybody's eyes."""
    expect(page).to_have_title(re.compile(f"^{re.escape(title)}"))
    page.wait_for_load_state()
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], title
    page.set_viewport_size(WIDE)
    accessible(page)


def link() -> str:
    """The link in the last letter."""
    found = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert found
    return urlsplit(found[0]).path


def press(page: Page, name: str) -> None:
    """A button of the page itself."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_from_the_sign_up_to_a_new_password(clara: User, visit: Visit) -> None:
    page = visit(None)
    page.goto("/sign-up/")
    looks_well(page, "Sign up")
    press(page, "Sign up")
    looks_well(page, "Error: Sign up")
    page.get_by_label("Name", exact=True).fill(LONG)
    page.get_by_label("E-mail address").fill(NEW)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign up")
    looks_well(page, "Look into your mail")
    page.goto(link())
    looks_well(page, "Is this your e-mail address?")
    press(page, "Yes, it is mine")
    expect(page.locator("#messages")).to_contain_text("the e-mail address is yours")
    page.goto(link())
    looks_well(page, "This link is of no use any more")
    page.goto("/my-sign-in/password/")
    looks_well(page, "Change your password")
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/forgotten-password/")
    looks_well(page, "Forgotten your password?")
    page.get_by_label("E-mail address").fill(clara.email)
    press(page, "Send me the link")
    looks_well(page, "Look into your mail")
    page.goto(link())
    looks_well(page, "Set a new password")
    page.get_by_label("New password").fill("another-long-way-home")
    press(page, "Set password")
    looks_well(page, "Your password is set")


def test_codes(clara: User, visit: Visit) -> None:
    page = visit(None)
    page.goto("/sign-in/?next=/my-sign-in/")
    sign_in(page, clara)
    looks_well(page, "My sign-in")
    page.get_by_role("link", name="Set up codes").click()
    looks_well(page, "Set up codes")
    secret = page.locator("figcaption code").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill("000000")
    press(page, "Set up codes")
    looks_well(page, "Error: Set up codes")
    page.get_by_label("Code", exact=True).fill(code(secret))
    press(page, "Set up codes")
    looks_well(page, "Your recovery codes")
    page.get_by_role("link", name="Make new recovery codes").click()
    looks_well(page, "Make new recovery codes")
    page.goto("/my-sign-in/codes/give-up/")
    looks_well(page, "Give up codes")
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/sign-in/")
    sign_in(page, clara)
    looks_well(page, "Enter your code")
    page.get_by_label("Code", exact=True).fill(code(secret))
    press(page, "Sign in")
    expect(page.get_by_role("link", name="My orders")).to_be_visible()


def sign_in(page: Page, user: User) -> None:
    """By e-mail address and password."""
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def test_my_data(clara: User, visit: Visit) -> None:
    page = visit(clara)
    page.goto("/my-data/")
    looks_well(page, "My data")
    page.get_by_role("link", name="Change contact details").click()
    looks_well(page, "Change contact details")
    page.get_by_label("Telephone").fill("no")
    press(page, "Change contact details")
    looks_well(page, "Error: Change contact details")
    page.goto("/my-data/addresses/add/")
    looks_well(page, "Add a delivery address")
    for label in ("Name", "Street and number", "Town or city"):
        page.get_by_label(label, exact=True).fill(LONG)
    page.get_by_label("Postcode").fill("74638")
    press(page, "Add address")
    looks_well(page, "My data")
    page.get_by_role("link", name="Remove").click()
    looks_well(page, "Remove this address")
    page.goto("/my-data/erase/")
    looks_well(page, "Erase my data")
    placed_order(clara)
    follow()
    page.goto("/my-data/erase/")
    expect(page.locator(".reason")).to_contain_text("Orders that are still open: 1.")
    looks_well(page, "Erase my data")


def test_who_guesses_too_often_reads_why(clara: User, visit: Visit) -> None:
    page = visit(None)
    page.goto("/sign-in/")
    for _ in range(6):
        page.get_by_label("E-mail address").fill(clara.email)
        page.get_by_label("Password").fill("a guess")
        press(page, "Sign in")
    expect(page.locator(".error-summary")).to_contain_text("That was tried too often.")
    looks_well(page, "Error: Sign in")
