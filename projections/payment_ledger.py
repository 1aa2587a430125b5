"""Payment ledger: what was held, taken, invoiced, paid and given back for each order, to the cent."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain import reasons
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.payment import (
    AuthorizationExpired,
    AuthorizationRequest,
    AuthorizationVoided,
    BankTransfer,
    CaptureRequest,
    CaptureRequested,
    CaptureWrittenOff,
    InvoiceCredited,
    InvoiceIssued,
    InvoicePaid,
    InvoicePartlyPaid,
    InvoiceWrittenOff,
    LatePaymentReceived,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentRefunded,
    RefundFailed,
    RefundWrittenOff,
)
from projections.engine import Projection, ReadModel


class Booking(models.TextChoices):
    """What can stand in a ledger."""

    AUTHORIZED = "authorized", _("Authorized")
    EXPIRED = "expired", _("Authorization expired")
    VOIDED = "voided", _("Authorization given up")
    CAPTURED = "captured", _("Charged")
    CAPTURE_WRITTEN_OFF = "capture_written_off", _("Charge written off")
    INVOICED = "invoiced", _("Invoiced")
    PAID = "paid", _("Paid")
    CREDITED = "credited", _("Credited")
    WRITTEN_OFF = "written_off", _("Invoice written off")
    LATE = "late", _("Came in, and nobody waited for it")
    REFUNDED = "refunded", _("Refunded")
    CAME_BACK = "came_back", _("Refund came back")
    PAID_OTHERWISE = "paid_otherwise", _("Paid back in another way")


class PaymentLedger(ReadModel):
    """The money of an order: its `bookings` in the order of the log, and what these add up to, in cents.

    `holds` is what is held on a card, by the attempt to authorize; `charges` the authorization by which each shipment
    is charged; `dues` what is left of each invoice, by its shipment.
    """

    order_id = models.UUIDField(primary_key=True)
    reference = models.CharField(_("order number"), max_length=11, db_index=True)
    currency = models.CharField(max_length=3)
    held = models.BigIntegerField(_("held on the card"), default=0)
    captured = models.BigIntegerField(_("charged"), default=0)
    invoiced = models.BigIntegerField(_("invoiced"), default=0)
    paid = models.BigIntegerField(_("paid by bank transfer"), default=0)
    owed = models.BigIntegerField(_("owed"), default=0)
    late = models.BigIntegerField(_("came in late"), default=0)
    refunded = models.BigIntegerField(_("refunded"), default=0)
    bookings = models.JSONField(_("bookings"), default=list)
    holds = models.JSONField(_("holds"), default=dict)
    charges = models.JSONField(_("charges"), default=dict)
    dues = models.JSONField(_("dues"), default=dict)

    class Meta:
        db_table = "projections_payment_ledger"
        verbose_name = _("payment ledger")
        verbose_name_plural = _("payment ledgers")

    def __str__(self) -> str:
        return f"{self.reference}: {self.received}"

    @property
    def received(self) -> Money:
        """What came in, by card or by bank."""
        return Money(cents=self.captured + self.paid + self.late, currency=self.currency)


type Wanted = (
    PaymentAuthorized
    | AuthorizationExpired
    | AuthorizationVoided
    | CaptureRequested
    | PaymentCaptured
    | CaptureWrittenOff
    | InvoiceIssued
    | InvoicePartlyPaid
    | InvoicePaid
    | InvoiceCredited
    | InvoiceWrittenOff
    | LatePaymentReceived
    | PaymentRefunded
    | RefundFailed
    | RefundWrittenOff
)


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """The order that the fact is about."""
    return (fact.event.order_id,)


def project(row: PaymentLedger | None, fact: Recorded[Wanted], order_id: UUID) -> PaymentLedger | None:
    """The ledger after the fact."""
    event, amount = fact.event, fact.event.amount
    ledger = row or PaymentLedger(order_id=order_id, reference=reference(order_id), currency=amount.currency)
    kind, cents = kind_of(event, ledger), moved(event, ledger)
    after = reckoned(ledger, event, cents)
    booking = {"at": fact.recorded_at.isoformat(), "booking": str(kind), "cents": abs(cents)} | notes(event)
    return after.but(
        held=sum(after.holds.values()),
        owed=sum(after.dues.values()),
        bookings=[*after.bookings, booking] if kind else after.bookings,
    )


def kind_of(event: Wanted, ledger: PaymentLedger) -> Booking | None:
    """As what an event is booked; None where no money was held or moved."""
    match event:
        case PaymentAuthorized():
            return Booking.AUTHORIZED
        case AuthorizationExpired(attempt=attempt):
            return Booking.EXPIRED if str(attempt) in ledger.holds else None
        case AuthorizationVoided(attempt=attempt):
            return Booking.VOIDED if str(attempt) in ledger.holds else None
        case CaptureRequested():
            return None
        case PaymentCaptured():
            return Booking.CAPTURED
        case CaptureWrittenOff():
            return Booking.CAPTURE_WRITTEN_OFF
        case InvoiceIssued():
            return Booking.INVOICED
        case InvoicePartlyPaid() | InvoicePaid():
            return Booking.PAID
        case InvoiceCredited():
            return Booking.CREDITED
        case InvoiceWrittenOff():
            return Booking.WRITTEN_OFF
        case LatePaymentReceived():
            return Booking.LATE
        case PaymentRefunded() | RefundFailed():
            cents = moved(event, ledger)
            return (Booking.REFUNDED if cents > 0 else Booking.CAME_BACK) if cents else None
        case RefundWrittenOff(reason=reasons.PAID_OTHERWISE):
            return Booking.PAID_OTHERWISE
        case RefundWrittenOff():
            return None


def moved(event: Wanted, ledger: PaymentLedger) -> int:
    """How many cents are booked: of a refund, what went back of it beyond what had; below zero, if that came back."""
    match event:
        case PaymentRefunded(refund_id=refund_id, amount=amount):
            return amount.cents - gone_of(str(refund_id), ledger)
        case RefundFailed(refund_id=refund_id, gone=gone):
            return sum(part.cents for part in gone.values()) - gone_of(str(refund_id), ledger)
        case _:
            return event.amount.cents


def gone_of(refund_id: str, ledger: PaymentLedger) -> int:
    """How many cents of a refund have gone back, so far as is known."""
    sign = {Booking.REFUNDED: 1, Booking.CAME_BACK: -1}
    of_it = (booking for booking in ledger.bookings if booking["refund_id"] == refund_id)
    return sum(sign[booking["booking"]] * booking["cents"] for booking in of_it if booking["booking"] in sign)


def notes(event: Wanted) -> dict[str, str]:
    """What else is known of a booking: the other system's reference, the reason, the shipment, the refund."""
    named = ("reference", "transfer", "reason", "shipment_id", "refund_id")
    told = {name: str(getattr(event, name, "")) for name in named}
    if isinstance(event, RefundWrittenOff):
        told["reason"] = ""  # the booking itself says it
    return {"reference": told.pop("reference") or told.pop("transfer", ""), **told}


