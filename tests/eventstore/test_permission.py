"""Permission: asked before anything is loaded, and for an object of somebody's own, before anything is decided."""

from collections.abc import Callable
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from eventstore.dispatch import Actor, rehearse
from eventstore.errors import Forbidden
from eventstore.messages import Command
from tests import factories
from tests.eventstore.people import ADA, DELIVERY, NOBODY, SOFIA, WIM, customer, send
from tests.eventstore.pieces import count
from tests.eventstore.statements import counted

pytestmark = pytest.mark.django_db(transaction=True)


def rehearsed(command: Command, actor: Actor) -> object:
    """Ask whether it could be done."""
    return rehearse(command, actor=actor)


ASKED = pytest.mark.parametrize("ask", [send, rehearsed])


@pytest.mark.parametrize("actor", [ADA, SOFIA, NOBODY, customer()], ids=["admin", "service", "nobody", "customer"])
@ASKED
def test_whoever_may_not_is_told_before_anything_is_loaded(ask: Callable[[Command, Actor], Any], actor: Actor) -> None:
    with counted() as statements, pytest.raises(Forbidden, match=r"^ReceiveStock is not for"):
        ask(DELIVERY, actor)
    assert statements == []


@ASKED
def test_an_order_is_placed_by_its_customer_or_customer_service(ask: Callable[[Command, Actor], Any]) -> None:
    order = factories.PlaceOrder.build()
    ask(order, customer(order.customer_id))
    ask(factories.PlaceOrder.build(), SOFIA)


@ASKED
def test_nobody_places_an_order_for_somebody_else(ask: Callable[[Command, Actor], Any]) -> None:
    with pytest.raises(Forbidden, match=r"^PlaceOrder is for somebody else's order"):
        ask(factories.PlaceOrder.build(), customer())
    assert count("eventstore_event") == count("eventstore_receipt") == 0


def test_an_order_that_is_placed_belongs_to_whoever_placed_it_whatever_is_said() -> None:
    order = factories.PlaceOrder.build()
    send(order, customer(order.customer_id))
    mine = factories.PlaceOrder.build(order_id=order.order_id)
    with pytest.raises(Forbidden):
        send(mine, customer(mine.customer_id))


def test_what_was_forbidden_leaves_the_id_to_whoever_may() -> None:
    command_id = uuid7()
    with pytest.raises(Forbidden):
        send(DELIVERY, ADA, command_id)
    assert send(DELIVERY, WIM, command_id).events
