"""Cases: what there is to see in a trade, in a few words each, so that whoever lets it run knows what came up."""

from collections.abc import Callable, Iterator
from typing import Any

from eventstore.messages import Event
from orders.domain import order, payment, returns, shipment, stock_item

COUNTED = "case: "


def always(_: Event) -> bool:
    """Whatever the event says."""
    return True


CASES: tuple[tuple[str, type[Event], Callable[[Any], bool]], ...] = (
    ("orders paid by card", order.OrderPlaced, lambda event: event.payment_terms == "prepaid"),
    ("orders on account", order.OrderPlaced, lambda event: event.payment_terms == "on_account"),
    ("addresses changed", order.DeliveryAddressChanged, always),
    ("orders held", order.OrderHeld, always),
    ("cards declined", payment.PaymentDeclined, always),
    ("who pay with another card", payment.CardReplaced, always),
    ("orders rejected, as nobody paid", order.OrderRejected, always),
    ("payments that came too late", payment.LatePaymentReceived, always),
    ("captures that failed", payment.CaptureFailed, always),
    ("invoices overdue", payment.InvoiceOverdue, always),
    ("invoices written off", payment.InvoiceWrittenOff, always),
    ("lines that wait for goods", stock_item.Backordered, always),
    ("customers asked whether to wait on", order.BackorderChoiceOffered, always),
    ("who take what is there", order.BackorderAnswered, lambda event: event.answer == "take_what_is_there"),
    ("counts of the shelf", stock_item.StockCounted, always),
    ("short picks", shipment.ShortPickReported, always),
    ("orders cancelled", order.OrderCancelled, always),
    ("lines cancelled", order.OrderLinesCancelled, always),
    ("cancellations while parcels were made ready", order.CancellationRequested, always),
    ("cancellations that came too late", order.CancellationRefused, always),
    ("parcels stopped", shipment.ShipmentCancelled, always),
    ("parcels delivered", shipment.ShipmentDelivered, always),
    ("parcels lost", shipment.ShipmentLost, always),
    ("returns", returns.ReturnRequested, always),
    ("returns rejected", returns.ReturnRejected, always),
    ("returns closed, as nothing arrived", returns.ReturnClosed, lambda event: not event.refund.cents),
    ("refunds", payment.PaymentRefunded, always),
    ("orders completed", order.OrderCompleted, always),
)


def of(event: Event) -> Iterator[str]:
    """The cases of which an event is one."""
    return (f"{COUNTED}{words}" for words, kind, fits in CASES if type(event) is kind and fits(event))
