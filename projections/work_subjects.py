"""Work subjects: what an event is about that somebody has to see to, or no longer has to."""

from collections.abc import Iterable
from uuid import UUID

from accounts.domain import customer
from orders.domain import order, payment, returns, shipment
from orders.domain.payment import AuthorizationRequest, CaptureRequest, RefundRequest
from orders.domain.payment.provider import Asked

type OfOrder = (
    order.OrderRejected
    | order.OrderCancelled
    | order.OrderCompleted
    | order.OrderHeld
    | order.OrderReleased
    | order.BackorderChoiceOffered
    | order.BackorderAnswered
)
type OfShipment = (
    shipment.ShipmentPlanned
    | shipment.PickingStarted
    | shipment.ShortPickReported
    | shipment.ShipmentPacked
    | shipment.LabelPrinted
    | shipment.ShipmentDispatched
    | shipment.ShipmentCancelled
)
type OfReturn = (
    returns.ReturnRequested
    | returns.ReturnApproved
    | returns.ReturnRejected
    | returns.ReturnArrived
    | returns.ReturnClosed
)
type OfPayment = (
    payment.PaymentRequested
    | payment.PaymentAuthorized
    | payment.PaymentDeclined
    | payment.AuthorizationVoided
    | payment.CaptureRequested
    | payment.PaymentCaptured
    | payment.CaptureFailed
    | payment.CaptureWrittenOff
    | payment.RefundProposed
    | payment.RefundApproved
    | payment.RefundRejected
    | payment.RefundRequested
    | payment.PaymentRefunded
    | payment.RefundFailed
    | payment.RefundWrittenOff
    | payment.PaymentOutcomeUnknown
    | payment.InvoiceOverdue
    | payment.InvoicePartlyPaid
    | payment.InvoicePaid
    | payment.InvoiceCredited
    | payment.InvoiceWrittenOff
)
type OfCustomer = customer.CustomerSuspended | customer.CustomerReinstated | customer.CustomerErased
type Happened = OfOrder | OfShipment | OfReturn | OfPayment | OfCustomer


def about(event: Happened) -> Iterable[tuple[str, UUID]]:
    """What an event is about: things that somebody has to see to now, or no longer has to."""
    match event:
        case order.OrderRejected() | order.OrderCancelled() | order.OrderCompleted():
            yield from ((kind, event.order_id) for kind in ("held", "backorder"))
        case order.OrderHeld() | order.OrderReleased():
            yield "held", event.order_id
        case order.BackorderChoiceOffered() | order.BackorderAnswered():
            yield "backorder", event.order_id
        case (
            shipment.ShipmentPlanned()
            | shipment.PickingStarted()
            | shipment.ShortPickReported()
            | shipment.ShipmentPacked()
            | shipment.LabelPrinted()
            | shipment.ShipmentDispatched()
            | shipment.ShipmentCancelled()
        ):
            yield "shipment", event.shipment_id
        case (
            returns.ReturnRequested()
            | returns.ReturnApproved()
            | returns.ReturnRejected()
            | returns.ReturnArrived()
            | returns.ReturnClosed()
        ):
            yield "return", event.return_id
        case customer.CustomerSuspended() | customer.CustomerReinstated() | customer.CustomerErased():
            yield "suspended", event.customer_id
        case happened:
            yield from about_payment(happened)


def about_payment(event: OfPayment) -> Iterable[tuple[str, UUID]]:
    """The same of what happened to the payment of an order."""
    match event:
        case (
            payment.PaymentRequested()
            | payment.PaymentAuthorized()
            | payment.PaymentDeclined()
            | payment.AuthorizationVoided()
        ):
            yield "unanswered", event.order_id
        case payment.PaymentOutcomeUnknown():
            yield "unanswered", asked_about(event.request, event.order_id)
        case payment.CaptureRequested() | payment.CaptureWrittenOff():
            yield "capture", event.shipment_id
        case payment.PaymentCaptured() | payment.CaptureFailed():
            yield from (("capture", event.shipment_id), ("unanswered", event.shipment_id))
        case payment.PaymentRefunded() | payment.RefundFailed():
            yield from (("refund", event.refund_id), ("unanswered", event.refund_id))
        case (
            payment.RefundProposed()
            | payment.RefundApproved()
            | payment.RefundRejected()
            | payment.RefundRequested()
            | payment.RefundWrittenOff()
        ):
            yield "refund", event.refund_id
        case (
            payment.InvoiceOverdue()
            | payment.InvoicePartlyPaid()
            | payment.InvoicePaid()
            | payment.InvoiceCredited()
            | payment.InvoiceWrittenOff()
        ):
            yield "invoice", event.shipment_id


def asked_about(request: Asked, order_id: UUID) -> UUID:
    """What the payment provider was asked about: the order, one of its shipments, or a refund."""
    match request:
        case AuthorizationRequest():
            return order_id
        case CaptureRequest(shipment_id=shipment_id):
            return shipment_id
        case RefundRequest(refund_id=refund_id):
            return refund_id
