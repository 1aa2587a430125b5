"""What changes while somebody looks or orders: a page left open follows it, and nobody is left with what is over."""

from uuid import UUID

import pytest

from accounts.domain.customer import Erased
from accounts.models import User
from accounts.sessions import SessionStore
from accounts.streams import CUSTOMER
from eventstore.dispatch import load
from eventstore.rest import to_rest
from eventstore.subscriptions import advance
from orders.domain.order import CancelOrderLines, Confirmed, HoldOrder
from orders.domain.returns import ApproveReturn
from orders.domain.stock_item import ReceiveStock
from orders.streams import ORDER
from tests.orders import life
from tests.orders.life import do
from tests.processes import play
from tests.shop import KETTLE, MUG, SEEDS, about_to_order, browsing, follow, hidden, read, send

pytestmark = pytest.mark.django_db(transaction=True)
CHECK = "/orders/place/check/"


def test_who_cancels_what_is_not_there_gets_what_is(clara: User) -> None:
    order_id = life.confirmed(clara, {MUG: 2, KETTLE: 5})
    do(browsing(clara), f"/orders/{order_id}/answer-backorder/", answer="cancel")
    assert play.owed() == []
    assert isinstance(load(ORDER, f"order-{order_id}").state, Confirmed)
    assert len(play.planned(order_id)) == 1


def test_who_is_asked_is_asked_no_more_once_the_goods_have_come(clara: User) -> None:
    order_id = life.confirmed(clara, {MUG: 2, KETTLE: 5}, terms="on_account")
    life.later(days=15)
    client = browsing(clara)
    assert "Some goods are still not there" in read(client.get(f"/orders/{order_id}/"))
    send(ReceiveStock(sku=KETTLE, quantity=10))
    to_rest()
    assert "Some goods are still not there" not in read(client.get(f"/orders/{order_id}/"))


def test_a_return_that_is_projected_late_is_followed(clara: User) -> None:
    client, order_id = browsing(clara), life.delivered(clara)
    page = do(client, f"/orders/{order_id}/return/", **{f"pieces-{MUG}": 1, f"pieces-{KETTLE}": 0, "reason": "damaged"})
    address = page.request["PATH_INFO"]
    assert client.get(address, {"seen": page.context["seen"]}).status_code == 204
    send(ApproveReturn(return_id=UUID(address.split("/")[2])))
    between = client.get(address, {"seen": page.context["seen"]})
    assert "To be approved" in read(between)
    follow()
    after = client.get(address, {"seen": between.context["seen"]})
    assert "To be approved" not in read(after)
    assert client.get(address, {"seen": after.context["seen"]}).status_code == 204


def test_an_order_that_is_projected_after_its_timeline_is_followed(clara: User) -> None:
    order_id = life.confirmed(clara)
    address, client = f"/orders/{order_id}/", browsing(clara)
    seen = client.get(address).context["seen"]
    send(HoldOrder(order_id=order_id, reason="The payment is being checked."))
    advance("timeline")
    between = client.get(address, {"seen": seen})
    follow()
    after = client.get(address, {"seen": between.context["seen"]})
    assert "On hold" in read(after)
    assert client.get(address, {"seen": after.context["seen"]}).status_code == 204


def test_what_only_staff_reads_of_may_change_what_a_customer_sees(clara: User) -> None:
    order_id = life.confirmed(clara, {MUG: 2, KETTLE: 5})
    address, client = f"/orders/{order_id}/", browsing(clara)
    send(
        CancelOrderLines(
            order_id=order_id,
            cancellation_id=order_id,
            sku=KETTLE,
            quantity=2,
            reason="It takes too long.",
            parcels=(),
        )
    )
    follow()
    left_open = client.get(address)
    to_rest()
    assert read(client.get(address, {"seen": left_open.context["seen"]})).count("Waiting for stock") == 0


@pytest.mark.usefixtures("no_reader_follows")
def test_nobody_is_erased_while_it_is_not_known_what_they_ordered(clara: User) -> None:
    client = about_to_order(clara, "on_account")
    assert client.post(CHECK, hidden(client.get(CHECK))).status_code == 302
    page = client.get("/my-data/erase/")
    assert "Try again in a minute." in read(page)
    assert client.post("/my-data/erase/", hidden(page)).status_code == 422
    assert not isinstance(load(CUSTOMER, f"customer-{clara.id}").state, Erased)


def test_a_basket_that_was_saved_elsewhere_meanwhile_is_ordered_once_and_no_dead_end(clara: User) -> None:
    client = about_to_order(clara, "on_account")
    sent = hidden(client.get(CHECK))
    other = SessionStore(client.session.session_key)
    other.get("basket")
    assert client.post(CHECK, sent).status_code == 302
    other["basket"] = {**other["basket"], SEEDS: 1}
    other.save()
    answer = client.post(CHECK, hidden(client.get(CHECK)))
    assert answer.status_code == 422
    assert client.session["basket"] == {SEEDS: 1}
    assert client.post(CHECK, hidden(client.get(CHECK))).status_code == 302
