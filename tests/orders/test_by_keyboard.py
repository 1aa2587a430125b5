"""Whoever works at a desk does a task to its end with the keyboard alone, in a browser without scripts."""

import pytest
from playwright.sync_api import Page, expect

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, OPERATIONS
from accounts.models import User
from tests.browser import press
from tests.orders.conftest import Visit
from tests.orders.money_room import invoiced
from tests.shop import MUG, placed_order, somebody

pytestmark = pytest.mark.django_db


def test_those_at_a_desk_do_their_work_with_the_keyboard_alone(clara: User, visit: Visit) -> None:
    hold, transfer = f"/orders/{placed_order(clara)}/hold/", f"/invoices/{invoiced(clara)}/transfer/"
    why, number, price = "Why is it held?", "Reference of the transfer", f"/products/{MUG}/price/"
    for role, address, label, answer, buttons, said in (
        (CUSTOMER_SERVICE, hold, why, "A question.", ["Hold order"], "The order is on hold."),
        (FINANCE, transfer, number, "T-1", ["Record bank transfer"] * 2, "The transfer is recorded."),
        (OPERATIONS, price, "New price", "13.00", ["Change price"], "The price"),
    ):
        page: Page = visit(somebody(role), java_script_enabled=False)
        page.goto(address)
        press(page, page.get_by_label(label), answer)
        for name in buttons:
            press(page, page.locator("main").get_by_role("button", name=name, exact=True), "Enter")
        expect(page.locator("#messages")).to_contain_text(said)
        page.context.close()


def test_why_a_task_cannot_be_done_is_read_with_the_keyboard_alone(clara: User, visit: Visit) -> None:
    page: Page = visit(clara, java_script_enabled=False)
    page.goto(f"/orders/{placed_order(clara)}/")
    press(page, page.locator("summary", has_text="Request a return"), "Enter")
    expect(page.get_by_text("There is nothing of this order that you could return now.")).to_be_visible()
