"""Who sends commands in the tests of the log, and what."""

from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from accounts.domain.roles import ADMIN, CUSTOMER, CUSTOMER_SERVICE, WAREHOUSE
from eventstore.dispatch import Actor, Answer, dispatch
from eventstore.messages import Command
from orders.domain.product import ListProduct
from orders.domain.stock_item import ReceiveStock
from tests import factories

WIM = Actor("wim", frozenset({WAREHOUSE}))
ADA = Actor("ada", frozenset({ADMIN}))
OTTO = Actor("otto", frozenset({ADMIN}))
SOFIA = Actor("sofia", frozenset({CUSTOMER_SERVICE}))
NOBODY = Actor("nobody")

MUG = ListProduct(sku="MUG", name="Enamel mug", description="", picture="", price=factories.Money.build())
DELIVERY = ReceiveStock(sku="MUG", quantity=5)


def customer(person: UUID | None = None) -> Actor:
    """A customer, whose id is that of their sign-in."""
    return Actor(str(person or uuid7()), frozenset({CUSTOMER}))


def send(command: Command, actor: Actor, command_id: UUID | None = None, **how: Any) -> Answer:
    """Send a command, under a new id unless told."""
    return dispatch(command, actor=actor, command_id=command_id or uuid7(), **how)
