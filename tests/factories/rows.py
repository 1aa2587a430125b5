"""Rows of the read models: `build` them, or `create` them in the database."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from datetime import timedelta

import msgspec
from factory.declarations import LazyAttribute, LazyFunction, Sequence
from factory.django import DjangoModelFactory
from uuid_utils.compat import uuid7

from accounts.domain.roles import WAREHOUSE
from orders.domain.order import reference
from projections import invoices, order_page, payment_ledger, products, refunds, timeline, work_queue
from tests.factories.facts import NOON
from tests.factories.order import Address, OrderedLine

NOTHING_YET = {"cancelled": 0, "waiting": 0, "sent": 0, "returned": 0, "reserved": 0}


class Product(DjangoModelFactory[products.Product]):
    class Meta:
        model = products.Product

    sku = Sequence("SKU-{:04}".format)
    name = "Enamel mug"
    description = "Holds 350 ml and survives the dishwasher."
    picture = "enamel-mug.svg"
    cents = 4200
    available = 10
    listed = True


class OrderPage(DjangoModelFactory[order_page.OrderPage]):
    class Meta:
        model = order_page.OrderPage

    order_id = LazyFunction(uuid7)
    reference = LazyAttribute(lambda made: reference(made.order_id))
    customer_id = LazyFunction(uuid7)
    status = order_page.Status.PLACED
    placed_at = NOON
    payment_terms = "prepaid"
    lines = LazyFunction(lambda: [msgspec.to_builtins(OrderedLine.build()) | NOTHING_YET])
    cents = 8400
    currency = "EUR"
    delivery_address = LazyFunction(lambda: msgspec.to_builtins(Address.build()))
    version = 1
    position = 1


class TimelineEntry(DjangoModelFactory[timeline.TimelineEntry]):
    class Meta:
        model = timeline.TimelineEntry

    event_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    at = NOON
    actor = "clara"
    sentence = "The order was placed: {pieces} pieces for {total}."
    values_in_it = LazyFunction(lambda: {"pieces": 2, "total": {"cents": 8400, "currency": "EUR"}})
    position = 1


class WorkItem(DjangoModelFactory[work_queue.WorkItem]):
    class Meta:
        model = work_queue.WorkItem

    order_id = LazyFunction(uuid7)
    subject = LazyAttribute(lambda made: made.order_id)
    item = LazyAttribute(lambda made: f"shipment:{made.subject}")
    role = WAREHOUSE
    task = work_queue.Task.PICK_SHIPMENT
    reference = LazyAttribute(lambda made: reference(made.order_id))
    waiting_since = NOON
    lines = LazyFunction(lambda: [msgspec.to_builtins(OrderedLine.build())])


class PaymentLedger(DjangoModelFactory[payment_ledger.PaymentLedger]):
    class Meta:
        model = payment_ledger.PaymentLedger

    order_id = LazyFunction(uuid7)
    reference = LazyAttribute(lambda made: reference(made.order_id))
    currency = "EUR"


class Invoice(DjangoModelFactory[invoices.Invoice]):
    class Meta:
        model = invoices.Invoice

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    reference = LazyAttribute(lambda made: reference(made.order_id))
    standing = invoices.Standing.OPEN
    cents = 8400
    left = 8400
    currency = "EUR"
    issued_at = NOON
    due_at = NOON + timedelta(days=14)


class Refund(DjangoModelFactory[refunds.Refund]):
    class Meta:
        model = refunds.Refund

    refund_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    reference = LazyAttribute(lambda made: reference(made.order_id))
    standing = refunds.Standing.REQUESTED
    cents = 4200
    currency = "EUR"
    reason = "It came late."
    since = NOON
