"""Two people at one order at once, each in a browser of their own; and one person who clicks twice."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from accounts.models import User
from eventstore import log
from eventstore.rest import to_rest
from orders.domain.order import CancellationRequested, DeliveryAddressChanged, OrderCancelled, OrderLinesCancelled
from projections.shipments import Shipment
from tests import factories
from tests.browser import accessible
from tests.orders import life
from tests.orders.conftest import Visit
from tests.orders.hands import ARRIVED, Mouse, button_of, come_to, fill, form_for
from tests.orders.money_room import proposed_refund
from tests.orders.story import BECAUSE, UNWANTED, Doing
from tests.orders.warehouse.parcels import coming_back, parcel, place, settle
from tests.processes import play
from tests.shop import KETTLE, MUG, SEEDS, WHERE_TO, browsing, follow, send, somebody

# What one does, and what another does who began before that was done.
type AtOnce = tuple[Doing, Doing]

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
    for page in (own, agent):
        page.goto(f"/orders/{order_id}/cancel-lines/")
        page.get_by_label("Whistling kettle (up to 2, €89.00 each)").check()
        page.get_by_label("How many pieces?").fill("2")
        page.get_by_label("It takes too long.").check()
    button(agent, "Cancel lines").click()
    expect(agent.get_by_text("The lines are cancelled.")).to_be_visible()
    button(own, "Cancel lines").click()
    news = own.locator(".news")
    expect(news).to_contain_text("Cancelled: 2 × KET-120, for €178.00. It takes too long.")
    expect(news).to_contain_text("the shop")
    to_rest()
    assert how_often(OrderLinesCancelled) == 1
    assert play.ledger(order_id).received.cents == 2 * 1250 + 3 * 8900


def test_7_the_parcel_leaves_while_the_customer_cancels(clara: User, visit: Visit) -> None:
    order_id = life.packed(clara)
    page = visit(clara)
    page.goto(f"/orders/{order_id}/cancel/")
    page.get_by_label("It was found elsewhere.").check()
    play.dispatch(life.parcel(order_id))
    button(page, "Cancel order").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The parcel has left. You can return the goods instead.")
    expect(alert).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("It was found elsewhere.")).to_be_checked()
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
    page.get_by_label("It was found elsewhere.").check()
    button(page, "Cancel order").dblclick()
    expect(page.get_by_text("The order is cancelled.", exact=True)).to_be_visible()
    follow()
    if not java_script_enabled:
        page.get_by_role("link", name="Show the newest").click()
    expect(page.get_by_text("The reason given: It was found elsewhere.")).to_be_visible()
    assert how_often(OrderCancelled) == 1


def test_9_a_colleague_was_faster_and_what_was_typed_is_kept(clara: User, visit: Visit) -> None:
    order_id = life.confirmed(clara)
    own, agent = visit(clara), visit(somebody(CUSTOMER_SERVICE, "Kim Kind"))
    own.goto(f"/orders/{order_id}/change-delivery-address/")
    own.get_by_label("Street and number").fill("Gartenweg 3")
    agent.goto(f"/orders/{order_id}/")
    agent.get_by_role("link", name="Hold order").click()
    agent.get_by_label("We have a question about the address.").check()
    button(agent, "Hold order").click()
    expect(agent.get_by_text("The order is on hold.")).to_be_visible()
    button(own, "Change delivery address").click()
    expect(own.locator(".news")).to_contain_text("The order was put on hold: We have a question about the address.")
    expect(own.locator(".news")).to_contain_text("the shop")
    expect(own.get_by_label("Street and number")).to_have_value("Gartenweg 3")
    accessible(own)
    button(own, "Change delivery address").click()
    expect(own.get_by_text("The parcels go to the new address.")).to_be_visible()
    assert how_often(DeliveryAddressChanged) == 1


def the_refund_is_approved_while_it_is_rejected(clara: User) -> AtOnce:
    refund_id = proposed_refund(clara, somebody(CUSTOMER_SERVICE))
    approves = doing(somebody(FINANCE, "Ada Ast"), "approve_refund", refund_id)
    return approves, doing(somebody(FINANCE), "reject_refund", refund_id, reason=BECAUSE)


def the_return_is_rejected_while_it_is_approved(clara: User) -> AtOnce:
    return_id = coming_back(clara, approved=False)
    rejects = doing(somebody(CUSTOMER_SERVICE, "Kim Kind"), "reject_return", return_id, reason=BECAUSE)
    return rejects, doing(somebody(CUSTOMER_SERVICE), "approve_return", return_id)


def both_begin_to_pick_a_parcel(clara: User) -> AtOnce:
    there = parcel(clara)
    begins = doing(somebody(WAREHOUSE, "Ben Berg"), "start_picking", there)
    return begins, doing(somebody(WAREHOUSE), "start_picking", there)


def the_customer_cancels_while_the_parcel_is_packed(clara: User) -> AtOnce:
    there = parcel(clara, "picked")
    cancels = doing(clara, "cancel_order", order_of(there), reason=UNWANTED)
    return cancels, doing(somebody(WAREHOUSE), "pack_shipment", there, grams="800 g")


def the_parcel_is_packed_while_its_address_is_changed(clara: User) -> AtOnce:
    there = parcel(clara, "picked")
    packs = doing(somebody(WAREHOUSE), "pack_shipment", there, grams="800 g")
    return packs, doing(clara, "change_delivery_address", order_of(there), **WHERE_TO | {"street": "Gartenweg 3"})


def picking_begins_while_a_line_is_cancelled(clara: User) -> AtOnce:
    there = parcel(clara, pieces={MUG: 2, KETTLE: 1})
    begins = doing(somebody(WAREHOUSE), "start_picking", there)
    return begins, doing(clara, "cancel_lines", order_of(there), sku=KETTLE, quantity="1", reason=UNWANTED)


def the_goods_come_while_they_are_given_up(clara: User) -> AtOnce:
    order_id = place(clara, {SEEDS: 1})
    send(factories.OfferBackorderChoice.build(order_id=order_id))
    settle()
    comes = doing(somebody(WAREHOUSE), "receive_stock", sku=SEEDS, quantity="5")
    return comes, doing(clara, "answer_backorder", order_id, answer="cancel")


@pytest.mark.parametrize(
    ("both", "said"),
    [
        (the_refund_is_approved_while_it_is_rejected, "A refund was approved by a second person."),
        (the_return_is_rejected_while_it_is_approved, f"The return was rejected: {BECAUSE}"),
        (both_begin_to_pick_a_parcel, "The goods are being picked."),
        (the_customer_cancels_while_the_parcel_is_packed, f"A parcel was stopped: {UNWANTED}"),
        (the_parcel_is_packed_while_its_address_is_changed, "A parcel of this order is packed already."),
        (the_goods_come_while_they_are_given_up, "Nothing of this order is waited for any more."),
        (picking_begins_while_a_line_is_cancelled, "Whistling kettle is being packed, or has left, or was cancelled."),
    ],
)
@pytest.mark.usefixtures("readers_follow")
def test_who_comes_second_is_told_what_happened(
    both: Callable[[User], AtOnce], said: str, clara: User, visit: Visit
) -> None:
    at_it = [(it, visit(it.who)) for it in both(clara)]
    for it, page in at_it:
        page.goto(it.address)
        fill(form_for(page, it.answers), Mouse(), it.answers)
    (first, theirs), (second, own) = at_it
    button_of(form_for(theirs, first.answers)).click()
    come_to(theirs, ARRIVED)
    settle()
    form = form_for(own, second.answers)
    button_of(form).click()
    expect(own.locator(".error-summary")).to_be_focused()
    expect(own.locator("main")).to_contain_text(said)
    for name, answer in second.answers.items():
        kept = form.locator(f'[name="{name}"]:not([type=radio]), [name="{name}"]:checked')
        expect(kept).to_have_value(answer)
    accessible(own)


def doing(who: User, name: str, *about: Any, **answers: str) -> Doing:
    """Somebody is at a task."""
    return Doing(name, who, browsing(who), reverse(f"orders:{name}", args=about), answers)


def order_of(shipment_id: UUID) -> UUID:
    order_id: UUID = Shipment.objects.get(shipment_id=shipment_id).order_id
    return order_id


@pytest.mark.usefixtures("readers_follow")
def test_one_of_two_takes_a_task_and_the_other_reads_who_has_it(clara: User, visit: Visit) -> None:
    parcel(clara)
    ben, wim = (visit(somebody(WAREHOUSE, name), java_script_enabled=False) for name in ("Ben Berg", "Wim Janssen"))
    take = re.compile("^Take Pick shipment")
    for page in (ben, wim):
        page.goto("/work/")
        expect(page.get_by_role("button", name=take)).to_be_visible()
    ben.get_by_role("button", name=take).click()
    expect(ben.get_by_role("button", name=re.compile("^Give back Pick shipment"))).to_be_visible()
    wim.get_by_role("button", name=take).click()
    expect(wim.locator("#messages")).to_contain_text("A colleague has taken this a moment ago.")
    expect(wim.get_by_text("Ben Berg does it")).to_be_visible()
