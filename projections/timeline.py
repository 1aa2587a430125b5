"""Timeline: what happened to an order, in plain words: who did what, and when."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from string import Formatter
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.domain.customer import EmailRefused
from eventstore.log import Recorded
from eventstore.messages import Event
from orders.domain import order, payment, returns, shipment, stock_item
from orders.domain.money import Money
from orders.domain.order import Answer, BackorderAnswered
from projections.engine import Projection, ReadModel

ANSWERS: dict[Answer, str] = {
    "wait": gettext_noop("The customer waits for what is not there."),
    "take_what_is_there": gettext_noop("The customer takes what is there."),
    "cancel": gettext_noop("The customer does not want what is not there."),
}
NOTHING_CAME = gettext_noop("The return was closed. No goods came back, so nothing is paid back.")
# A sentence is translated when it is shown. What stands in braces are fields of the event.
FOR_ALL: dict[type[Event], str] = {
    order.OrderPlaced: gettext_noop("The order was placed, for {total}."),
    order.OrderConfirmed: gettext_noop("The order was confirmed."),
    order.OrderRejected: gettext_noop("The order was rejected: {reason}"),
    order.OrderCompleted: gettext_noop("The order was completed."),
    order.DeliveryAddressChanged: gettext_noop("The delivery address was changed."),
    order.OrderHeld: gettext_noop("The order was put on hold: {reason}"),
    order.OrderReleased: gettext_noop("The order goes on."),
    order.BackorderChoiceOffered: gettext_noop("The customer was asked what becomes of what is not there."),
    order.OrderCancelled: gettext_noop("The order was cancelled: {reason}"),
    order.CancellationRequested: gettext_noop("Somebody asked to cancel the order: {reason}"),
    order.OrderLinesCancelled: gettext_noop("Cancelled: {quantity} × {sku}, for {amount}. {reason}"),
    order.CancellationRefused: gettext_noop("The order could not be cancelled: {reason}"),
    stock_item.Backordered: gettext_noop("Not there yet: {short_by} × {sku}."),
    stock_item.BackorderAllocated: gettext_noop("Arrived, and set aside: {quantity} × {sku}."),
    payment.PaymentAuthorized: gettext_noop("{amount} was authorized, until {expires_at}."),
    payment.PaymentDeclined: gettext_noop("The payment of {amount} was declined: {reason}"),
    payment.CardReplaced: gettext_noop("The customer pays with another card."),
    payment.AuthorizationVoided: gettext_noop("The authorization of {amount} was given up."),
    payment.PaymentCaptured: gettext_noop("{amount} was charged."),
    payment.RefundRequested: gettext_noop("{amount} is to be refunded: {reason}"),
    payment.PaymentRefunded: gettext_noop("{amount} was refunded."),
    payment.RefundWrittenOff: gettext_noop("A refund of {amount} was written off: {reason}"),
    payment.NothingLeftToRefund: gettext_noop("Nothing was left to be refunded: {reason}"),
    payment.InvoiceIssued: gettext_noop("An invoice of {amount} was issued, due on {due_at}."),
    payment.InvoicePartlyPaid: gettext_noop("{amount} of an invoice were paid, {left} are left."),
    payment.InvoicePaid: gettext_noop("{amount} was paid: the invoice is settled."),
    payment.InvoiceCredited: gettext_noop("{amount} of an invoice were credited: {reason}"),
    payment.InvoiceReminded: gettext_noop("The customer was reminded of an invoice: {left} is still to be paid."),
    payment.InvoiceOverdue: gettext_noop("An invoice is overdue: {left} is still to be paid."),
    shipment.PickingStarted: gettext_noop("The goods are being picked."),
    shipment.ShipmentPacked: gettext_noop("A parcel was packed."),
    shipment.ShipmentDispatched: gettext_noop("A parcel has left. Its tracking number is {tracking_number}."),
    shipment.ShipmentCancelled: gettext_noop("A parcel was stopped: {reason}"),
    shipment.ShipmentDelivered: gettext_noop("A parcel was delivered."),
    shipment.ShipmentLost: gettext_noop("A parcel was lost on its way."),
    returns.ReturnRequested: gettext_noop("A return was requested."),
    returns.ReturnApproved: gettext_noop("The return was approved."),
    returns.ReturnRejected: gettext_noop("The return was rejected: {reason}"),
    returns.ReturnArrived: gettext_noop("The returned goods have arrived."),
    returns.ReturnClosed: gettext_noop("The return was closed. The goods that came back are worth {refund}."),
}
FOR_STAFF: dict[type[Event], str] = {
    stock_item.StockReserved: gettext_noop("Set aside: {quantity} × {sku}."),
    stock_item.ReservationReleased: gettext_noop("No longer set aside: {quantity} × {sku}."),
    stock_item.BackorderCancelled: gettext_noop("No longer waited for: {quantity} × {sku}."),
    payment.PaymentRequested: gettext_noop("The payment provider was asked for {amount}."),
    payment.AuthorizationExpired: gettext_noop("The authorization of {amount} has expired."),
    payment.CaptureRequested: gettext_noop("{amount} is to be charged."),
    payment.CaptureFailed: gettext_noop("{amount} could not be charged: {reason}"),
    payment.CaptureWrittenOff: gettext_noop("{amount} that could not be charged were written off: {reason}"),
    payment.RefundProposed: gettext_noop("A refund of {amount} was proposed: {reason}"),
    payment.RefundApproved: gettext_noop("A refund was approved by a second person."),
    payment.RefundRejected: gettext_noop("A refund was rejected: {reason}"),
    payment.RefundFailed: gettext_noop("{amount} could not be refunded: {reason}"),
    payment.PaymentOutcomeUnknown: gettext_noop("The payment provider has not answered."),
    payment.LatePaymentReceived: gettext_noop("{amount} came in that nobody waited for."),
    payment.InvoiceWrittenOff: gettext_noop("{amount} of an invoice were written off: {reason}"),
    EmailRefused: gettext_noop("The customer's mail server did not take an e-mail about the order ({code})."),
    shipment.ShipmentPlanned: gettext_noop("A parcel was planned."),
    shipment.ItemsPicked: gettext_noop("Picked: {quantity} × {sku}."),
    shipment.ShortPickReported: gettext_noop("Not found on the shelf: {missing} × {sku}."),
    shipment.LabelPrinted: gettext_noop("A parcel got its label: {carrier}, {tracking_number}."),
    returns.ReturnInspected: gettext_noop("Inspected: {sku}, {sellable} sellable, {damaged} damaged."),
}


class TimelineEntry(ReadModel):
    """One thing that happened. `sentence` is translated as it stands, and `filled` fills it."""

    event_id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(_("order"))
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("who"), max_length=200)
    for_staff = models.BooleanField(_("for staff only"), default=False)
    sentence = models.TextField(_("sentence"))
    values_in_it = models.JSONField(default=dict)
    position = models.BigIntegerField(_("position in the log"))

    class Meta:
        db_table = "projections_timeline"
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        indexes = (models.Index(fields=["order_id", "position"], name="timeline_order"),)

    def __str__(self) -> str:
        return self.sentence.format(**self.filled)

    @property
    def filled(self) -> dict[str, Any]:
        """What stands in the sentence: money and moments as such, for the reader's language to write them."""
        return {name: whole(value) for name, value in self.values_in_it.items()}


