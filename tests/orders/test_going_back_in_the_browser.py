"""A task that was sent is done: Back leads to its page for the next one, another language to the page that is shown."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.domain.roles import WAREHOUSE
from accounts.models import User
from eventstore import log
from orders.domain.stock_item import StockReceived
from tests.orders.conftest import Visit
from tests.shop import MUG, placed_order, somebody

pytestmark = pytest.mark.usefixtures("readers_follow")


def receive(page: Page, quantity: int) -> None:
    page.get_by_label("Product number").fill(MUG)
    page.get_by_label("How many pieces").fill(str(quantity))
    page.get_by_role("button", name="Receive stock").click()
    expect(page.locator("#messages .message")).to_be_visible()


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
def test_the_next_delivery_is_received_on_the_page_one_went_back_to(
    clara: User, visit: Visit, java_script_enabled: bool
) -> None:
    page = visit(somebody(WAREHOUSE), java_script_enabled=java_script_enabled)
    page.goto("/stock/receive/")
    before = len(received())
    for quantity in (3, 4):
        receive(page, quantity)
        page.go_back()
        expect(page.get_by_role("heading", name="Receive stock")).to_be_visible()
    assert received()[before:] == [3, 4]


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
def test_another_language_is_that_of_the_page_that_is_shown(
    clara: User, visit: Visit, java_script_enabled: bool
) -> None:
    order_id = placed_order(clara)
    page = visit(clara, java_script_enabled=java_script_enabled)
    page.goto(f"/orders/{order_id}/change-delivery-address/")
    page.get_by_label("Street and number").fill("Gartenweg 3")
    page.get_by_role("button", name="Change delivery address").click()
    expect(page.locator("#messages .message")).to_be_visible()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert urlsplit(page.url).path == f"/orders/{order_id}/"


def received() -> list[int]:
    """How many mugs came, each time."""
    return [it.event.quantity for it in log.read_stream(f"stock_item-{MUG}") if isinstance(it.event, StockReceived)]