def reckoned(ledger: PaymentLedger, event: Wanted, cents: int) -> PaymentLedger:
    """The ledger with its sums after an event."""
    match event:
        case PaymentAuthorized(attempt=attempt):
            return ledger.but(holds=ledger.holds | {str(attempt): cents})
        case AuthorizationExpired(attempt=attempt) | AuthorizationVoided(attempt=attempt):
            return ledger.but(holds={key: held for key, held in ledger.holds.items() if key != str(attempt)})
        case CaptureRequested(shipment_id=shipment_id, authorization=attempt):
            return ledger.but(charges=ledger.charges | {str(shipment_id): str(attempt)})
        case PaymentCaptured(shipment_id=shipment_id):
            return taken(ledger, str(shipment_id), cents)
        case InvoiceIssued(shipment_id=shipment_id):
            return ledger.but(invoiced=ledger.invoiced + cents, dues=ledger.dues | {str(shipment_id): cents})
        case InvoicePartlyPaid(shipment_id=shipment_id, left=left):
            return left_of(ledger, str(shipment_id), left.cents).but(paid=ledger.paid + cents)
        case InvoicePaid(shipment_id=shipment_id):
            return left_of(ledger, str(shipment_id), 0).but(paid=ledger.paid + cents)
        case InvoiceCredited(shipment_id=shipment_id, left=left):
            return left_of(ledger, str(shipment_id), left.cents)
        case InvoiceWrittenOff(shipment_id=shipment_id):
            return ledger.but(dues={key: due for key, due in ledger.dues.items() if key != str(shipment_id)})
        case LatePaymentReceived(request=AuthorizationRequest(attempt=attempt)):
            return ledger.but(holds=ledger.holds | {str(attempt): cents})
        case LatePaymentReceived(request=CaptureRequest() | BankTransfer()):
            return ledger.but(late=ledger.late + cents)
        case PaymentRefunded() | RefundFailed():
            return ledger.but(refunded=ledger.refunded + cents)
        case RefundWrittenOff(reason=reasons.PAID_OTHERWISE):
            return ledger.but(refunded=ledger.refunded + cents)
        case CaptureWrittenOff() | LatePaymentReceived() | RefundWrittenOff():
            return ledger


def taken(ledger: PaymentLedger, shipment_id: str, cents: int) -> PaymentLedger:
    """The ledger after so much of what was held for a shipment is taken."""
    attempt = ledger.charges.get(shipment_id)
    held = {attempt: ledger.holds[attempt] - cents} if attempt in ledger.holds else {}
    return ledger.but(captured=ledger.captured + cents, holds=ledger.holds | held)


def left_of(ledger: PaymentLedger, shipment_id: str, cents: int) -> PaymentLedger:
    """The ledger with so much left of an invoice, unless nobody expects any more that it is paid."""
    return ledger.but(dues=ledger.dues | {shipment_id: cents} if shipment_id in ledger.dues else ledger.dues)


PROJECTION = Projection(PaymentLedger, wants=Wanted, keys=keys, project=project, version=2)
