"""Every screen of one's own sign-in and one's own data: for everybody's eyes, and as narrow as a phone."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from accounts.screens.joining import join
from tests.accounts.test_second_factor import code
from tests.browser import for_everybody
from tests.orders.conftest import Visit
from tests.shop import PASSWORD, open_shop, placed_order

LONG = "Donaudampfschifffahrtsgesellschaftskapitän-von-und-zu-Hohenlohe-Waldenburg-Schillingsfürst"
NEW = "dora@example.com"


@pytest.fixture
def clara(transactional_db: None) -> User:
    """A customer who signs in by e-mail."""
    open_shop()
    user = User.objects.create_user("clara@example.com", PASSWORD, [CUSTOMER], name="Clara Vogel")
    join(user)
    return user


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
    for_everybody(page, "Sign up")
    press(page, "Sign up")
    for_everybody(page, "Error: Sign up")
    page.get_by_label("Name", exact=True).fill(LONG)
    page.get_by_label("E-mail address").fill(NEW)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign up")
    for_everybody(page, "Look into your mail")
    page.goto(link())
    for_everybody(page, "Is this your e-mail address?")
    press(page, "Yes, it is mine")
    expect(page.locator("#messages")).to_contain_text("the e-mail address is yours")
    page.goto(link())
    for_everybody(page, "This link is of no use any more")
    page.goto("/my-sign-in/password/")
    for_everybody(page, "Change your password")
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/forgotten-password/")
    for_everybody(page, "Forgotten your password?")
    page.get_by_label("E-mail address").fill(clara.email)
    press(page, "Send me the link")
    for_everybody(page, "Look into your mail")
    page.goto(link())
    for_everybody(page, "Set a new password")
    page.get_by_label("New password").fill("another-long-way-home")
    press(page, "Set password")
    for_everybody(page, "Your password is set")


def test_codes(clara: User, visit: Visit) -> None:
    page = visit(None)
    page.goto("/sign-in/?next=/my-sign-in/")
    sign_in(page, clara)
    for_everybody(page, "My sign-in")
    page.get_by_role("link", name="Set up codes").click()
    for_everybody(page, "Set up codes")
    secret = page.locator("figcaption code").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill("000000")
    press(page, "Set up codes")
    for_everybody(page, "Error: Set up codes")
    page.get_by_label("Code", exact=True).fill(code(secret))
    press(page, "Set up codes")
    for_everybody(page, "Your recovery codes")
    page.get_by_role("link", name="Make new recovery codes").click()
    for_everybody(page, "Make new recovery codes")
    page.goto("/my-sign-in/codes/give-up/")
    for_everybody(page, "Give up codes")
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/sign-in/")
    sign_in(page, clara)
    for_everybody(page, "Enter your code")
    page.get_by_label("Code", exact=True).fill(code(secret))
    press(page, "Sign in")
    expect(page.get_by_role("link", name="My orders")).to_be_visible()


def sign_in(page: Page, user: User) -> None:
    """By e-mail address and password."""
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def test_my_data_with_the_longest_of_words(clara: User, visit: Visit) -> None:
    page = visit(clara)
    page.goto("/my-data/addresses/add/")
    for label in ("Name", "Street and number", "Town or city"):
        page.get_by_label(label, exact=True).fill(LONG)
    page.get_by_label("Postcode").fill("74638")
    press(page, "Add address")
    for_everybody(page, "My data")
    page.get_by_role("link", name="Remove").click()
    for_everybody(page, "Remove this address")
    placed_order(clara)
    page.goto("/my-data/erase/")
    expect(page.locator(".reason")).to_contain_text("Orders that are still open: 1.")


def test_who_guesses_too_often_reads_why(clara: User, visit: Visit) -> None:
    page = visit(None)
    page.goto("/sign-in/")
    for _ in range(6):
        page.get_by_label("E-mail address").fill(clara.email)
        page.get_by_label("Password").fill("a guess")
        press(page, "Sign in")
    expect(page.locator(".error-summary")).to_contain_text("That was tried too often.")
    for_everybody(page, "Error: Sign in")
