"""Enter card, as customers do it in a browser without JavaScript: from the shop to the provider's page, and back.

For an order that is placed with it, and for one whose card was declined.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from eventstore import log
from orders.domain.payment import CardReplaced
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.stripe_account import Account, Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests.browser import accessible
from tests.connections import connected
from tests.orders.conftest import Visit
from tests.orders.money_room import card_declined
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


def everybody_can_read(page: Page) -> None:
    """On the smallest telephone, too."""
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    accessible(page)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.usefixtures("readers_follow")
def test_a_card_that_was_declined_is_replaced_by_one_from_the_provider_s_page(
    clara: User, visit: Visit, tmp_path: Path, *, scripts: bool
) -> None:
    with sandbox("payment_provider", tmp_path) as stand:
        account = Account(stand.address, API_KEY)
        with connected([PaymentBorder(Stripe(account), Checkout(account))]):
            order_id, page = card_declined(clara), visit(clara, java_script_enabled=scripts)
            page.goto(f"/orders/{order_id}/pay-with-another-card/")
            page.get_by_label("A card that you enter next").check()
            page.get_by_role("button", name="Pay €25.00 with this card").click()
            way = page.get_by_role("link", name="Go on to the payment provider")
            expect(way).to_be_visible()
            if scripts:
                everybody_can_read(page)
            way.click()
            page.get_by_label("Visa ending in 4242").check()
            page.get_by_role("button", name="Keep this card").click()
            expect(page.get_by_label("Visa ending in 4242")).to_be_checked()
            if scripts:
                everybody_can_read(page)
            page.get_by_role("button", name="Pay €25.00 with this card").dblclick()
            expect(page.get_by_text("You pay with another card.")).to_be_visible()
            page.go_back()
            if not scripts:
                page.reload()  # with scripts, a page that one comes back to is asked for anew
            expect(page.get_by_text("The payment provider has not answered yet.")).to_be_visible()
    events = [fact.event for fact in log.read_stream(f"payment-{order_id}")]
    assert [event.card for event in events if isinstance(event, CardReplaced)] == [
        "cus_sandbox000001:pm_000001_card_visa"
    ]
