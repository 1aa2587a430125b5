"""What a customer, or customer service for them, does with an order: done, refused, sent twice, and too late."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER, CUSTOMER_SERVICE, WAREHOUSE
from accounts.models import User
from eventstore import clock, log
from eventstore.rest import to_rest
from orders.domain.order import DeliveryAddressChanged, HoldOrder, IfShort, reference
from orders.domain.returns import ReturnRequested
from orders.domain.shipment import RecordDelivery, ReportShortPick, StartPicking
from orders.domain.stock_item import CountStock, ReceiveStock
from orders.processes.days import end_of_day
from orders.screens.order_now import nth_return, order_now
from projections.order_page import OrderPage
from projections.returns_desk import Return
from tests import factories
from tests.orders import life
from tests.orders.life import do
from tests.processes import play
from tests.shop import KETTLE, MUG, WHERE_TO, browsing, hidden, placed_order, read, refused, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = WHERE_TO | {"street": "Gartenweg 3"}
TASKS = ("change-delivery-address", "cancel", "cancel-lines", "return")
ANSWERED: dict[str, dict[str, object]] = {
    "change-delivery-address": dict(ELSEWHERE),
    "cancel": {"reason": "It takes too long."},
    "cancel-lines": {"sku": MUG, "quantity": 1, "reason": "It was ordered by mistake."},
}


@pytest.fixture(autouse=True)
def _clock_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


def status(order_id: Any) -> str:
    return OrderPage.objects.get(order_id=order_id).status


def test_an_order_goes_elsewhere(clara: User) -> None:
    order_id = life.confirmed(clara)
    page = read(do(browsing(clara), f"/orders/{order_id}/change-delivery-address/", **ELSEWHERE))
    assert "The parcels go to the new address." in page
    assert "Gartenweg 3" in page
    agent = browsing(somebody(CUSTOMER_SERVICE))
    assert "Gartenweg 3" in agent.get(f"/orders/{order_id}/change-delivery-address/").content.decode()
    assert "Lindenallee 7" in read(do(agent, f"/orders/{order_id}/change-delivery-address/", **WHERE_TO))


def test_an_order_is_cancelled_and_the_page_says_before_what_that_does(clara: User) -> None:
    order_id = life.confirmed(clara)
    client = browsing(clara)
    before = read(client.get(f"/orders/{order_id}/cancel/"))
    assert "Gives up the €114.00 that are set aside on the card: nothing is charged." in before
    assert "Puts 3 items back to stock." in before
    page = read(do(client, f"/orders/{order_id}/cancel/", reason="It was found elsewhere."))
    assert "The order is cancelled." in page
    assert "The reason given: It was found elsewhere." in page
    assert play.item(MUG).claim(order_id).reserved == 0


def test_whoever_cancels_chooses_why_and_writes_nothing_that_would_be_kept(clara: User) -> None:
    order_id = life.confirmed(clara)
    answer = do(browsing(clara), f"/orders/{order_id}/cancel/", reason="I am Clara Vogel, and ill.")
    assert answer.status_code == 422
    assert "Choose why." in read(answer)
    assert status(order_id) == "confirmed"


def test_while_a_parcel_is_packed_a_cancellation_is_asked_for(clara: User) -> None:
    order_id = life.packed(clara)
    client = browsing(clara)
    assert "Picking has begun: we ask the warehouse to stop." in read(client.get(f"/orders/{order_id}/cancel/"))
    page = read(do(client, f"/orders/{order_id}/cancel/", reason="It was found elsewhere."))
    assert "We try to stop your parcel." in page
    assert status(order_id) == "cancelled"


@pytest.mark.parametrize("if_short", ["wait", "cancel"])
def test_pieces_that_are_missed_in_picking_are_not_promised_to_go_back_to_stock(clara: User, if_short: IfShort) -> None:
    order_id = play.place({KETTLE: 3, MUG: 1}, "on_account", if_short, customer=clara)
    send(StartPicking(shipment_id=life.parcel(order_id)))
    send(ReportShortPick(shipment_id=life.parcel(order_id), sku=KETTLE, missing=2))
    to_rest()
    client, address = browsing(clara), f"/orders/{order_id}/cancel/"
    assert "Puts 2 items back to stock." in read(client.get(address))
    there = play.item(KETTLE).available + play.item(MUG).available
    do(client, address, reason="It was found elsewhere.")
    assert play.item(KETTLE).available + play.item(MUG).available == there + 2


def test_once_a_parcel_has_left_it_offers_a_return(clara: User) -> None:
    order_id = life.delivered(clara)
    page = browsing(clara).get(f"/orders/{order_id}/cancel/")
    assert "The parcel has left. You can return the goods instead." in read(page)
    assert f'href="/orders/{order_id}/return/"' in page.content.decode()
    assert "<textarea" not in page.content.decode()


def test_while_all_of_it_is_picked_lines_cannot_be_cancelled_and_the_order_can(clara: User) -> None:
    order_id = life.packed(clara)
    page = browsing(clara).get(f"/orders/{order_id}/cancel-lines/")
    assert "Enamel mug is being packed, or has left, or was cancelled." in read(page)
    assert page.context["instead"] == ("Cancel order", f"/orders/{order_id}/cancel/")


def test_where_nothing_can_be_done_no_task_is_named(clara: User) -> None:
    order_id = life.packed(clara)
    do(browsing(clara), f"/orders/{order_id}/cancel/", reason="It was found elsewhere.")
    for task in ("cancel", "cancel-lines"):
        assert browsing(clara).get(f"/orders/{order_id}/{task}/").context["instead"] is None


def test_a_cancellation_that_comes_too_late_promises_nothing_any_more(clara: User) -> None:
    order_id = life.packed(clara)
    address, client = f"/orders/{order_id}/cancel/", browsing(clara)
    opened = client.get(address)
    assert opened.context["consequences"]
    play.dispatch(life.parcel(order_id))
    answers = hidden(opened) | {"reason": "It was found elsewhere."}
    page = refused(client, address, answers, "The parcel has left. You can return the goods instead.")
    assert "Picking has begun" not in page
    assert "back to stock" not in page
    assert "checked" in page, "What was chosen stays."


def test_a_line_of_a_partly_sent_order_is_cancelled(clara: User) -> None:
    order_id = life.confirmed(clara, {MUG: 2, KETTLE: 5})
    client = browsing(clara)
    do(client, f"/orders/{order_id}/answer-backorder/", answer="take_what_is_there")
    play.pick(life.parcel(order_id))
    play.dispatch(life.parcel(order_id))
    play.capture(order_id)
    assert status(order_id) == "partly_sent"
    cancel = client.get(f"/orders/{order_id}/cancel/")
    assert "A part of this order has left. You can cancel the rest line by line." in read(cancel)
    assert f'href="/orders/{order_id}/cancel-lines/"' in cancel.content.decode()
    [task] = [task for task in client.get(f"/orders/{order_id}/").context["tasks"] if task.title == "Cancel order"]
    assert task.instead == ("Cancel lines", f"/orders/{order_id}/cancel-lines/")
    lines = client.get(f"/orders/{order_id}/cancel-lines/")
    assert "Whistling kettle (up to 2, €89.00 each)" in read(lines)
    assert "Enamel mug (none)" in read(lines)
    page = read(do(client, f"/orders/{order_id}/cancel-lines/", sku=KETTLE, quantity=2, reason="It takes too long."))
    assert "2 cancelled · 3 sent" in page
    assert "Total €470.00 Cancelled −€178.00 Remains €292.00" in page
    assert status(order_id) == "completed"
    assert play.ledger(order_id).received.cents == 2 * 1250 + 3 * 8900


def test_more_than_is_left_is_refused_in_the_rules_own_words(clara: User) -> None:
    order_id = life.confirmed(clara)
    client = browsing(clara)
    address = f"/orders/{order_id}/cancel-lines/"
    sent = hidden(client.get(address)) | {"sku": MUG, "quantity": "3", "reason": "It was ordered by mistake."}
    assert 'value="3"' in refused(client, address, sent, "Only 2 of Enamel mug can still be cancelled.")
    refused(client, address, sent | {"sku": "UNICORN"}, "Choose one of these products.")


def test_a_backorder_is_answered(clara: User) -> None:
    order_id = life.confirmed(clara, {MUG: 2, KETTLE: 5})
    life.later(days=15)
    client = browsing(clara)
    assert "Some goods are still not there." in read(client.get(f"/orders/{order_id}/"))
    asked = read(client.get(f"/orders/{order_id}/answer-backorder/"))
    assert "Whistling kettle 2 3" in asked
    page = read(do(client, f"/orders/{order_id}/answer-backorder/", answer="cancel"))
    assert "The answer has been noted." in page
    assert "You do not want what is not there." in page
    assert "Some goods are still not there." not in page
    nothing_waits = client.get(f"/orders/{placed_order(clara)}/answer-backorder/")
    assert nothing_waits.status_code == 302


def test_what_is_lacking_later_is_asked_about_anew(clara: User) -> None:
    order_id = life.confirmed(clara, {MUG: 2, KETTLE: 5}, terms="on_account")
    life.later(days=15)
    send(ReceiveStock(sku=KETTLE, quantity=2))
    to_rest()
    send(CountStock(sku=KETTLE, counted=3))
    to_rest()
    assert play.names(order_id).count("BackorderChoiceOffered") == 1
    life.later(days=13)
    assert play.names(order_id).count("BackorderChoiceOffered") == 1
    life.later(days=2)
    assert play.names(order_id).count("BackorderChoiceOffered") == 2
    life.later(days=15)
    assert play.names(order_id).count("BackorderChoiceOffered") == 2
    assert "Some goods are still not there." in read(browsing(clara).get(f"/orders/{order_id}/"))


def test_nobody_has_to_ask_what_becomes_of_goods_that_have_come(clara: User) -> None:
    order_id = life.confirmed(clara, {KETTLE: 5}, terms="on_account")
    agent, ask = browsing(somebody(CUSTOMER_SERVICE)), f"Ask what becomes of backorder {reference(order_id)}"
    life.later(days=15)
    assert ask in read(agent.get("/work/"))
    send(ReceiveStock(sku=KETTLE, quantity=1))
    to_rest()
    assert ask in read(agent.get("/work/"))
    send(ReceiveStock(sku=KETTLE, quantity=1))
    to_rest()
    assert ask not in read(agent.get("/work/"))
    send(CountStock(sku=KETTLE, counted=3))
    to_rest()
    assert ask in read(agent.get("/work/"))


@pytest.mark.parametrize("declined", [False, True], ids=["paid at once", "paid with another card"])
def test_a_backorder_that_is_answered_before_the_payment_is_authorized_is_heeded(clara: User, declined: bool) -> None:
    order_id = play.place({MUG: 2, KETTLE: 5}, customer=clara)
    if declined:
        play.decline(order_id)
    page = do(browsing(clara), f"/orders/{order_id}/answer-backorder/", answer="take_what_is_there")
    assert "The answer has been noted." in read(page)
    assert play.planned(order_id) == []
    if declined:
        play.pay_with_another_card(clara, order_id)
    play.authorize(order_id, attempt=2 if declined else 1)
    [parcel] = play.planned(order_id)
    assert play.shipments(parcel).pieces == {MUG: 2, KETTLE: 3}


def test_goods_are_returned(clara: User) -> None:
    order_id = life.delivered(clara)
    client = browsing(clara)
    asked = read(client.get(f"/orders/{order_id}/return/"))
    assert "How many “Enamel mug” do you return? Up to 2, refunded at €12.50 each." in asked
    assert "Goods can be returned within 30 days of their delivery." in asked
    answers = {f"pieces-{MUG}": 1, f"pieces-{KETTLE}": 0, "reason": "damaged"}
    page = read(do(client, f"/orders/{order_id}/return/", **answers))
    assert "The return was requested." in page
    assert "Customer service looks at it, and says whether the goods can be sent." in page
    assert Return.objects.get().lines[0]["quantity"] == 1
    again = read(client.get(f"/orders/{order_id}/return/"))
    assert "Up to 1, refunded at €12.50 each." in again
    assert "1 × Enamel mug To be approved" in read(client.get("/returns/mine/"))
    assert "1 × Enamel mug To be approved" in read(client.get(f"/orders/{order_id}/"))


def test_what_came_too_long_ago_is_not_offered_to_be_returned(clara: User) -> None:
    order_id = play.place({MUG: 2, KETTLE: 5}, customer=clara)
    play.authorize(order_id, days=100)
    client = browsing(clara)
    do(client, f"/orders/{order_id}/answer-backorder/", answer="take_what_is_there")
    deliver(order_id, 1)
    first = clock.now().date()
    life.later(days=31)
    send(ReceiveStock(sku=KETTLE, quantity=2))
    to_rest()
    deliver(order_id, 2)
    asked = read(client.get(f"/orders/{order_id}/return/"))
    too_late = f"came on {date_format(first)}. It can be returned within 30 days."
    assert f"How many “Enamel mug” do you return? Enamel mug {too_late}" in asked
    assert f"Up to 2, refunded at €89.00 each. Whistling kettle {too_late}" in asked
    answers = {f"pieces-{MUG}": 1, f"pieces-{KETTLE}": 0, "reason": "damaged"}
    assert f"There is a problem Enamel mug {too_late}" in read(do(client, f"/orders/{order_id}/return/", **answers))


def deliver(order_id: UUID, number: int) -> None:
    """A parcel of the order is packed, leaves, is paid, and arrives."""
    shipment_id = life.parcel(order_id, number)
    play.pick(shipment_id)
    play.dispatch(shipment_id)
    play.capture(order_id)
    send(RecordDelivery(shipment_id=shipment_id, delivered_at=clock.now()))
    to_rest()


def test_a_return_is_refused_in_the_rules_own_words(clara: User) -> None:
    order_id = life.delivered(clara)
    client, address = browsing(clara), f"/orders/{order_id}/return/"
    sent = hidden(client.get(address)) | {f"pieces-{MUG}": "0", f"pieces-{KETTLE}": "0", "reason": "damaged"}
    refused(client, address, sent, "Choose what you want to return.")
    new = {"command_id": str(uuid7())}
    refused(client, address, sent | new | {f"pieces-{MUG}": "3"}, "Of Enamel mug, 2 can still be returned.")
    for wrong in (str(uuid7()), str(order_id), "", "x"):
        refused(client, address, sent | {"return_id": wrong}, "This page was not sent as we showed it to you.")
    life.later(days=31)
    late = read(client.get(address))
    assert "It can be returned within 30 days." in late
    assert "How many" not in late
    came_at = max(each.delivered_at for each in order_now(order_id, [life.parcel(order_id)], ()).deliveries)
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):  # in one of them it is another day than in UTC, at any time
        with override_settings(TIME_ZONE=zone):
            assert f"came on {date_format(localtime(came_at))}." in read(client.get(address))


def test_goods_are_offered_to_be_returned_until_the_thirtieth_day_is_over(clara: User) -> None:
    order_id = life.delivered(clara)
    client, order, address = browsing(clara), f"/orders/{order_id}/", f"/orders/{order_id}/return/"
    over = "It can be returned within 30 days."
    [came] = {each.delivered_at for each in order_now(order_id, [life.parcel(order_id)], ()).deliveries}
    last = end_of_day(localtime(came) + timedelta(days=30))
    life.later(seconds=(last - clock.now()).total_seconds() - 60)
    assert over not in read(client.get(order))
    assert "Up to 2, refunded at €12.50 each." in read(client.get(address))
    answers = {f"pieces-{MUG}": 1, f"pieces-{KETTLE}": 0, "reason": "damaged"}
    assert "The return was requested." in read(do(client, address, **answers))
    life.later(seconds=61)
    assert over in read(client.get(order))
    assert over in read(client.get(address))


def test_who_asks_for_the_same_return_at_once_is_asked_about_the_next(clara: User) -> None:
    order_id = life.delivered(clara)
    client, agent, address = browsing(clara), browsing(somebody(CUSTOMER_SERVICE)), f"/orders/{order_id}/return/"
    first, second = hidden(client.get(address)), hidden(agent.get(address))
    answers = {f"pieces-{MUG}": "2", f"pieces-{KETTLE}": "0", "reason": "damaged"}
    assert client.post(address, first | answers).status_code == 302
    page = agent.post(address, second | answers)
    assert "This return has been requested already." in read(page)
    assert hidden(page)["return_id"] == str(nth_return(order_id, 2))
    refused(agent, address, hidden(page) | answers, "There is no MUG-035 in this order that you could return.")
    [kettle] = [hidden(page) | answers | {f"pieces-{MUG}": "0", f"pieces-{KETTLE}": "1", "command_id": str(uuid7())}]
    assert agent.post(address, kettle).status_code == 302
    returned = [fact.event.lines for fact in log.read_log() if isinstance(fact.event, ReturnRequested)]
    assert [(lines[0].sku, lines[0].quantity) for lines in returned] == [(MUG, 2), (KETTLE, 1)]


def test_what_was_sent_back_and_did_not_come_can_be_returned_again(clara: User) -> None:
    order_id = life.delivered(clara)
    answers = {f"pieces-{MUG}": 2, f"pieces-{KETTLE}": 0, "reason": "damaged"}
    do(browsing(clara), f"/orders/{order_id}/return/", **answers)
    assert {each.sku for each in order_now(order_id).deliveries} == {KETTLE}
    send(factories.ApproveReturn.build(return_id=nth_return(order_id, 1)))
    send(factories.CloseReturn.build(return_id=nth_return(order_id, 1)))
    assert {each.sku: each.quantity for each in order_now(order_id).deliveries} == {MUG: 2, KETTLE: 1}


def test_9_who_comes_second_reads_what_happened_and_goes_on(clara: User) -> None:
    order_id = life.confirmed(clara)
    client, address = browsing(clara), f"/orders/{order_id}/change-delivery-address/"
    sent = hidden(client.get(address)) | ELSEWHERE
    kim = somebody(CUSTOMER_SERVICE, "Kim Kind")
    send(HoldOrder(order_id=order_id, reason="Is this the right address?"), kim.actor)
    page = client.post(address, sent)
    assert page.status_code == 422
    assert "The order was put on hold: Is this the right address?" in read(page)
    assert [each["who"] for each in page.context["news"]] == ["the shop"]
    assert "Kim Kind" not in read(page)
    assert 'value="Gartenweg 3"' in page.content.decode()
    assert client.post(address, hidden(page) | ELSEWHERE).status_code == 302
    changed = [fact.event for fact in log.read_log() if isinstance(fact.event, DeliveryAddressChanged)]
    assert [event.delivery_address and event.delivery_address.street for event in changed] == ["Gartenweg 3"]


@pytest.mark.parametrize("task", TASKS)
def test_other_peoples_orders_are_not_there_and_other_roles_may_not(clara: User, task: str) -> None:
    address = f"/orders/{placed_order(clara)}/{task}/"
    assert browsing(somebody(CUSTOMER, "Olaf Other")).get(address).status_code == 404
    assert browsing(somebody(CUSTOMER, "Ola Other")).post(address, {}).status_code == 404
    assert browsing(somebody(WAREHOUSE)).get(address).status_code == 403


BAD = ("", "  ", "a\0b", "<script>alert(1)</script>" * 30, "9" * 10_000)


@pytest.mark.parametrize("task", ["change-delivery-address", "cancel", "cancel-lines"])
def test_whatever_is_typed_is_answered_with_a_sentence(clara: User, task: str) -> None:
    address = f"/orders/{placed_order(clara)}/{task}/"
    client = browsing(clara)
    answers = {name: str(value) for name, value in ANSWERED[task].items()}
    for name in (*answers, "command_id", "version"):
        for bad in BAD:
            sent = hidden(client.get(address)) | answers | {name: bad}
            answer = client.post(address, sent)
            assert answer.status_code == 422, (name, bad)
            assert "<script>alert" not in answer.content.decode()
    assert client.post(address, {}).status_code == 422


def test_my_orders_are_paged_by_key_and_filtered(clara: User) -> None:
    for number in range(60):
        factories.OrderPage.create(customer_id=clara.id, status="cancelled" if number % 2 else "placed")
    client = browsing(clara)
    first = client.get("/orders/")
    rest = client.get(f"/orders/{first.context['more']}")
    shown = [order["url"] for page in (first, rest) for order in page.context["orders"]]
    assert len(shown) == len(set(shown)) == 60
    assert rest.context["more"] == ""
    assert len(client.get("/orders/?which=open").context["orders"]) == 30
    assert "None of your orders stands there now." in read(client.get("/orders/?which=completed"))
    for odd in ("?from=x", "?from=%00", "?which=x", f"?from={uuid7()}"):
        assert len(client.get(f"/orders/{odd}").context["orders"]) == 50


def test_an_invoice_is_shown_to_whom_it_was_sent(clara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SHOP_BANK_ACCOUNT", "DE02 1203 0000 0000 2020 51")
    order_id = life.sent(clara, terms="on_account")
    address = f"/orders/{order_id}/invoices/{life.parcel(order_id)}/"
    own = browsing(clara)
    assert address in own.get(f"/orders/{order_id}/").content.decode()
    page = read(own.get(address))
    assert "Please pay to the account DE02 1203 0000 0000 2020 51." in page
    assert "Total €114.00" in page
    assert "Still to be paid €114.00" in page
    assert "Clara Vogel" in page
    assert own.get(f"/orders/{order_id}/invoices/{order_id}/").status_code == 404
    assert browsing(somebody(CUSTOMER, "Olaf Other")).get(address).status_code == 404
