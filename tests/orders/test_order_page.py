"""An order's page: where it stands, what became of each line, its parcels and payments, and what can be done."""

import pytest
from django.conf import settings
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from accounts.models import User
from eventstore.dispatch import Actor
from eventstore.rest import to_rest
from orders.domain.order import CancelOrderLines, reference
from tests import factories
from tests.eventstore.statements import counted
from tests.orders import life
from tests.processes import play
from tests.shop import KETTLE, MUG, browsing, follow, read, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clock_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


def tasks(client: Client, address: str) -> dict[str, str]:
    """The tasks on a page, each with why it can't be done, if it can't."""
    return {str(task.title): task.reason for task in client.get(address).context["tasks"]}


def asked(client: Client, address: str) -> int:
    """How many questions a page asks the database."""
    client.get(address)
    with counted() as statements:
        assert client.get(address).status_code == 200
    return len([each for each in statements if each.lstrip()[:6].upper() in {"SELECT", "INSERT", "UPDATE"}])


def test_it_says_how_far_an_order_has_come_and_what_comes_next(clara: User) -> None:
    order_id = life.confirmed(clara)
    address, client = f"/orders/{order_id}/", browsing(clara)
    page = read(client.get(address))
    assert "Placed 3 pieces Set aside all Packed 0 of 3 Sent 0 of 3 Delivered 0 of 3" in page
    assert "We pack your parcel next." in page
    play.pick(life.parcel(order_id))
    assert "Packed all Sent 0 of 3" in read(client.get(address))
    play.dispatch(life.parcel(order_id))
    page = read(client.get(address))
    assert "Sent all Delivered 0 of 3" in page
    assert f"Post P{life.parcel(order_id).hex[:10]}" in page
    assert "Enamel mug MUG-035, €12.50 each 2 sent" in page


def test_it_says_what_became_of_each_line(clara: User) -> None:
    order_id = life.confirmed(clara, {MUG: 3, KETTLE: 5})
    send(
        CancelOrderLines(
            order_id=order_id, cancellation_id=order_id, sku=MUG, quantity=1, reason="Too many.", parcels=()
        )
    )
    to_rest()
    page = read(browsing(clara).get(f"/orders/{order_id}/"))
    assert "Enamel mug MUG-035, €12.50 each 1 cancelled" in page
    assert "Whistling kettle KET-120, €89.00 each 2 not there yet" in page
    assert "Cancelled −€12.50" in page
    assert "Set aside 5 of 7" in page


def test_it_shows_what_was_paid_and_given_back(clara: User) -> None:
    order_id = life.sent(clara)
    client = browsing(clara)
    page = read(client.get(f"/orders/{order_id}/"))
    assert "Charged €114.00" in page
    assert "Paid €114.00" in page
    send(factories.GrantGoodwillRefund.build(order_id=order_id, amount=factories.Money.build(cents=500)))
    to_rest()
    refund = next(iter(play.ledger(order_id).refunds))
    five = factories.Money.build(cents=500)
    send(factories.RecordRefund.build(order_id=order_id, refund_id=refund, attempt=1, amount=five))
    to_rest()
    assert "Refunded €5.00" in read(client.get(f"/orders/{order_id}/"))


def test_the_tasks_of_a_customer_and_the_rules_own_reasons(clara: User) -> None:
    order_id = life.confirmed(clara)
    address, client = f"/orders/{order_id}/", browsing(clara)
    nothing_back = "There is nothing of this order that you could return now."
    card = {"Pay with another card": "The card was not declined: no other one is needed."}
    assert tasks(client, address) == {
        "Change delivery address": "",
        "Cancel lines": "",
        "Cancel order": "",
        "Request a return": nothing_back,
        **card,
    }
    play.pick(life.parcel(order_id))
    assert tasks(client, address) == {
        "Change delivery address": "A parcel of this order is packed already. Its address can no longer be changed.",
        "Cancel lines": "Enamel mug is being packed, or has left, or was cancelled.",
        "Cancel order": "",
        "Request a return": nothing_back,
        **card,
    }
    play.dispatch(life.parcel(order_id))
    left = "The parcel has left. You can return the goods instead."
    assert tasks(client, address)["Cancel order"] == left
    page = client.get(address)
    [cancel] = [task for task in page.context["tasks"] if task.title == "Cancel order"]
    assert cancel.instead == ("Request a return", f"/orders/{order_id}/return/")
    assert left in read(page)


def test_the_tasks_of_those_who_work_here(clara: User) -> None:
    order_id = life.sent(clara)
    address = f"/orders/{order_id}/"
    agent = tasks(browsing(somebody(CUSTOMER_SERVICE)), address)
    lost = f"Report shipment P{life.parcel(order_id).hex[:10]} lost"
    assert {name for name, reason in agent.items() if not reason} == {"Grant goodwill refund", lost}
    assert agent["Hold order"] == "This order is completed."
    finance = tasks(browsing(somebody(FINANCE)), address)
    assert finance == {"Hold order": "This order is completed.", "Grant goodwill refund": ""}
    assert tasks(browsing(somebody(WAREHOUSE)), address) == {}