type Wanted = (
    order.OrderPlaced
    | order.OrderConfirmed
    | order.OrderRejected
    | order.OrderCompleted
    | order.DeliveryAddressChanged
    | order.OrderHeld
    | order.OrderReleased
    | order.BackorderChoiceOffered
    | order.BackorderAnswered
    | order.OrderCancelled
    | order.CancellationRequested
    | order.OrderLinesCancelled
    | order.CancellationRefused
    | stock_item.StockReserved
    | stock_item.ReservationReleased
    | stock_item.Backordered
    | stock_item.BackorderAllocated
    | stock_item.BackorderCancelled
    | payment.PaymentRequested
    | payment.PaymentAuthorized
    | payment.PaymentDeclined
    | payment.CardReplaced
    | payment.AuthorizationExpired
    | payment.AuthorizationVoided
    | payment.CaptureRequested
    | payment.PaymentCaptured
    | payment.CaptureFailed
    | payment.CaptureWrittenOff
    | payment.RefundProposed
    | payment.RefundApproved
    | payment.RefundRejected
    | payment.RefundRequested
    | payment.NothingLeftToRefund
    | payment.PaymentRefunded
    | payment.RefundFailed
    | payment.RefundWrittenOff
    | payment.PaymentOutcomeUnknown
    | payment.LatePaymentReceived
    | payment.InvoiceIssued
    | payment.InvoicePartlyPaid
    | payment.InvoicePaid
    | payment.InvoiceCredited
    | payment.InvoiceOverdue
    | payment.InvoiceReminded
    | payment.InvoiceWrittenOff
    | EmailRefused
    | shipment.ShipmentPlanned
    | shipment.PickingStarted
    | shipment.ItemsPicked
    | shipment.ShortPickReported
    | shipment.ShipmentPacked
    | shipment.LabelPrinted
    | shipment.ShipmentDispatched
    | shipment.ShipmentCancelled
    | shipment.ShipmentDelivered
    | shipment.ShipmentLost
    | returns.ReturnRequested
    | returns.ReturnApproved
    | returns.ReturnRejected
    | returns.ReturnArrived
    | returns.ReturnInspected
    | returns.ReturnClosed
)


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """Each event is an entry of its own."""
    yield fact.id


