"""Where an order stands, in words: for its customer, for those who work here, and when its card was declined."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from accounts.domain.roles import CUSTOMER_SERVICE
from accounts.models import User
from eventstore import clock
from eventstore.rest import to_rest
from orders.domain.payment import RecordCaptureFailure, RecordDecline
from orders.domain.shipment import RecordDelivery, ReportShipmentLost
from orders.screens.order_details import fate, steps, waits
from orders.screens.order_now import OrderNow
from orders.screens.standing import FOR_CUSTOMERS, FOR_STAFF
from projections.order_page import OrderPage, Status
from tests.orders import life
from tests.processes import play
from tests.shop import KETTLE, MUG, browsing, follow, placed_order, read, send, somebody

NO_COVER = "Your card has insufficient funds."


def test_every_standing_says_what_comes_next_to_either_reader() -> None:
    assert FOR_CUSTOMERS.keys() == FOR_STAFF.keys() == set(Status)
    meant_for_customers = re.compile(r"\b(you|your|we)\b", re.IGNORECASE)
    assert [said for said in map(str, FOR_STAFF.values()) if meant_for_customers.search(said)] == []


def test_what_is_given_up_while_it_was_waited_for_takes_nothing_off_what_is_set_aside() -> None:
    """It is cancelled a moment before the stock says that nobody waits for it any more."""
    line = {"sku": MUG, "quantity": 5, "cancelled": 1, "waiting": 2, "sent": 3, "returned": 0}
    parcel = {"status": "dispatched", "pieces": {MUG: 3}}
    row = OrderPage(lines=[line], parcels=[parcel], status=Status.PARTLY_SENT, confirmed=True)
    drawn = {step.title: (step.done, step.of) for step in steps(row, OrderNow(UUID(int=1), []))}
    assert (drawn["Set aside"], drawn["Sent"]) == ((3, 4), (3, 4))
    assert (waits(row), list(fate(line))) == (True, ["1 cancelled", "1 not there yet", "3 sent"])


def test_what_has_left_is_not_waited_for_although_the_stock_has_not_heard_of_it() -> None:
    line = {"sku": MUG, "quantity": 5, "cancelled": 0, "waiting": 3, "sent": 5, "returned": 0}
    assert (waits(OrderPage(lines=[line], status=Status.SENT)), list(fate(line))) == (False, ["5 sent"])


@pytest.mark.django_db(transaction=True)
def test_what_is_set_aside_is_said_from_the_moment_on_at_which_it_is(clara: User) -> None:
    hers = browsing(clara)
    assert "Set aside 0 of 2" in read(hers.get(f"/orders/{placed_order(clara)}/"))
    short = play.place({MUG: 1, KETTLE: 4}, customer=clara)
    follow()
    assert "Set aside 4 of 5" in read(hers.get(f"/orders/{short}/"))


def lead(client: Client, order_id: object) -> str:
    """What an order's page says before all else, to the tasks."""
    return read(client.get(f"/orders/{order_id}/")).partition("Delivered 0 of 3")[2].partition("What you can do")[0]


@pytest.mark.django_db(transaction=True)
def test_a_declined_card_is_told_with_what_can_be_done_until_when(clara: User) -> None:
    order_id, now = play.place(life.BASKET, customer=clara), clock.now()
    hers, agent = browsing(clara), browsing(somebody(CUSTOMER_SERVICE))
    assert "We check the payment" in lead(hers, order_id)
    assert "Set aside all Packed 0 of 3" in read(hers.get(f"/orders/{order_id}/"))
    send(RecordDecline(order_id=order_id, attempt=1, reason=NO_COVER))
    follow()
    page = hers.get(f"/orders/{order_id}/")
    until = page.context["order"]["declined"].until
    assert now + timedelta(minutes=29) < until < now + timedelta(minutes=31)
    assert "Set aside all Packed 0 of 3" in read(page)
    said = lead(hers, order_id)
    assert "We check the payment" not in said
    assert f"The card was declined, and nothing is charged. The payment provider says: {NO_COVER}" in said
    assert "The order stands until " in said
    assert "Pay with another card To pay on account, cancel it, and place it anew." in said
    assert f'href="/orders/{order_id}/pay-with-another-card/"' in page.content.decode()
    assert [task.reason for task in page.context["tasks"] if task.title == "Cancel order"] == [""]
    told = lead(agent, order_id)
    assert "The payment is checked" not in told
    assert NO_COVER in told
    assert "The customer can pay with another card" in told
    play.authorize(order_id)
    assert "declined" not in lead(hers, order_id)


@pytest.mark.django_db(transaction=True)
def test_of_what_has_left_unpaid_nobody_says_that_it_is_held_back_or_can_be_cancelled(
    clara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)
    order_id = play.place(life.BASKET, customer=clara)
    play.authorize(order_id)
    [parcel] = play.planned(order_id)
    play.pick(parcel)
    play.dispatch(parcel)
    send(RecordCaptureFailure(order_id=order_id, shipment_id=parcel, attempt=1, reason=NO_COVER))
    clock.forward(timedelta(days=7))
    to_rest()
    send(RecordDecline(order_id=order_id, attempt=2, reason=NO_COVER))
    follow()
    for client, what_to_do in (
        (browsing(clara), "Pay with another card"),
        (browsing(somebody(CUSTOMER_SERVICE)), "The customer can pay with another card, on this page of theirs."),
    ):
        said = read(client.get(f"/orders/{order_id}/"))
        assert f"All of it has left, and is still to be paid. {what_to_do}" in said
        assert "on hold" not in said
        assert "To pay on account" not in said


@pytest.mark.django_db(transaction=True)
def test_what_is_completed_but_on_its_way_cannot_be_returned_yet(clara: User) -> None:
    order_id, other_id = life.sent(clara), life.sent(clara)
    hers, agent = browsing(clara), browsing(somebody(CUSTOMER_SERVICE))
    assert said_next(hers, order_id) == ("Completed", "Your parcel is with the carrier.")
    assert said_next(agent, order_id) == ("Completed", "The carrier has it.")
    send(RecordDelivery(shipment_id=life.parcel(order_id), delivered_at=clock.now()))
    send(ReportShipmentLost(shipment_id=life.parcel(other_id)))
    to_rest()
    assert said_next(hers, order_id) == ("Completed", "You can return what you do not like within 30 days.")
    assert said_next(hers, other_id) == ("Completed", "")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_of_a_return_where_what_was_lost_is_found_after_it_was_paid_back(clara: User) -> None:
    order_id = life.sent(clara)
    send(ReportShipmentLost(shipment_id=life.parcel(order_id)))
    to_rest()
    send(RecordDelivery(shipment_id=life.parcel(order_id), delivered_at=clock.now()))
    to_rest()
    for client in (browsing(clara), browsing(somebody(CUSTOMER_SERVICE))):
        assert said_next(client, order_id) == ("Completed", "")


def said_next(client: Client, order_id: object) -> tuple[str, str]:
    """Where an order's page says that it stands, and what comes next."""
    order = client.get(f"/orders/{order_id}/").context["order"]
    return order["status"], str(order["next"])
