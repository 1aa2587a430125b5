"""Lines that are cancelled at an awkward moment, through the real log: the stock keeps nothing for them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from uuid_utils.compat import uuid7

from accounts.domain.customer import RegisterCustomer
from eventstore import clock
from eventstore.dispatch import dispatch
from eventstore.models import Parked
from eventstore.process import sending
from eventstore.rest import to_rest
from orders.domain import order
from orders.domain.order import PaymentTerms
from orders.domain.stock_item import ReserveStock
from orders.screens.order_now import order_now
from tests.processes import play
from tests.shop import KETTLE, MUG, open_shop, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three kettles are on hand, and forty mugs."""
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)
    open_shop()
    yield
    assert not Parked.objects.exists()
    assert play.owed() == []


def placed(terms: PaymentTerms, **pieces: int) -> UUID:
    """Somebody has ordered, and no worker has looked at it yet."""
    order_id, customer_id = uuid7(), uuid7()
    send(RegisterCustomer(customer_id=customer_id, name="Clara Vogel", email=f"{customer_id}@example.com"))
    send(play.placing(order_id, customer_id, {MUG: pieces["mug"], KETTLE: pieces["kettle"]}, terms))
    return order_id


def cancel_kettles(order_id: UUID, pieces: int) -> None:
    """The customer wants fewer kettles."""
    send(
        order.CancelOrderLines(
            order_id=order_id,
            cancellation_id=uuid7(),
            sku=KETTLE,
            quantity=pieces,
            reason="Too many.",
            parcels=order_now(order_id).parcels,
        )
    )


def the_stock_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """No kettle can be set aside for a while, as the database is busy."""
    send_it = dispatch

    def send_unless_busy(command: Any, *args: Any, **more: Any) -> Any:
        if isinstance(command, ReserveStock) and command.sku == KETTLE:
            raise TimeoutError("The database is busy.")
        return send_it(command, *args, **more)

    monkeypatch.setattr(sending, "dispatch", send_unless_busy)


@pytest.mark.parametrize("first", ["process:cancellation", "process:on_account"])
def test_the_rest_leaves_at_once_whichever_worker_hears_first_of_kettles_that_nobody_wants(first: str) -> None:
    order_id = placed("on_account", mug=2, kettle=5)
    cancel_kettles(order_id, 2)
    to_rest([first], alone=True)
    sending.send_owed()
    to_rest()
    (parcel,) = play.planned(order_id)
    assert play.shipments(parcel).pieces == {MUG: 2, KETTLE: 3}
    play.pick(parcel)
    play.dispatch(parcel)
    assert play.item(KETTLE).claims == {}


def test_kettles_that_nobody_wants_when_the_stock_answers_at_last_are_there_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = placed("prepaid", mug=2, kettle=5)
    with monkeypatch.context() as busy:
        the_stock_does_not_answer(busy)
        to_rest()
        cancel_kettles(order_id, 5)
        to_rest()
        play.authorize(order_id)
        (parcel,) = play.planned(order_id)
        play.pick(parcel)
        play.dispatch(parcel)
        play.capture(order_id)
    assert play.names(order_id)[-1] == "OrderCompleted"
    clock.forward(timedelta(minutes=2))
    to_rest()
    assert (play.item(KETTLE).available, play.item(KETTLE).claims) == (3, {})


def test_nobody_waits_for_kettles_that_were_cancelled_while_a_parcel_was_being_stopped() -> None:
    order_id = play.place({MUG: 2, KETTLE: 5}, terms="on_account")
    send(order.AnswerBackorder(order_id=order_id, answer="take_what_is_there"))
    to_rest()
    (parcel,) = play.planned(order_id)
    play.pick(parcel)
    send(order.CancelOrder(order_id=order_id, reason="Not needed.", parcels=order_now(order_id).parcels))
    cancel_kettles(order_id, 2)
    play.dispatch(parcel)
    assert "CancellationRefused" in play.names(order_id)
    assert play.item(KETTLE).claims == {}
