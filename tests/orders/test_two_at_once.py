"""Two people at one order at once, each in a browser of their own; and one person who clicks twice."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from accounts.domain.roles import CUSTOMER_SERVICE
from accounts.models import User
from eventstore import log
from eventstore.rest import to_rest
from orders.domain.order import CancellationRequested, DeliveryAddressChanged, OrderCancelled, OrderLinesCancelled
from tests.browser import accessible
from tests.orders import life
from tests.orders.conftest import Visit
from tests.processes import play
from tests.shop import KETTLE, MUG, follow, somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clock_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


def how_often(event: type) -> int:
    return sum(isinstance(fact.event, event) for fact in log.read_log())


def button(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("button", name=name)


def test_5_a_line_of_a_partly_sent_order_is_cancelled_by_two_at_once(clara: User, visit: Visit) -> None:
    order_id = life.confirmed(clara, {MUG: 2, KETTLE: 5})
    own, agent = visit(clara), visit(somebody(CUSTOMER_SERVICE, "Kim Kind"))
    own.goto(f"/orders/{order_id}/answer-backorder/")
    own.get_by_label("Send what is there now").check()
    button(own, "Answer backorder").click()
    expect(own.get_by_text("The answer has been noted.")).to_be_visible()
    to_rest()
    play.pick(life.parcel(order_id))
    play.dispatch(life.parcel(order_id))
    play.capture(order_id)
    for page, why in ((own, "Why do you cancel them?"), (agent, "Why does the customer cancel them?")):
        page.goto(f"/orders/{order_id}/cancel-lines/")
        page.get_by_label("Whistling kettle (up to 2, €89.00 each)").check()
        page.get_by_label("How many pieces?").fill("2")
        page.get_by_label(why).fill("They take too long.")
    button(agent, "Cancel lines").click()
    expect(agent.get_by_text("The lines are cancelled.")).to_be_visible()
    button(own, "Cancel lines").click()
    news = own.locator(".news")
    expect(news).to_contain_text("Cancelled: 2 × KET-120, for €178.00. They take too long.")
    expect(news).to_contain_text("the shop")
    to_rest()
    assert how_often(OrderLinesCancelled) == 1
    assert play.ledger(order_id).received.cents == 2 * 1250 + 3 * 8900


def test_7_the_parcel_leaves_while_the_customer_cancels(clara: User, visit: Visit) -> None:
    order_id = life.packed(clara)
    page = visit(clara)
    page.goto(f"/orders/{order_id}/cancel/")
    page.get_by_label("Why do you cancel it?").fill("I have found one.")
    play.dispatch(life.parcel(order_id))
    button(page, "Cancel order").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The parcel has left. You can return the goods instead.")
    expect(alert).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Why do you cancel it?")).to_have_value("I have found one.")
    accessible(page)
    page.get_by_role("link", name="Request a return").click()
    expect(page.get_by_text("There is nothing of this order that you could return now.")).to_be_visible()
    assert how_often(OrderCancelled) == how_often(CancellationRequested) == 0


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
def test_8_a_double_click_cancels_once(clara: User, visit: Visit, java_script_enabled: bool) -> None:
    order_id = life.confirmed(clara)
    page = visit(clara, java_script_enabled=java_script_enabled)
    page.goto(f"/orders/{order_id}/")
    page.get_by_role("link", name="Cancel order").click()
    page.get_by_label("Why do you cancel it?").fill("I have found one.")
    button(page, "Cancel order").dblclick()
    expect(page.get_by_text("The order is cancelled.", exact=True)).to_be_visible()
    follow()
    if not java_script_enabled:
        page.get_by_role("link", name="Show the newest").click()
    expect(page.get_by_text("The reason given: I have found one.")).to_be_visible()
    assert how_often(OrderCancelled) == 1


def test_9_a_colleague_was_faster_and_what_was_typed_is_kept(clara: User, visit: Visit) -> None:
    order_id = life.confirmed(clara)
    own, agent = visit(clara), visit(somebody(CUSTOMER_SERVICE, "Kim Kind"))
    own.goto(f"/orders/{order_id}/change-delivery-address/")
    own.get_by_label("Street and number").fill("Gartenweg 3")
    agent.goto(f"/orders/{order_id}/")
    agent.get_by_role("link", name="Hold order").click()
    agent.get_by_label("Why is it held?").fill("Is this the right address?")
    button(agent, "Hold order").click()
    expect(agent.get_by_text("The order is on hold.")).to_be_visible()
    button(own, "Change delivery address").click()
    expect(own.locator(".news")).to_contain_text("The order was put on hold: Is this the right address?")
    expect(own.locator(".news")).to_contain_text("the shop")
    expect(own.get_by_label("Street and number")).to_have_value("Gartenweg 3")
    accessible(own)
    button(own, "Change delivery address").click()
    expect(own.get_by_text("The parcels go to the new address.")).to_be_visible()
    assert how_often(DeliveryAddressChanged) == 1
