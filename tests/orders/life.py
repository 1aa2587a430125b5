"""An order's life in tests: Clara orders two mugs and a kettle, and all that comes of it, as far as somebody wants."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.test import Client

from accounts.models import User
from eventstore import clock
from eventstore.rest import to_rest
from orders.domain.order import PaymentTerms
from orders.domain.shipment import RecordDelivery
from tests.processes import play
from tests.shop import KETTLE, MUG, hidden, send

BASKET = {MUG: 2, KETTLE: 1}


def confirmed(customer: User, basket: Mapping[str, int] | None = None, terms: PaymentTerms = "prepaid") -> UUID:
    """An order that is confirmed, and its shipment planned, as far as the goods are there."""
    order_id = play.place(basket or BASKET, terms, customer=customer)
    if terms == "prepaid":
        play.authorize(order_id)
    return order_id


def packed(customer: User, basket: Mapping[str, int] | None = None, terms: PaymentTerms = "prepaid") -> UUID:
    """An order whose first parcel is packed and labelled."""
    order_id = confirmed(customer, basket, terms)
    play.pick(parcel(order_id))
    return order_id


def sent(customer: User, basket: Mapping[str, int] | None = None, terms: PaymentTerms = "prepaid") -> UUID:
    """An order whose first parcel has left, and was paid by those who pay by card."""
    order_id = packed(customer, basket, terms)
    play.dispatch(parcel(order_id))
    if terms == "prepaid":
        play.capture(order_id)
    return order_id


def delivered(customer: User, basket: Mapping[str, int] | None = None, terms: PaymentTerms = "prepaid") -> UUID:
    """An order whose first parcel has arrived."""
    order_id = sent(customer, basket, terms)
    send(RecordDelivery(shipment_id=parcel(order_id), delivered_at=clock.now()))
    to_rest()
    return order_id


def parcel(order_id: UUID, number: int = 1) -> UUID:
    """A shipment of an order, by its number."""
    return uuid5(order_id, f"shipment {number}")


def later(**by: float) -> None:
    """Time passes, and what is due is done."""
    clock.forward(timedelta(**by))
    to_rest()


def do(client: Client, address: str, **answers: object) -> Any:
    """Open a task's page, answer it, and send it; the page that comes then, with everything done that follows."""
    page = client.get(address)
    response = client.post(address, hidden(page) | {name: str(value) for name, value in answers.items()})
    if response.status_code != 302:
        return response
    to_rest()
    return client.get(response.headers["Location"])
