"""Backorder through the real log: what is given up is what is not there, however often it is said."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER
from eventstore import clock
from eventstore.rest import to_rest
from orders.domain import order
from orders.domain.stock_item import CountStock, ReceiveStock
from tests.processes import play
from tests.shop import KETTLE, browsing, follow, open_shop, read, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)
    open_shop()
    yield
    assert play.owed() == []


def later(days: int) -> None:
    """Time passes, and what is due is done."""
    clock.forward(timedelta(days=days))
    to_rest()


def of_5_kettles_3_are_there() -> UUID:
    """An order whose customer was asked what becomes of the other two."""
    order_id = play.place({KETTLE: 5}, terms="on_account")
    later(days=15)
    return order_id


def answer(order_id: UUID) -> None:
    """The customer does not want what is not there."""
    send(order.AnswerBackorder(order_id=order_id, answer="cancel"))


def cancel_2(order_id: UUID) -> None:
    """The customer cancels the two that are not there by another task."""
    send(
        order.CancelOrderLines(
            order_id=order_id, cancellation_id=uuid7(), sku=KETTLE, quantity=2, reason="Too slow.", parcels=()
        )
    )


def given_up(order_id: UUID) -> list[int]:
    """How many pieces were cancelled, each time."""
    events = [each.event for each in play.happened(order_id)]
    return [event.quantity for event in events if isinstance(event, order.OrderLinesCancelled)]


@pytest.mark.parametrize(
    "said", [(answer, answer), (cancel_2, answer), (answer, cancel_2)], ids=["twice", "lines before", "lines after"]
)
def test_who_gives_up_twice_what_is_not_there_while_nobody_is_at_work_keeps_what_is(
    said: tuple[Callable[[UUID], None], ...],
) -> None:
    order_id = of_5_kettles_3_are_there()
    for says in said:
        says(order_id)
    to_rest()
    assert given_up(order_id) == [2]
    assert [play.shipments(parcel).pieces for parcel in play.planned(order_id)] == [{KETTLE: 3}]


def test_who_gives_up_what_is_lacking_later_gives_that_up_as_well() -> None:
    order_id = of_5_kettles_3_are_there()
    answer(order_id)
    to_rest()
    send(CountStock(sku=KETTLE, counted=1))
    to_rest()
    assert play.item(KETTLE).claim(order_id).waiting == 2
    later(days=15)
    assert play.names(order_id)[-1] == "BackorderChoiceOffered"
    answer(order_id)
    to_rest()
    assert given_up(order_id) == [2, 2]
    assert (play.item(KETTLE).claim(order_id).reserved, play.item(KETTLE).claim(order_id).waiting) == (1, 0)


def test_nobody_is_asked_about_goods_that_have_left() -> None:
    """Three kettles are missed while these five are in their parcel: another order will lack them."""
    clara = somebody(CUSTOMER, "Clara Vogel")
    send(ReceiveStock(sku=KETTLE, quantity=7))
    play.place({KETTLE: 5}, terms="on_account")
    order_id = play.place({KETTLE: 5}, terms="on_account", customer=clara)
    (parcel,) = play.planned(order_id)
    play.pick(parcel)
    send(CountStock(sku=KETTLE, counted=7))
    to_rest()
    play.dispatch(parcel)
    follow()
    page = read(browsing(clara).get(f"/orders/{order_id}/"))
    assert "each 5 sent" in page
    assert "Answer backorder" not in page
    later(days=15)
    assert "BackorderChoiceOffered" not in play.names(order_id)
