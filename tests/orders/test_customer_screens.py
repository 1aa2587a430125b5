"""Every screen of customers and customer service: for everybody's eyes, light and dark, and as narrow as a phone."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.conf import settings
from playwright.sync_api import Page, ViewportSize, expect

from accounts.domain.customer import AddDeliveryAddress, SuspendCustomer
from accounts.domain.roles import CUSTOMER_SERVICE
from accounts.models import User
from orders.domain.order import HoldOrder, OfferBackorderChoice, reference
from orders.screens.order_now import nth_return
from tests import factories
from tests.browser import accessible
from tests.orders import life
from tests.orders.conftest import Visit
from tests.shop import KETTLE, MUG, follow, send, somebody

# Walks from screen to screen, and gives the beginning of each one's title.
type Walk = Callable[[Page, User], Iterator[str]]

NARROW, WIDE = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=800)


@pytest.fixture(autouse=True)
def _clock_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


def before_it_leaves(page: Page, clara: User) -> Iterator[str]:
    order_id = life.confirmed(clara, {MUG: 2, KETTLE: 5})
    send(OfferBackorderChoice(order_id=order_id))
    follow()
    page.goto(f"/orders/{order_id}/")
    yield f"Order {reference(order_id)}"
    for task, title in {
        "answer-backorder": "Answer backorder",
        "change-delivery-address": "Change delivery address",
        "cancel": "Cancel order",
        "cancel-lines": "Cancel lines",
    }.items():
        page.goto(f"/orders/{order_id}/{task}/")
        yield title
        if task == "change-delivery-address":
            page.get_by_label("Postcode").fill("")
        page.locator("main form").get_by_role("button", name=title).click()
        yield f"Error: {title}"
    page.goto(f"/orders/{order_id}/return/")
    yield "Request a return"


def once_it_has_arrived(page: Page, clara: User) -> Iterator[str]:
    order_id = life.delivered(clara, terms="on_account")
    page.goto(f"/orders/{order_id}/return/")
    yield "Request a return"
    page.get_by_role("button", name="Request a return").click()
    yield "Error: Request a return"
    page.get_by_label("How many “Enamel mug” do you return?").fill("1")
    page.get_by_label("It is damaged").check()
    page.get_by_role("button", name="Request a return").click()
    expect(page.get_by_text("The return was requested.")).to_be_visible()
    follow()
    page.goto(f"/returns/{nth_return(order_id, 1)}/")
    yield "Return of order"
    page.goto("/returns/mine/")
    yield "My returns"
    page.goto("/orders/?which=open")
    yield "My orders"
    page.goto(f"/orders/{order_id}/cancel/")
    yield "Cancel order"
    page.goto(f"/orders/{order_id}/invoices/{life.parcel(order_id)}/")
    yield "Invoice of order"


def while_choosing_an_address(page: Page, clara: User) -> Iterator[str]:
    page.goto("/returns/mine/")
    yield "My returns"
    send(AddDeliveryAddress(customer_id=clara.id, address_id=UUID(int=7), address=factories.Address.build()))
    follow()
    page.goto(f"/products/{MUG}/")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#messages")).to_contain_text("Enamel mug")
    page.goto("/orders/place/")
    yield "Where shall the parcel go?"
    page.get_by_label("A new address").check()
    page.get_by_role("button", name="Go on to payment").click()
    yield "Error: Where shall the parcel go?"


def in_customer_service(page: Page, clara: User) -> Iterator[str]:
    page.goto("/backorders/")
    yield "Backorders"
    page.goto("/returns/")
    yield "Returns desk"
    order_id = life.delivered(clara)
    send(factories.RequestReturn.build(return_id=nth_return(order_id, 1), order_id=order_id, customer_id=clara.id))
    waiting = life.confirmed(clara, {KETTLE: 5})
    send(OfferBackorderChoice(order_id=waiting))
    send(HoldOrder(order_id=waiting, reason="Is this the right address?"))
    follow()
    yield from finding(page, clara)
    for address, title in {
        f"orders/{order_id}/?events=raw": f"Order {reference(order_id)}",
        f"orders/{waiting}/": f"Order {reference(waiting)}",
        f"orders/{waiting}/hold/": "Hold order",
        f"orders/{waiting}/release/": "Release order",
        f"orders/{order_id}/goodwill-refund/": "Grant goodwill refund",
        f"shipments/{life.parcel(order_id)}/lost/": "Report shipment lost",
        "returns/": "Returns desk",
        f"returns/{nth_return(order_id, 1)}/": "Return of order",
        f"returns/{nth_return(order_id, 1)}/approve/": "Approve return",
        f"returns/{nth_return(order_id, 1)}/reject/": "Reject return",
        "backorders/": "Backorders",
        f"customers/{clara.id}/suspend/": "Suspend customer",
    }.items():
        page.goto(f"/{address}")
        yield title
    page.goto(f"/orders/{order_id}/")
    page.get_by_role("link", name="as it was then").nth(3).click()
    yield f"Order {reference(order_id)} as it was"
    page.goto(f"/orders/{order_id}/goodwill-refund/")
    page.get_by_label("How much?").fill("60.00")
    page.get_by_label("What for?").fill("It came late.")
    page.get_by_role("button", name="Grant goodwill refund").click()
    yield "Check your answers"


def finding(page: Page, clara: User) -> Iterator[str]:
    page.goto("/find/")
    yield "Find"
    page.get_by_role("searchbox").fill("vogel")
    page.locator("main").get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="Clara Vogel")).to_be_visible()
    yield "Find"
    page.get_by_role("link", name="Clara Vogel").click()
    yield "Clara Vogel"
    send(SuspendCustomer(customer_id=clara.id, reason="Three invoices are unpaid."))
    follow()
    page.goto(f"/customers/{clara.id}/")
    yield "Clara Vogel"
    page.goto(f"/customers/{clara.id}/reinstate/")
    yield "Reinstate customer"


@pytest.mark.parametrize(
    "walk", [before_it_leaves, once_it_has_arrived, while_choosing_an_address, in_customer_service]
)
def test_every_screen_is_for_everybody(walk: Walk, clara: User, visit: Visit) -> None:
    page = visit(somebody(CUSTOMER_SERVICE, "Kim Kind") if walk is in_customer_service else clara)
    for title in walk(page, clara):
        expect(page).to_have_title(re.compile(f"^{re.escape(title)}"))
        page.wait_for_load_state()
        page.set_viewport_size(NARROW)
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], page.url
        page.set_viewport_size(WIDE)
        accessible(page)
