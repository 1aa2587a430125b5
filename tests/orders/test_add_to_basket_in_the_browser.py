"""Add to basket where the net is bad: nothing gets lost or doubled without a word."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import User
from tests.browser import accessible
from tests.orders.conftest import Visit
from tests.shop import KETTLE, MUG, SEEDS, placed_order

ADD = "**/basket/add/"
NOTHING_SENT = "You are offline, and nothing was sent. Try once more when you are back."
UNCLEAR = "The shop did not say whether your basket has changed. Look into your basket before you try once more."
AGAIN = "The shop does not answer. Try once more in a minute: what you send twice is done only once."


@pytest.fixture
def page(clara: User, new_context: Callable[..., BrowserContext]) -> Page:
    """The products, to somebody who has not been here before."""
    page = new_context().new_page()
    page.goto("/products/")
    return page


@pytest.fixture
def _complaints_about_the_net(new_context: object, complaints: list[str]) -> Iterator[None]:
    """The browser and htmx report what is tested here."""
    yield
    complaints[:] = [each for each in complaints if not any(word in each for word in ("net::", "504", "htmx:"))]


def add(page: Page, sku: str = MUG) -> None:
    page.locator(f"#{sku}").get_by_role("button", name="Add to basket").click()


@pytest.mark.usefixtures("_complaints_about_the_net")
def test_without_a_net_it_is_said_at_once_that_nothing_was_sent(page: Page) -> None:
    page.context.set_offline(True)
    add(page)
    expect(page.get_by_text(NOTHING_SENT)).to_be_visible()
    expect(page.locator("#offline")).to_be_hidden()
    page.context.set_offline(False)
    add(page)
    expect(page.locator("#basket-link")).to_contain_text("1 piece")
    expect(page.get_by_text(NOTHING_SENT)).to_be_hidden()


@pytest.mark.usefixtures("_complaints_about_the_net")
@pytest.mark.parametrize("lost", ["gateway", "connection", "time"])
def test_where_nobody_knows_what_came_of_it_nothing_is_sent_again(page: Page, lost: str) -> None:
    sent = []

    def lose(route: Route) -> None:
        """The shop has done it, and its answer does not arrive."""
        sent.append(route.fetch(max_redirects=0).status)
        if lost == "gateway":
            route.fulfill(status=504, body="Gateway timeout")
        elif lost == "connection":
            route.abort("connectionreset")

    page.evaluate("htmx.config.timeout = 2000")
    page.route(ADD, lose)
    add(page)
    expect(page.get_by_text(UNCLEAR)).to_be_visible()
    accessible(page)
    page.locator("#unsent").get_by_role("link", name="Look into your basket").click()
    expect(page.get_by_label("Quantity of Enamel mug")).to_have_value("1")
    assert sent == [302]


def test_several_at_once_are_all_in_the_basket(page: Page) -> None:
    page.evaluate("document.querySelectorAll('form.quantity').forEach((each) => each.requestSubmit())")
    for sku in (MUG, KETTLE, SEEDS):
        expect(page.locator(f"#in-basket-{sku}")).to_contain_text("1 in your basket")
    expect(page.locator("#basket-link")).to_contain_text("3 pieces")
    page.reload()
    expect(page.locator("#basket-link")).to_contain_text("3 pieces")


@pytest.mark.usefixtures("_complaints_about_the_net")
def test_a_task_without_an_answer_may_be_sent_once_more(clara: User, visit: Visit) -> None:
    order_id = placed_order(clara)
    page = visit(clara)
    page.goto(f"/orders/{order_id}/cancel/")
    page.get_by_label("It was found elsewhere.").check()
    page.route("**/cancel/", lambda route: route.abort("connectionreset"), times=1)
    page.get_by_role("button", name="Cancel order").click()
    expect(page.get_by_text(AGAIN)).to_be_visible()
    page.get_by_role("button", name="Cancel order").click()
    expect(page.get_by_text("The order is cancelled.", exact=True)).to_be_visible()
    expect(page.get_by_text(AGAIN)).to_be_hidden()
