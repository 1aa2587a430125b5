"""A customer who is erased is gone from every table, by the worker alone, and from those that were kept as well."""

import time
from uuid import UUID

import pytest
from django.db import ProgrammingError, transaction
from uuid_utils.compat import uuid7

from accounts.domain.customer import EraseCustomer, RegisterCustomer
from eventstore.errors import PersonErased
from orders.domain.order import Line, Offer, PlaceOrder
from projections import tasks
from projections.engine import room
from projections.engine.erased import remembers
from projections.engine.table import in_room
from projections.order_page import PROJECTION, OrderPage
from tests import factories
from tests.projections.rooms import rebuild
from tests.shop import CATALOGUE, MUG, follow, open_shop, send

PATIENCE = 30.0  # seconds
CLARA = UUID(int=5)
PRICE = CATALOGUE[MUG].price


def order() -> PlaceOrder:
    return PlaceOrder(
        order_id=uuid7(),
        customer_id=CLARA,
        lines=(Line(sku=MUG, quantity=1, shown=PRICE),),
        delivery_address=factories.Address.build(),
        payment_terms="prepaid",
        offers=(Offer(sku=MUG, name="Enamel mug", price=PRICE),),
        suspended=False,
    )


def told_of_her() -> list[str]:
    """The tables that still know where she lives. A former one may be there: it was made after her key was gone."""
    return [place for place in (room.LIVE, room.FORMER) if room.exists(OrderPage, place) and told_in(place)]


def told_in(place: str) -> object:
    """Where she lives, as the table in this room says; nothing where it is dropped while it is asked for."""
    try:
        return address_in(place)
    except ProgrammingError:
        if room.exists(OrderPage, place):
            raise
        return None


@transaction.atomic
def address_in(place: str) -> object:
    """Where she lives, as the table in this room says."""
    with in_room(place):
        return OrderPage.objects.get().delivery_address


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_is_gone_from_the_live_table_and_from_the_former_one(worker: None) -> None:
    open_shop()
    send(RegisterCustomer(customer_id=CLARA, name="Clara Vogel", email="clara@example.com"))
    send(order())
    follow()
    rebuild(PROJECTION)
    assert told_of_her() == [room.LIVE, room.FORMER]

    send(EraseCustomer(customer_id=CLARA, open_orders=0))

    until = time.monotonic() + PATIENCE
    while told_of_her():
        assert time.monotonic() < until, "the tables still tell of somebody who was erased"
        tasks.renew.delay()  # as beat does
        time.sleep(0.2)
    while remembers(PROJECTION, PROJECTION.readers()):
        assert time.monotonic() < until, "it is built anew again and again"
        time.sleep(0.2)
    with pytest.raises(PersonErased):
        send(order())
