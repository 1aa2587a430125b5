"""A task that was sent is done, and the browser's Back leads to its page for the next one."""

import pytest
from playwright.sync_api import Page, expect

from accounts.domain.roles import WAREHOUSE
from accounts.models import User
from eventstore import log
from orders.domain.stock_item import StockReceived
from tests.orders.conftest import Visit
from tests.shop import MUG, somebody

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


def received() -> list[int]:
    """How many mugs came, each time."""
    return [it.event.quantity for it in log.read_stream(f"stock_item-{MUG}") if isinstance(it.event, StockReceived)]
