"""Place order, as customers do it in a browser, and as the warehouse sees it come."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.domain.roles import WAREHOUSE
from accounts.models import User
from orders.domain.money import Money
from orders.domain.order import reference
from tests.browser import accessible
from tests.orders.conftest import Visit
from tests.shop import (
    KETTLE,
    MUG,
    PASSWORD,
    WHERE_TO,
    change_price,
    follow,
    orders_in_the_log,
    placed_order,
    somebody,
    to_be_picked,
    withdraw,
)

BASKET = {MUG: 2, KETTLE: 1}
ANSWERS = {"basket": BASKET, "delivery": WHERE_TO, "payment": "prepaid"}
CHECK = "/orders/place/check/"


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def place_order(page: Page) -> Locator:
    return page.get_by_role("button", name="Place order")


def fill_basket(page: Page) -> None:
    """Two mugs and a kettle, from the products to the basket."""
    mug = page.locator(f"#{MUG}")
    mug.get_by_label("Quantity of Enamel mug").fill("2")
    mug.get_by_role("button", name="Add to basket").click()
    expect(mug).to_contain_text("2 in your basket")
    page.locator(f"#{KETTLE}").get_by_role("button", name="Add to basket").click()
    expect(page.locator("#basket-link")).to_contain_text("3")
    page.locator("#basket-link").click()
    page.get_by_role("button", name="Place order").click()


def answer_questions(page: Page) -> None:
    """Where to, and how to pay."""
    page.get_by_label("Street and number").fill("Lindenallee 7")
    page.get_by_label("Postcode").fill("04103")
    page.get_by_label("Town or city").fill("Leipzig")
    page.get_by_role("button", name="Go on to payment").click()
    page.get_by_label("On account").check()
    page.get_by_role("button", name="Go on", exact=True).click()


def test_whoever_goes_back_from_an_order_finds_the_basket_empty(worker: None, clara: User, page: Page) -> None:
    sign_in(page, clara)
    expect(page).to_have_url(re.compile("/products/$"))
    fill_basket(page)
    answer_questions(page)
    place_order(page).click()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Your basket is empty.")).to_be_visible()
    expect(place_order(page)).to_have_count(0)


def test_from_signing_in_to_the_order_while_the_warehouse_looks_on(
    worker: None, clara: User, page: Page, visit: Visit
) -> None:
    warehouse = visit(somebody(WAREHOUSE))
    warehouse.goto("/work/")
    expect(warehouse.get_by_text("Nothing needs doing.")).to_be_visible()
    warehouse.evaluate("window.notReloaded = true")

    sign_in(page, clara)
    expect(page).to_have_url(re.compile("/products/$"))
    fill_basket(page)
    answer_questions(page)
    expect(page.locator("main")).to_contain_text("Lindenallee 7")
    expect(page.locator("main")).to_contain_text("€114.00")
    place_order(page).click()

    [placed] = orders_in_the_log()
    number = reference(placed.order_id)
    expect(warehouse.get_by_role("link", name=f"Pick shipment {number}")).to_be_visible(timeout=2000)
    assert warehouse.evaluate("window.notReloaded")
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    expect(page.locator(".confirmation")).to_contain_text(number)
    page.get_by_role("link", name="Follow your order").click()
    expect(page.get_by_text("Updating…")).to_have_count(0)
    expect(page.get_by_text("The order was placed, for €114.00.")).to_be_visible()
    page.get_by_role("link", name="My orders").click()
    expect(page.get_by_role("link", name=number)).to_be_visible()


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
def test_a_double_click_places_one_order(clara: User, visit: Visit, java_script_enabled: bool) -> None:
    page = visit(clara, java_script_enabled=java_script_enabled, **ANSWERS)
    page.goto(CHECK)
    place_order(page).dblclick()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    assert len(orders_in_the_log()) == 1


def test_going_back_and_sending_again_leads_to_the_same_order(clara: User, visit: Visit) -> None:
    page = visit(clara, **ANSWERS)
    page.goto(CHECK)
    kept = page.content()
    place_order(page).click()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    first = page.url
    page.go_back()
    expect(page.get_by_text("Your basket is empty.")).to_be_visible()
    # Most browsers show the page that they kept instead of asking for it again; this one does not while it is tested.
    page.route(f"**{CHECK}", lambda route: route.fulfill(body=kept, content_type="text/html"), times=1)
    page.goto(CHECK)
    place_order(page).click()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    assert page.url == first
    assert len(orders_in_the_log()) == 1


def test_a_price_that_changed_is_shown_and_asked_about_again(clara: User, visit: Visit) -> None:
    page = visit(clara, **ANSWERS)
    page.goto(CHECK)
    change_price(KETTLE, 9500)
    place_order(page).click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("€89.00")
    expect(alert).to_contain_text("€95.00")
    expect(page).to_have_title(re.compile("^Error: "))
    assert orders_in_the_log() == []
    accessible(page)
    place_order(page).click()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    assert orders_in_the_log()[0].total == Money(cents=12000)


def test_a_withdrawn_product_is_refused_and_nothing_is_lost(clara: User, visit: Visit) -> None:
    page = visit(clara, **ANSWERS)
    page.goto(CHECK)
    withdraw(KETTLE)
    follow()
    place_order(page).click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Whistling kettle is no longer in our catalogue. Remove it to go on.")
    expect(page.locator("main")).to_contain_text("Lindenallee 7")
    accessible(page)
    page.get_by_role("link", name=re.compile("Change.*Products")).click()
    page.get_by_role("button", name=re.compile("Remove.*Whistling kettle")).click()
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_label("Street and number")).to_have_value("Lindenallee 7")
    page.goto(CHECK)
    place_order(page).click()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    assert [line.sku for line in orders_in_the_log()[0].lines] == [MUG]


def test_what_is_typed_stays_when_something_is_removed_and_the_enter_key_removes_nothing(
    clara: User, visit: Visit
) -> None:
    page = visit(clara, **ANSWERS)
    withdraw(MUG)
    follow()
    page.goto("/basket/")
    page.get_by_label("Quantity of Whistling kettle").fill("4")
    page.get_by_label("Quantity of Whistling kettle").press("Enter")
    expect(page.get_by_role("link", name="Enamel mug")).to_be_visible()
    expect(page.get_by_label("Quantity of Whistling kettle")).to_have_value("4")
    page.get_by_label("Quantity of Whistling kettle").fill("3")
    page.get_by_role("button", name=re.compile("Remove.*Enamel mug")).click()
    expect(page.get_by_role("link", name="Enamel mug")).to_be_hidden()
    expect(page.get_by_label("Quantity of Whistling kettle")).to_have_value("3")
    accessible(page)


def test_updating_is_said_and_the_page_follows_by_itself(clara: User, visit: Visit) -> None:
    page = visit(clara, **ANSWERS)
    page.goto(CHECK)
    place_order(page).click()
    page.get_by_role("link", name="Follow your order").click()
    expect(page.get_by_text("Updating…")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="My orders").focus()
    follow()
    expect(page.get_by_text("The order was placed, for €114.00.")).to_be_visible(timeout=2000)
    expect(page.get_by_text("Updating…")).to_have_count(0)
    expect(page.get_by_role("link", name="My orders")).to_be_focused()


def test_a_list_that_grows_keeps_the_focus_and_says_so(clara: User, visit: Visit) -> None:
    first = reference(to_be_picked(clara))
    page = visit(somebody(WAREHOUSE))
    page.goto("/work/")
    task = page.get_by_role("link", name=f"Pick shipment {first}")
    task.focus()
    second = reference(to_be_picked(clara))
    expect(page.get_by_role("link", name=f"Pick shipment {second}")).to_be_visible(timeout=2000)
    expect(task).to_be_focused()
    expect(page.locator("#news")).to_contain_text("2 tasks")


def test_without_scripts_all_of_it_works(clara: User, visit: Visit) -> None:
    page = visit(None, java_script_enabled=False)
    page.goto("/products/")
    page.locator(f"#{MUG}").get_by_role("button", name="Add to basket").click()
    expect(page.locator("#messages")).to_contain_text("1 piece of “Enamel mug” is in your basket.")
    page.locator("#basket-link").click()
    page.get_by_label("Quantity of Enamel mug").fill("3")
    page.get_by_role("button", name="Change quantity").click()
    expect(page.locator(".total")).to_contain_text("€37.50")
    page.get_by_role("button", name="Place order").click()
    page.get_by_label("E-mail address").fill(clara.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    answer_questions(page)
    place_order(page).click()
    page.get_by_role("link", name="Follow your order").click()
    expect(page.get_by_text("Updating…")).to_be_visible()
    follow()
    page.get_by_role("link", name="Show the newest").click()
    expect(page.get_by_text("The order was placed, for €37.50.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Get to something with the Tab key, and press a key on it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("it => it === document.activeElement"):
            page.keyboard.press(key)
            return
    raise AssertionError(f"The Tab key does not lead to {target}.")


def test_with_the_keyboard_alone(clara: User, visit: Visit) -> None:
    page = visit(clara)
    page.goto("/products/")
    press(page, page.get_by_role("link", name="Skip to the main part"))
    press(page, page.get_by_role("button", name=re.compile("Add to basket.*Enamel mug")))
    expect(page.locator("#basket-link")).to_contain_text("1")
    page.goto("/basket/")
    press(page, page.get_by_role("button", name="Place order"))
    for label, answer in {"Street and number": "Lindenallee 7", "Postcode": "04103", "Town or city": "Leipzig"}.items():
        press(page, page.get_by_label(label), "Home")
        page.keyboard.type(answer)
    press(page, page.get_by_role("button", name="Go on to payment"))
    press(page, page.get_by_label("By card"), "Space")
    press(page, page.get_by_role("button", name="Go on", exact=True))
    press(page, place_order(page))
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    assert len(orders_in_the_log()) == 1


def test_what_is_wrong_stands_at_the_top_and_at_its_field(clara: User, visit: Visit) -> None:
    page = visit(clara, basket=BASKET)
    page.goto("/orders/place/")
    page.get_by_label("Street and number").fill("Lindenallee 7")
    page.get_by_role("button", name="Go on to payment").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("alert").get_by_role("link", name="Enter a postcode.").click()
    expect(page.get_by_label("Postcode")).to_be_focused()
    expect(page.get_by_label("Postcode")).to_have_accessible_description(re.compile("Enter a postcode."))
    expect(page.get_by_label("Street and number")).to_have_value("Lindenallee 7")


def test_a_quantity_that_cannot_be_is_told_on_a_page_of_its_own(clara: User, visit: Visit) -> None:
    page = visit(clara)
    page.goto("/products/")
    page.get_by_label("Quantity of Enamel mug").fill("1000")
    page.get_by_role("button", name=re.compile("Add to basket.*Enamel mug")).click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Enter a quantity of at most 999.").click()
    quantity = page.get_by_label("Quantity of Enamel mug")
    expect(quantity).to_be_focused()
    expect(quantity).to_have_value("1000")
    expect(quantity).to_have_attribute("aria-invalid", "true")
    expect(quantity).to_have_accessible_description(re.compile("Enter a quantity of at most 999."))
    accessible(page)


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
def test_what_was_typed_into_the_basket_is_what_is_ordered(
    clara: User, visit: Visit, java_script_enabled: bool
) -> None:
    page = visit(clara, java_script_enabled=java_script_enabled, **ANSWERS)
    page.goto("/basket/")
    page.get_by_label("Quantity of Enamel mug").fill("120")
    page.get_by_label("Quantity of Enamel mug").hover()  # the arrows take their place
    assert page.get_by_label("Quantity of Enamel mug").evaluate("it => it.scrollWidth <= it.clientWidth")
    page.get_by_label("Quantity of Whistling kettle").fill("")
    place_order(page).click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a quantity.")
    expect(page.get_by_label("Quantity of Enamel mug")).to_have_value("120")
    page.get_by_label("Quantity of Whistling kettle").fill("3")
    place_order(page).click()
    expect(page.get_by_label("Street and number")).to_be_visible()
    page.goto(CHECK)
    place_order(page).click()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    assert [(line.sku, line.quantity) for line in orders_in_the_log()[0].lines] == [(MUG, 120), (KETTLE, 3)]


def test_a_session_that_ends_leads_to_signing_in_and_back(clara: User, visit: Visit) -> None:
    address = f"/orders/{placed_order(clara)}/"
    page = visit(clara)
    page.goto(address)
    page.context.clear_cookies()
    page.wait_for_url(f"**/sign-in/?next={address}", timeout=3000)
    page.get_by_label("E-mail address").fill(clara.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("The order was placed")).to_be_visible()


def test_the_language_changes_where_one_is(clara: User, visit: Visit) -> None:
    page = visit(clara, **ANSWERS)
    page.goto(CHECK)
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("main")).to_contain_text("114,00")
    assert page.url.endswith(CHECK)
    accessible(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
