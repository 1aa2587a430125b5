"""What a customer and those who work here read of the same thing: each about themselves, and no clerk's name."""

import pytest

from accounts.domain.roles import CUSTOMER_SERVICE, WAREHOUSE
from accounts.models import User
from eventstore.rest import to_rest
from orders.domain.order import OfferBackorderChoice
from orders.domain.returns import ApproveReturn, InspectReturn, RecordReturnArrival
from orders.screens.order_now import order_now
from orders.screens.order_tasks import any_return
from projections.returns_desk import Why
from tests.orders import life
from tests.shop import KETTLE, browsing, follow, read, send, somebody

pytestmark = pytest.mark.django_db


def test_no_customer_reads_who_works_here(clara: User) -> None:
    agent, clerk = somebody(CUSTOMER_SERVICE, "Anna Amsel"), somebody(WAREHOUSE, "Bert Bach")
    order_id = life.delivered(clara)
    asked = any_return(order_now(order_id))
    send(asked, clara.actor)
    send(ApproveReturn(return_id=asked.return_id), agent.actor)
    send(RecordReturnArrival(return_id=asked.return_id), clerk.actor)
    [sku] = asked.pieces
    send(InspectReturn(return_id=asked.return_id, sku=sku, sellable=1, damaged=0), clerk.actor)
    to_rest()
    for address in (f"/orders/{order_id}/", f"/returns/{asked.return_id}/"):
        hers, theirs = (read(browsing(each).get(address)) for each in (clara, agent))
        assert "Anna Amsel" not in hers
        assert "Bert Bach" not in hers
        assert "The return was approved." in hers.partition("What has happened")[2]
        assert "the shop" in hers.partition("The return was approved.")[2]
        assert "Inspected: " not in hers
        assert "Bert Bach" in theirs
        assert "Inspected: " in theirs


def test_a_customer_reads_their_own_words_of_why_they_return_something(clara: User) -> None:
    order_id = life.delivered(clara)
    asked = any_return(order_now(order_id))
    send(asked, clara.actor)
    follow()
    of_one, theirs = f"/returns/{asked.return_id}/", str(Why.CHANGED_MIND.label)
    for address in (of_one, f"/orders/{order_id}/"):
        page = read(browsing(clara).get(address))
        assert "I have changed my mind" in page
        assert theirs not in page
    assert theirs in read(browsing(somebody(CUSTOMER_SERVICE)).get(of_one))


def test_what_is_said_of_customers_is_to_them_about_themselves(clara: User) -> None:
    order_id = life.confirmed(clara, {KETTLE: 5})
    send(OfferBackorderChoice(order_id=order_id))
    follow()
    hers, theirs = (read(browsing(each).get(f"/orders/{order_id}/")) for each in (clara, somebody(CUSTOMER_SERVICE)))
    assert "Do you want to wait" in hers
    assert "You were asked what becomes" in hers
    assert "The customer was asked" not in hers
    assert "The customer was asked whether to wait" in theirs
    assert "The customer was asked what becomes" in theirs
    for address, mine, of_hers in (
        ("cancel", "Why do you cancel it?", "Why does the customer cancel it?"),
        ("cancel-lines", "Why do you cancel them?", "Why does the customer cancel them?"),
    ):
        assert mine in read(browsing(clara).get(f"/orders/{order_id}/{address}/"))
        assert of_hers in read(browsing(somebody(CUSTOMER_SERVICE, address)).get(f"/orders/{order_id}/{address}/"))
