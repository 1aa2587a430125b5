"""Invoices: what customers on account owe for each shipment, what is due, and what is settled."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.payment import (
    InvoiceCredited,
    InvoiceIssued,
    InvoiceOverdue,
    InvoicePaid,
    InvoicePartlyPaid,
    InvoiceWrittenOff,
)
from projections.engine import Projection, ReadModel


class Standing(models.TextChoices):
    """What can be said of an invoice."""

    OPEN = "open", _("Open")
    OVERDUE = "overdue", _("Overdue")
    SETTLED = "settled", _("Settled")
    WRITTEN_OFF = "written_off", _("Written off")


class Invoice(ReadModel):
    """An invoice for a shipment: `left` of its amount, in cents, is still to be paid."""

    shipment_id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(_("order"), db_index=True)
    reference = models.CharField(_("order number"), max_length=11, db_index=True)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing)
    cents = models.BigIntegerField(_("amount in cents"))
    left = models.BigIntegerField(_("still to be paid, in cents"))
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField(_("issued at"))
    due_at = models.DateTimeField(_("due at"))

    class Meta:
        db_table = "projections_invoices"
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = (models.Index(fields=["standing", "due_at", "shipment_id"], name="invoices_due"),)

    def __str__(self) -> str:
        return f"{self.reference}: {self.due}"

    @property
    def amount(self) -> Money:
        """What it was issued for."""
        return Money(cents=self.cents, currency=self.currency)

    @property
    def due(self) -> Money:
        """What is still to be paid."""
        return Money(cents=self.left, currency=self.currency)


type Wanted = InvoiceIssued | InvoicePartlyPaid | InvoicePaid | InvoiceCredited | InvoiceOverdue | InvoiceWrittenOff


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """The shipment whose invoice the fact is about."""
    return (fact.event.shipment_id,)


def project(row: Invoice | None, fact: Recorded[Wanted], shipment_id: UUID) -> Invoice | None:
    """The invoice after the fact."""
    match fact.event:
        case InvoiceIssued() as issued:
            return Invoice(
                shipment_id=shipment_id,
                order_id=issued.order_id,
                reference=reference(issued.order_id),
                standing=Standing.OPEN,
                cents=issued.amount.cents,
                left=issued.amount.cents,
                currency=issued.amount.currency,
                issued_at=fact.recorded_at,
                due_at=issued.due_at,
            )
        case InvoicePartlyPaid(left=left):
            return row and row.but(left=left.cents)
        case InvoicePaid():
            return row and row.but(left=0, standing=Standing.SETTLED)
        case InvoiceCredited(left=left):
            return row and row.but(left=left.cents, standing=row.standing if left.cents else Standing.SETTLED)
        case InvoiceOverdue():
            return row and row.but(standing=Standing.OVERDUE)
        case InvoiceWrittenOff():
            return row and row.but(standing=Standing.WRITTEN_OFF)


PROJECTION = Projection(Invoice, wants=Wanted, keys=keys, project=project, begins_once=True)
