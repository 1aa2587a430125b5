"""Place order, as a customer does it in a browser, and as the warehouse sees it come."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from config.seed import seed
from eventstore.dispatch import Actor, dispatch
from tests.browser import accessible

pytestmark = pytest.mark.usefixtures("worker")


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("walk-the-long-way")
    page.get_by_role("button", name="Sign in").click()


def test_slice(live_server, page: Page, browser: Browser) -> None:
    seed()
    from eventstore import log
    from projections.engine.waiting import wait_for
    assert wait_for("projections_products", log.number(), 10)
    page.on("console", lambda m: print("CONSOLE", m.text))
    sign_in(page, live_server.url, "customer@example.com")
    expect(page).to_have_url(re.compile("/products/"))
    accessible(page)
    page.screenshot(path="/tmp/shots/products.png")
    page.get_by_role("button", name=re.compile("Whistling kettle")).click()
    expect(page.locator("#basket-link")).to_contain_text("1")
    page.goto(f"{live_server.url}/basket/")
    accessible(page)
    page.screenshot(path="/tmp/shots/basket.png")
    page.get_by_role("link", name="Place order").click()
    accessible(page)
    page.screenshot(path="/tmp/shots/delivery.png")
    page.get_by_label("Street and number").fill("Lindenallee 7")
    page.get_by_label("Postcode").fill("04103")
    page.get_by_label("Town or city").fill("Leipzig")
    page.get_by_role("button", name="Go on to payment").click()
    accessible(page)
    page.screenshot(path="/tmp/shots/payment.png")
    page.get_by_label("By card, now").check()
    page.locator("main form button").click()
    accessible(page)
    page.screenshot(path="/tmp/shots/check.png")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    accessible(page)
    page.screenshot(path="/tmp/shots/placed.png")
    page.get_by_role("link", name="Follow your order").click()
    expect(page.get_by_text("Whistling kettle")).to_be_visible()
    accessible(page)
    page.screenshot(path="/tmp/shots/order.png")
    page.goto(f"{live_server.url}/orders/")
    accessible(page)
    page.screenshot(path="/tmp/shots/my_orders.png")