def test_staff_sees_whose_order_it_is_and_a_customer_is_led_nowhere_closed(clara: User) -> None:
    order_id = life.confirmed(clara)
    way = f"/customers/{clara.id}/"
    agent = browsing(somebody(CUSTOMER_SERVICE)).get(f"/orders/{order_id}/")
    assert "Clara Vogel" in read(agent)
    assert way in agent.content.decode()
    assert way not in browsing(clara).get(f"/orders/{order_id}/").content.decode()
    assert way not in browsing(somebody(WAREHOUSE)).get(f"/orders/{order_id}/").content.decode()


def test_a_customer_without_a_sign_in_has_a_name_all_the_same() -> None:
    customer_id = uuid7()
    send(factories.RegisterCustomer.build(customer_id=customer_id, name="Greta Krüger"), Actor(str(customer_id)))
    order_id = life.confirmed(User(id=customer_id))
    page = browsing(somebody(WAREHOUSE)).get(f"/orders/{order_id}/")
    assert page.context["customer"]["name"] == "Greta Krüger"
    assert "Greta Krüger · as it was then" in read(page)
    assert str(customer_id) not in read(page)


def test_the_raw_events_are_for_staff_and_hold_nobody(clara: User) -> None:
    order_id = life.confirmed(clara)
    address = f"/orders/{order_id}/?events=raw"
    page = browsing(somebody(CUSTOMER_SERVICE)).get(address)
    events = page.context["events"]
    assert events[0].name == "OrderPlaced"
    assert events[0].said["delivery_address"] == "(personal)"
    assert {"StockReserved", "PaymentAuthorized", "OrderConfirmed", "ShipmentPlanned"} <= {it.name for it in events}
    assert "Raw events" in read(page)
    assert "Raw events" not in read(browsing(clara).get(address))
    assert "raw events" not in read(browsing(clara).get(f"/orders/{order_id}/"))


def test_a_page_asks_12_questions_at_the_most(clara: User) -> None:
    order_id = life.delivered(clara, terms="on_account")
    agent, own = browsing(somebody(CUSTOMER_SERVICE)), browsing(clara)
    for client in (agent, own):
        assert asked(client, f"/orders/{order_id}/") <= 12
        assert asked(client, f"/orders/{order_id}/?after=1") <= 12
    assert asked(agent, f"/orders/{order_id}/?events=raw") <= 12
    send(factories.RecordDecline.build(order_id=(declined := play.place(customer=clara)), attempt=1))
    follow()
    assert asked(agent, f"/orders/{declined}/?after=1") <= 12


def test_a_page_that_shows_nothing_new_asks_little(clara: User) -> None:
    order_id = life.delivered(clara)
    client = browsing(clara)
    seen = client.get(f"/orders/{order_id}/").context["seen"]
    with counted() as statements:
        assert client.get(f"/orders/{order_id}/", {"seen": seen}).status_code == 204
    assert len([each for each in statements if each.lstrip().upper().startswith("SELECT")]) <= 6


def test_time_travel_shows_an_order_as_it_was_with_the_tasks_of_then(clara: User) -> None:
    order_id = life.delivered(clara)
    agent = browsing(somebody(CUSTOMER_SERVICE))
    now = agent.get(f"/orders/{order_id}/")
    positions = {entry["text"]: entry["position"] for entry in now.context["timeline"]}
    then = agent.get(f"/orders/{order_id}/as-of/{positions['The order was confirmed.']}/")
    page = read(then)
    assert f"Order {reference(order_id)} as it was" in page
    assert "Set aside all Packed 0 of 3" in page
    assert "Cancel order was open" in page
    assert "Report shipment" not in page
    assert "€114.00 were" not in page
    assert "<form" not in then.content.decode().partition("<main")[2].partition("</main>")[0]
    first = read(agent.get(f"/orders/{order_id}/as-of/{positions['The order was placed, for €114.00.']}/"))
    assert "Placed 3 pieces Set aside 0 of 3" in first
    last = agent.get(f"/orders/{order_id}/as-of/{now.context['timeline'][-1]['position']}/")
    assert last.context["order"]["lines"] == now.context["order"]["lines"]
    assert last.context["order"]["steps"] == now.context["order"]["steps"]
    assert last.context["money"]["bookings"] == now.context["money"]["bookings"]
    assert [task.reason for task in last.context["tasks"]] == [task.reason for task in now.context["tasks"]]


def test_every_moment_of_an_order_can_be_seen(clara: User) -> None:
    order_id = life.delivered(clara)
    agent = browsing(somebody(WAREHOUSE))
    for entry in agent.get(f"/orders/{order_id}/").context["timeline"]:
        page = agent.get(f"/orders/{order_id}/as-of/{entry['position']}/")
        assert page.status_code == 200
        assert page.context["last"][0]["text"] == entry["text"]
    assert asked(agent, f"/orders/{order_id}/as-of/{entry['position']}/") <= 12
    assert agent.get(f"/orders/{order_id}/as-of/999999/").status_code == 404
    assert browsing(clara).get(f"/orders/{order_id}/as-of/{entry['position']}/").status_code == 403
