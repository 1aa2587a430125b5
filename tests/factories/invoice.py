"""The commands and events of invoices."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from datetime import timedelta

from factory.base import Factory
from factory.declarations import LazyFunction, SubFactory
from uuid_utils.compat import uuid7

from orders.domain import payment
from tests.factories.facts import NOON
from tests.factories.product import Money


class IssueInvoice(Factory[payment.IssueInvoice]):
    class Meta:
        model = payment.IssueInvoice

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    due_at = NOON + timedelta(days=14)


class RecordInvoicePayment(Factory[payment.RecordInvoicePayment]):
    class Meta:
        model = payment.RecordInvoicePayment

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    transfer = "SEPA-2026-03-16-4711"


class MarkInvoiceOverdue(Factory[payment.MarkInvoiceOverdue]):
    class Meta:
        model = payment.MarkInvoiceOverdue

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    at = NOON + timedelta(days=15)


class WriteOffInvoice(Factory[payment.WriteOffInvoice]):
    class Meta:
        model = payment.WriteOffInvoice

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class InvoiceIssued(Factory[payment.InvoiceIssued]):
    class Meta:
        model = payment.InvoiceIssued

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    due_at = NOON + timedelta(days=14)


class InvoicePartlyPaid(Factory[payment.InvoicePartlyPaid]):
    class Meta:
        model = payment.InvoicePartlyPaid

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    left = SubFactory(Money, cents=1700)
    transfer = "SEPA-2026-03-16-4711"


class InvoicePaid(Factory[payment.InvoicePaid]):
    class Meta:
        model = payment.InvoicePaid

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    transfer = "SEPA-2026-03-16-4711"


class InvoiceCredited(Factory[payment.InvoiceCredited]):
    class Meta:
        model = payment.InvoiceCredited

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    left = SubFactory(Money, cents=1700)
    reason = "It is not needed any more."


class InvoiceOverdue(Factory[payment.InvoiceOverdue]):
    class Meta:
        model = payment.InvoiceOverdue

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    left = SubFactory(Money, cents=1700)


class InvoiceWrittenOff(Factory[payment.InvoiceWrittenOff]):
    class Meta:
        model = payment.InvoiceWrittenOff

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    reason = "It is not needed any more."


class RemindOfInvoice(Factory[payment.RemindOfInvoice]):
    class Meta:
        model = payment.RemindOfInvoice

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    reminder = 1


class InvoiceReminded(Factory[payment.InvoiceReminded]):
    class Meta:
        model = payment.InvoiceReminded

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    reminder = 1
    left = SubFactory(Money, cents=2500)
