"""Refunds: what goes back to customers, who has to agree to it, and what could not be paid."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.payment import (
    InvoiceCredited,
    PaymentOutcomeUnknown,
    PaymentRefunded,
    RefundApproved,
    RefundFailed,
    RefundProposed,
    RefundRejected,
    RefundRequest,
    RefundRequested,
    RefundWrittenOff,
)
from projections.engine import Projection, ReadModel


class Standing(models.TextChoices):
    """What can be said of a refund."""

    PROPOSED = "proposed", _("To be approved")
    REJECTED = "rejected", _("Rejected")
    REQUESTED = "requested", _("To be paid")
    TO_TRANSFER = "to_transfer", _("To be transferred")
    UNANSWERED = "unanswered", _("Not answered by the payment provider")
    REFUNDED = "refunded", _("Refunded")
    FAILED = "failed", _("Failed")
    CREDITED = "credited", _("Credited to an invoice")
    WRITTEN_OFF = "written_off", _("Written off")


class Refund(ReadModel):
    """What goes back to a customer: so many `cents` are paid, in an `attempt`, and `credited` ones owed no more.

    `invoices` is what each invoice was credited with, in cents, by its shipment.
    """

    refund_id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(_("order"), db_index=True)
    reference = models.CharField(_("order number"), max_length=11, db_index=True)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing)
    cents = models.BigIntegerField(_("amount in cents"), default=0)
    credited = models.BigIntegerField(_("credited, in cents"), default=0)
    currency = models.CharField(max_length=3)
    reason = models.TextField(_("reason"))
    failure = models.TextField(_("why it failed"), default="")
    attempt = models.IntegerField(_("attempt"), default=0)
    proposed_by = models.CharField(_("proposed by"), max_length=200, default="")
    approved_by = models.CharField(_("approved by"), max_length=200, default="")
    since = models.DateTimeField(_("since"))
    invoices = models.JSONField(_("credited to invoices"), default=dict, db_default={})

    class Meta:
        db_table = "projections_refunds"
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = (models.Index(fields=["standing", "since", "refund_id"], name="refunds_due"),)

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount}"

    @property
    def amount(self) -> Money:
        """What is paid back; where nothing is, what is owed no more."""
        return Money(cents=self.cents or self.credited, currency=self.currency)

    @property
    def credits(self) -> list[tuple[str, Money]]:
        """What is owed no more, by the shipment whose invoice it is."""
        return [(key, Money(cents=cents, currency=self.currency)) for key, cents in self.invoices.items()]


type Wanted = (
    RefundProposed
    | RefundApproved
    | RefundRejected
    | RefundRequested
    | PaymentRefunded
    | RefundFailed
    | RefundWrittenOff
    | InvoiceCredited
    | PaymentOutcomeUnknown
)


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """The refund that the fact is about, if it is about one."""
    match fact.event:
        case PaymentOutcomeUnknown(request=RefundRequest(refund_id=refund_id)):
            yield refund_id
        case PaymentOutcomeUnknown():
            pass
        case happened:
            yield happened.refund_id


def project(row: Refund | None, fact: Recorded[Wanted], refund_id: UUID) -> Refund | None:
    """The refund after the fact."""
    match fact.event:
        case RefundProposed(amount=amount, proposed_by=somebody) as proposed:
            refund = row or begun(proposed, fact)
            return refund.but(standing=Standing.PROPOSED, cents=amount.cents, proposed_by=somebody)
        case RefundRequested(amount=amount, attempt=attempt) as requested:
            refund = row or begun(requested, fact)
            standing = Standing.TO_TRANSFER if requested.way == "transfer" else Standing.REQUESTED
            return refund.but(standing=standing, cents=amount.cents, attempt=attempt)
        case InvoiceCredited(amount=amount) as credited:
            refund = row or begun(credited, fact)
            invoices = refund.invoices | {str(credited.shipment_id): amount.cents}
            all_of_it = refund.credited + amount.cents
            return refund.but(standing=Standing.CREDITED, cents=0, credited=all_of_it, invoices=invoices)
        case RefundApproved(approved_by=somebody):
            return row and row.but(approved_by=somebody)
        case RefundRejected(reason=reason):
            return row and row.but(standing=Standing.REJECTED, failure=reason)
        case PaymentRefunded():
            return row and row.but(standing=Standing.REFUNDED, failure="")
        case RefundFailed(amount=amount, reason=reason):
            return row and row.but(standing=Standing.FAILED, cents=amount.cents, failure=reason)
        case RefundWrittenOff(reason=reason):
            return row and row.but(standing=Standing.WRITTEN_OFF, failure=reason)
        case PaymentOutcomeUnknown():
            return row and row.but(standing=Standing.UNANSWERED)


def begun(event: RefundProposed | RefundRequested | InvoiceCredited, fact: Recorded[Wanted]) -> Refund:
    """A refund as it was first spoken of."""
    return Refund(
        refund_id=event.refund_id,
        order_id=event.order_id,
        reference=reference(event.order_id),
        currency=event.amount.currency,
        reason=event.reason,
        since=fact.recorded_at,
    )


PROJECTION = Projection(Refund, wants=Wanted, keys=keys, project=project, version=3)