def project(row: TimelineEntry | None, fact: Recorded[Wanted], event_id: UUID) -> TimelineEntry | None:
    """The entry of an event."""
    return entry(fact)


def entry(fact: Recorded[Wanted]) -> TimelineEntry:
    """An event in its words."""
    said = words_of(fact.event)
    return TimelineEntry(
        event_id=fact.id,
        order_id=fact.event.order_id,
        at=fact.recorded_at,
        actor=fact.actor,
        for_staff=for_staff(fact.event),
        sentence=said,
        values_in_it={name: plain(getattr(fact.event, name)) for name in names_in(said)},
        position=fact.position or 0,
    )


def has_words(event: Event) -> bool:
    """Whether there is a sentence for such an event."""
    return isinstance(event, BackorderAnswered) or type(event) in FOR_ALL or type(event) in FOR_STAFF


def for_staff(event: Event) -> bool:
    """Whether an event concerns only those who work here. A refund is told to all once, however often it is tried."""
    return type(event) in FOR_STAFF or (isinstance(event, payment.RefundRequested) and event.attempt > 1)


def words_of(event: Wanted) -> str:
    """The sentence for an event."""
    if isinstance(event, BackorderAnswered):
        return ANSWERS[event.answer]
    if isinstance(event, returns.ReturnClosed) and not event.refund.cents:
        return NOTHING_CAME
    return FOR_ALL.get(type(event)) or FOR_STAFF[type(event)]


@cache
def names_in(said: str) -> tuple[str, ...]:
    """What stands in braces."""
    return tuple(name for _, name, _, _ in Formatter().parse(said) if name)


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    match value:
        case Money():
            return {"cents": value.cents, "currency": value.currency}
        case datetime():
            return {"moment": value.isoformat()}
        case _:
            return value


def whole(value: Any) -> Any:
    """The value that was kept."""
    match value:
        case {"cents": cents, "currency": currency}:
            return Money(cents=cents, currency=currency)
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case _:
            return value


PROJECTION = Projection(TimelineEntry, wants=Wanted, keys=keys, project=project, version=5, begins_once=True)
