"""All that is known of a customer: what has happened, as it stands in the log, and what the read models made of it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
from django.forms.models import model_to_dict

from accounts.models import Session, User
from accounts.streams import CUSTOMER
from eventstore import log
from eventstore.streams import categories
from orders.streams import ORDER, PAYMENT, RETURN, SHIPMENT
from projections.customer_page import CustomerPage
from projections.engine import ReadModel
from projections.invoices import Invoice
from projections.order_page import OrderPage
from projections.payment_ledger import PaymentLedger
from projections.refunds import Refund
from projections.returns_desk import Return
from projections.search import SearchTerm
from projections.shipments import Shipment
from projections.timeline import TimelineEntry


def everything_known_of(user: User) -> dict[str, Any]:
    """What we know, as it can be written into a file."""
    orders = list(OrderPage.objects.filter(customer_id=user.id).values_list("order_id", flat=True))
    return {
        "sign_in": {
            "id": str(user.id),
            "email": user.email,
            "name": user.name,
            "since": user.joined_at.isoformat(),
            "roles": sorted(user.roles),
            "sessions": Session.browsers_of(user.id),
        },
        "what_we_show": dict(shown(user.id, orders)),
        "what_has_happened": list(happened(user.id, orders)),
    }


def shown(customer_id: UUID, orders: list[UUID]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The rows of each read model that are about this customer."""
    yield "customer_page", rows(CustomerPage.objects.filter(customer_id=customer_id))
    for model in (OrderPage, PaymentLedger, Invoice, Refund, Shipment, Return):
        yield model._meta.model_name or "", rows(model._default_manager.filter(order_id__in=orders))
    yield "timeline", rows(TimelineEntry.objects.filter(order_id__in=orders, for_staff=False))
    yield "search", rows(SearchTerm.objects.filter(subject__in=[customer_id, *orders]))


def rows(found: Any) -> list[dict[str, Any]]:
    """Rows as plain values."""
    return [msgspec.to_builtins(values(row)) for row in found]


def values(row: ReadModel) -> dict[str, Any]:
    """A row's fields by their names."""
    return model_to_dict(row) | {row._meta.pk.name: row.pk}


def happened(customer_id: UUID, orders: list[UUID]) -> Iterator[dict[str, Any]]:
    """The events of this customer, and of their orders and what belongs to those, with all that is personal in them."""
    streams = [f"{CUSTOMER.name}-{customer_id}"]
    streams += [f"{category.name}-{order_id}" for category in (ORDER, PAYMENT) for order_id in orders]
    shipments = Shipment.objects.filter(order_id__in=orders).values_list("shipment_id", flat=True)
    streams += [f"{SHIPMENT.name}-{shipment_id}" for shipment_id in shipments]
    returns = Return.objects.filter(order_id__in=orders).values_list("return_id", flat=True)
    streams += [f"{RETURN.name}-{return_id}" for return_id in returns]
    names = [stored.name for category in categories() for stored in category.events]
    for fact in log.read_streams(streams, names=names):
        yield {"at": fact.recorded_at.isoformat(), "what": fact.name, **msgspec.to_builtins(fact.event)}
