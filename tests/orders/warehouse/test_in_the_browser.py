"""The warehouse at work in a browser: with a scanner, on a phone, by keyboard, without scripts, and two at once."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from accounts.domain.roles import WAREHOUSE
from accounts.models import User
from orders.domain.order import reference
from projections.shipments import Shipment
from tests import factories
from tests.browser import NARROW, accessible
from tests.orders.conftest import Visit
from tests.orders.warehouse.parcels import parcel, settle
from tests.shop import KETTLE, MUG, send, somebody


@pytest.fixture
def wim(clara: User) -> User:
    """Somebody in the warehouse of a shop that is open."""
    return somebody(WAREHOUSE, "Wim Janssen")


def scan(page: Page, sku: str) -> None:
    """A scanner types what it reads, wherever the focus is, and presses Enter."""
    page.keyboard.type(sku)
    page.keyboard.press("Enter")


def test_a_parcel_is_picked_with_a_scanner_on_a_phone(clara: User, wim: User, visit: Visit) -> None:
    page = visit(wim)
    page.set_viewport_size(NARROW)
    page.goto(f"/shipments/{parcel(clara)}/")
    page.get_by_role("link", name="Start picking").click()
    page.get_by_role("button", name="Start picking").click()
    field = page.get_by_label("Scan or type a product number")
    expect(field).to_be_focused()
    scan(page, MUG)
    expect(page.locator("#messages")).to_contain_text("Enamel mug: 1 of 2. 2 pieces are left to pick.")
    expect(field).to_be_focused()
    scan(page, "TEA-999")
    expect(page.get_by_role("alert")).to_contain_text("TEA-999 does not belong in this parcel.")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    # Faster than the shop answers: none is lost, and what was refused stays to be read.
    for sku in (KETTLE, KETTLE, MUG):
        scan(page, sku)
    expect(page.get_by_text("Nothing is left to pick.")).to_be_visible()
    expect(page.get_by_text("All pieces of KET-120 are picked, or known to be missing.")).to_be_visible()
    expect(field).to_be_focused()
    page.get_by_role("link", name="Pack shipment").click()
    expect(page.get_by_label("Weight of the parcel")).to_be_focused()
    page.keyboard.type("2.35 kg")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("The parcel is packed.")


def test_without_scripts_a_parcel_is_picked_by_hand(clara: User, wim: User, visit: Visit) -> None:
    page = visit(wim, java_script_enabled=False)
    page.goto(f"/shipments/{parcel(clara, 'picking')}/pick/")
    expect(page.get_by_label("Scan or type a product number")).to_be_focused()
    page.get_by_label("Picked pieces of Enamel mug").fill("3")
    page.get_by_role("button", name="Record pick Enamel mug").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("MUG-035: only 2 left to pick.")
    expect(page.get_by_label("Picked pieces of Enamel mug")).to_have_value("3")
    page.get_by_label("Picked pieces of Enamel mug").fill("2")
    page.get_by_role("button", name="Record pick Enamel mug").click()
    page.get_by_role("link", name="Report missing Whistling kettle").click()
    page.get_by_label("How many pieces are missing?").fill("1")
    page.get_by_role("button", name="Report short pick").click()
    expect(page.get_by_text("Nothing is left to pick.")).to_be_visible()


def test_papers_are_printed_without_what_is_on_the_screen_only(clara: User, wim: User, visit: Visit) -> None:
    page = visit(wim)
    for _each in range(2):
        parcel(clara, pieces={MUG: 1})
    page.goto("/shipments/pick-lists/")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")
    for unprinted in (".masthead", ".paper-actions", ".colophon"):
        expect(page.locator(unprinted)).to_be_hidden()
    expect(page.locator(".paper")).to_have_count(2)
    second = page.locator(".paper").nth(1)
    assert second.evaluate("it => getComputedStyle(it).breakBefore") == "page"


def test_stock_is_counted_with_the_keyboard_alone(clara: User, wim: User, visit: Visit) -> None:
    page = visit(wim, java_script_enabled=False)
    page.goto("/stock/count/")
    expect(page.get_by_label("Product number")).to_be_focused()
    page.keyboard.type(MUG.lower())
    page.keyboard.press("Tab")
    page.keyboard.type("37")
    page.keyboard.press("Enter")
    expect(page.locator(".consequences")).to_contain_text("3 pieces fewer than in the books: 40.")
    page.get_by_role("button", name="Change How many pieces").press("Enter")
    expect(page.get_by_label("How many pieces have you counted?")).to_have_value("37")
    page.get_by_label("How many pieces have you counted?").press("Enter")
    page.get_by_role("button", name="Count stock").press("Enter")
    expect(page.locator("#messages")).to_contain_text("Counted: 37 × Enamel mug.")


def test_the_page_of_a_parcel_follows_and_keeps_the_focus(clara: User, wim: User, visit: Visit) -> None:
    there = parcel(clara)
    page = visit(wim)
    page.goto(f"/shipments/{there}/")
    order = page.get_by_role("main").get_by_role("link", name=reference_of(page))
    order.focus()
    send(factories.StartPicking.build(shipment_id=there), somebody(WAREHOUSE, "Ben Berg").actor)
    settle()
    expect(page.locator(".tag")).to_have_text("Being picked", timeout=3000)
    expect(page.get_by_text("Ben Berg").first).to_be_visible()
    expect(order).to_be_focused()


def reference_of(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Shipment ")


def test_two_in_the_warehouse_pack_the_same_parcel(clara: User, wim: User, visit: Visit) -> None:
    there = parcel(clara, "picked")
    mine, theirs = visit(wim), visit(somebody(WAREHOUSE, "Ben Berg"))
    for page in (mine, theirs):
        page.goto(f"/shipments/{there}/pack/")
    theirs.get_by_label("Weight of the parcel").fill("800 g")
    theirs.get_by_role("button", name="Pack shipment").click()
    expect(theirs.locator("#messages")).to_contain_text("The parcel is packed.")
    mine.get_by_label("Weight of the parcel").fill("2 kg")
    mine.get_by_role("button", name="Pack shipment").click()
    expect(mine.get_by_role("alert")).to_contain_text("Somebody else changed this a moment ago.")
    expect(mine.get_by_role("region", name="What has happened meanwhile")).to_contain_text("Ben Berg")
    expect(mine.get_by_label("Weight of the parcel")).to_have_value("2 kg")
    accessible(mine)
    mine.get_by_role("button", name="Pack shipment").click()
    expect(mine.get_by_role("alert")).to_contain_text("This parcel is packed already.")


@pytest.mark.parametrize("first", ["the customer", "the warehouse"])
def test_tricky_case_7_the_dispatch_and_the_cancellation_come_in_the_same_second(
    clara: User, wim: User, visit: Visit, first: str
) -> None:
    """Two browsers, both with their task before them: whoever loses is told what happened, and what can be done."""
    there = parcel(clara, "labelled")
    hers, his = visit(clara), visit(wim)
    hers.goto(f"/orders/{order_of(there)}/cancel/")
    hers.get_by_label("It was found elsewhere.").check()
    his.goto(f"/shipments/{there}/dispatch/")
    if first == "the customer":
        hers.get_by_role("button", name="Cancel order").click()
        expect(hers.locator("#messages")).to_contain_text("We try to stop your parcel.")
        his.get_by_role("button", name="Dispatch shipment").click()
        expect(his.get_by_role("alert")).to_be_focused()
        expect(his.get_by_role("alert")).to_contain_text("The customer has asked to cancel the order.")
        settle()
        his.get_by_role("link", name="Back to Shipment").click()
        expect(his.locator(".tag")).to_have_text("Cancelled")
    else:
        his.get_by_role("button", name="Dispatch shipment").click()
        expect(his.locator("#messages")).to_contain_text("The parcel has left.")
        hers.get_by_role("button", name="Cancel order").click()
        expect(hers.locator("main")).to_contain_text("The parcel has left. You can return the goods instead.")


def order_of(shipment_id: UUID) -> UUID:
    return Shipment.objects.get(shipment_id=shipment_id).order_id


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
def test_a_double_click_dispatches_once(clara: User, wim: User, visit: Visit, java_script_enabled: bool) -> None:
    there = parcel(clara, "labelled")
    page = visit(wim, java_script_enabled=java_script_enabled)
    page.goto(f"/shipments/{there}/dispatch/")
    page.get_by_role("button", name="Dispatch shipment").dblclick()
    expect(page.locator("#messages")).to_contain_text("The parcel has left.")
    page.go_back()
    expect(page).to_have_title(re.compile("^Dispatch shipment"))
    page.reload()
    expect(page.locator(".reason, main form").first).to_be_visible()


def test_what_was_taken_is_given_back_while_the_list_follows(clara: User, wim: User, visit: Visit) -> None:
    there = parcel(clara)
    page = visit(wim)
    page.goto("/work/")
    page.get_by_role("button", name=re.compile("^Take Pick shipment")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/?after=*")
    settle()
    give_back = page.get_by_role("button", name=re.compile("^Give back Pick shipment"))
    expect(give_back).to_be_focused()  # where "Take" was
    parcel(clara, pieces={MUG: 1})
    expect(page.locator(".tasks").get_by_role("link", name=re.compile("^Pick shipment"))).to_have_count(2)
    expect(give_back).to_be_focused()
    page.get_by_role("link", name=re.compile(f"^Pick shipment {reference(order_of(there))}")).click()
    expect(page).to_have_title(re.compile("^Start picking"))
