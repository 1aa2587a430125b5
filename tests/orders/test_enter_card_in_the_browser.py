"""Enter card, as customers do it in a browser without JavaScript: from the shop to the provider's page, and back."""

from pathlib import Path

from playwright.sync_api import Page, expect

from accounts.models import User
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.stripe_account import Account, Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests.browser import accessible
from tests.connections import connected
from tests.orders.conftest import Visit
from tests.sandbox_room import API_KEY, sandbox
from tests.shop import MUG, WHERE_TO, orders_in_the_log


def look(page: Page) -> None:
    """Both pages are for everybody: the shop's, and the sandbox's."""
    page.goto("/orders/place/payment/")
    page.get_by_label("By card: you enter it next").check()
    page.get_by_role("button", name="Go on", exact=True).click()
    accessible(page)
    page.get_by_role("link", name="Go on to the payment provider").click()
    expect(page.get_by_text("Sandbox of the payment provider")).to_be_visible()
    accessible(page)


def test_a_card_is_entered_on_the_provider_s_page(clara: User, visit: Visit, tmp_path: Path) -> None:
    with sandbox("payment_provider", tmp_path) as stand:
        account = Account(stand.address, API_KEY)
        with connected([PaymentBorder(Stripe(account), Checkout(account))]):
            page = visit(clara, java_script_enabled=False, basket={MUG: 2}, delivery=WHERE_TO)
            page.goto("/orders/place/payment/")
            page.get_by_label("By card: you enter it next").check()
            page.get_by_role("button", name="Go on", exact=True).click()
            expect(page.get_by_role("heading", name="Enter your card")).to_be_visible()
            page.set_viewport_size({"width": 360, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            page.get_by_role("link", name="Go on to the payment provider").click()
            page.get_by_role("link", name="Back to the shop, without a card").click()
            expect(page.get_by_text("You have come back without a card.")).to_be_visible()
            page.get_by_label("By card: you enter it next").check()
            page.get_by_role("button", name="Go on", exact=True).click()
            page.get_by_role("link", name="Go on to the payment provider").click()
            assert page.url.startswith(f"{stand.address}/checkout/")
            page.get_by_label("Visa ending in 4242").check()
            page.get_by_role("button", name="Keep this card").click()
            expect(page.get_by_text("By card: Visa ending in 4242")).to_be_visible()
            look(visit(clara, basket={MUG: 2}, delivery=WHERE_TO))
            page.go_back()
            page.go_forward()
            page.get_by_role("button", name="Place order").click()
            expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    [placed] = orders_in_the_log()
    assert placed.card == "cus_sandbox000002:pm_000002_card_visa"
