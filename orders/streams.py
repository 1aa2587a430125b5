"""Which decider serves which category of stream, and the names under which its events are stored for ever."""

from typing import Any

from eventstore.schema import Stored
from eventstore.streams import Category
from orders.domain import order, payment, product, returns, shipment, stock_item, work


def wait_if_short(fields: dict[str, Any]) -> dict[str, Any]:
    """In its first schema an order said nothing of a short pick: its customer waited."""
    return fields | {"if_short": "wait"}


def no_partner(fields: dict[str, Any]) -> dict[str, Any]:
    """In its second schema an order was always placed by its customer, or for them by us."""
    return fields | {"partner_id": None}


def no_card(fields: dict[str, Any]) -> dict[str, Any]:
    """In its third schema nobody knew with which card an order is paid."""
    return fields | {"card": None}


def to_the_card(fields: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 of RefundRequested did not say how: the payment provider was asked for all of them."""
    return fields | {"way": "card"}


def all_of_it(fields: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 of RefundFailed did not know that part of a refund can go back all the same."""
    return fields | {"gone": {}}


OLDER_ORDERS = {1: wait_if_short, 2: no_partner, 3: no_card}

PRODUCT = Category(
    "product",
    product,
    key="sku",
    commands=(product.ListProduct, product.ChangePrice, product.WithdrawProduct),
    events=(
        Stored("ProductListed", product.ProductListed),
        Stored("PriceChanged", product.PriceChanged),
        Stored("ProductWithdrawn", product.ProductWithdrawn),
    ),
)
STOCK_ITEM = Category(
    "stock_item",
    stock_item,
    key="sku",
    commands=(
        stock_item.ReceiveStock,
        stock_item.CountStock,
        stock_item.WriteOffStock,
        stock_item.RestockReturn,
        stock_item.ReserveStock,
        stock_item.ReleaseReservation,
        stock_item.DispatchReservedStock,
        stock_item.WriteOffShortPick,
    ),
    events=(
        Stored("StockReceived", stock_item.StockReceived),
        Stored("StockCounted", stock_item.StockCounted),
        Stored("StockWrittenOff", stock_item.StockWrittenOff),
        Stored("StockReturned", stock_item.StockReturned),
        Stored("StockReserved", stock_item.StockReserved),
        Stored("ReservationReleased", stock_item.ReservationReleased),
        Stored("StockDispatched", stock_item.StockDispatched),
        Stored("Backordered", stock_item.Backordered),
        Stored("BackorderAllocated", stock_item.BackorderAllocated),
        Stored("BackorderCancelled", stock_item.BackorderCancelled),
        Stored("StockShortfallFound", stock_item.StockShortfallFound),
    ),
    state=stock_item.StockItem,
    snapshot_every=200,
)
ORDER = Category(
    "order",
    order,
    key="order_id",
    commands=(
        order.PlaceOrder,
        order.ConfirmOrder,
        order.RejectOrder,
        order.CompleteOrder,
        order.ChangeDeliveryAddress,
        order.HoldOrder,
        order.ReleaseOrder,
        order.OfferBackorderChoice,
        order.AnswerBackorder,
        order.CancelOrder,
        order.CancelOrderLines,
        order.RefuseCancellation,
    ),
    events=(
        Stored("OrderPlaced", order.OrderPlaced, schema=4, upcasters=OLDER_ORDERS),
        Stored("OrderConfirmed", order.OrderConfirmed),
        Stored("OrderRejected", order.OrderRejected),
        Stored("OrderCompleted", order.OrderCompleted),
        Stored("DeliveryAddressChanged", order.DeliveryAddressChanged),
        Stored("OrderHeld", order.OrderHeld),
        Stored("OrderReleased", order.OrderReleased),
        Stored("BackorderChoiceOffered", order.BackorderChoiceOffered),
        Stored("BackorderAnswered", order.BackorderAnswered),
        Stored("OrderCancelled", order.OrderCancelled),
        Stored("CancellationRequested", order.CancellationRequested),
        Stored("OrderLinesCancelled", order.OrderLinesCancelled),
        Stored("CancellationRefused", order.CancellationRefused),
    ),
    owner=order.owner,
)
PAYMENT = Category(
    "payment",
    payment,
    key="order_id",
    commands=(
        payment.RequestPayment,
        payment.PayWithAnotherCard,
        payment.RecordAuthorization,
        payment.RecordDecline,
        payment.ExpireAuthorization,
        payment.VoidAuthorization,
        payment.CapturePayment,
        payment.RecordCapture,
        payment.RecordCaptureFailure,
        payment.RetryCapture,
        payment.WriteOffCapture,
        payment.RefundPayment,
        payment.GrantGoodwillRefund,
        payment.ApproveRefund,
        payment.RejectRefund,
        payment.RecordRefund,
        payment.RecordRefundFailure,
        payment.RetryRefund,
        payment.TransferRefund,
        payment.WriteOffRefund,
        payment.RecordUnknownOutcome,
        payment.IssueInvoice,
        payment.RecordInvoicePayment,
        payment.MarkInvoiceOverdue,
        payment.RemindOfInvoice,
        payment.WriteOffInvoice,
    ),
    events=(
        Stored("PaymentRequested", payment.PaymentRequested),
        Stored("PaymentAuthorized", payment.PaymentAuthorized),
        Stored("PaymentDeclined", payment.PaymentDeclined),
        Stored("AuthorizationExpired", payment.AuthorizationExpired),
        Stored("AuthorizationVoided", payment.AuthorizationVoided),
        Stored("CaptureRequested", payment.CaptureRequested),
        Stored("PaymentCaptured", payment.PaymentCaptured),
        Stored("CaptureFailed", payment.CaptureFailed),
        Stored("CaptureWrittenOff", payment.CaptureWrittenOff),
        Stored("RefundProposed", payment.RefundProposed),
        Stored("RefundApproved", payment.RefundApproved),
        Stored("RefundRejected", payment.RefundRejected),
        Stored("RefundRequested", payment.RefundRequested, schema=2, upcasters={1: to_the_card}),
        Stored("NothingLeftToRefund", payment.NothingLeftToRefund),
        Stored("PaymentRefunded", payment.PaymentRefunded),
        Stored("RefundFailed", payment.RefundFailed, schema=2, upcasters={1: all_of_it}),
        Stored("RefundWrittenOff", payment.RefundWrittenOff),
        Stored("PaymentOutcomeUnknown", payment.PaymentOutcomeUnknown),
        Stored("LatePaymentReceived", payment.LatePaymentReceived),
        Stored("InvoiceIssued", payment.InvoiceIssued),
        Stored("InvoicePartlyPaid", payment.InvoicePartlyPaid),
        Stored("InvoicePaid", payment.InvoicePaid),
        Stored("InvoiceCredited", payment.InvoiceCredited),
        Stored("InvoiceOverdue", payment.InvoiceOverdue),
        Stored("InvoiceReminded", payment.InvoiceReminded),
        Stored("InvoiceWrittenOff", payment.InvoiceWrittenOff),
        Stored("CardReplaced", payment.CardReplaced),
    ),
    owner=payment.owner,
)
SHIPMENT = Category(
    "shipment",
    shipment,
    key="shipment_id",
    commands=(
        shipment.PlanShipment,
        shipment.StartPicking,
        shipment.RecordPick,
        shipment.ReportShortPick,
        shipment.PackShipment,
        shipment.RecordLabel,
        shipment.DispatchShipment,
        shipment.CancelShipment,
        shipment.RecordDelivery,
        shipment.ReportShipmentLost,
    ),
    events=(
        Stored("ShipmentPlanned", shipment.ShipmentPlanned),
        Stored("PickingStarted", shipment.PickingStarted),
        Stored("ItemsPicked", shipment.ItemsPicked),
        Stored("ShortPickReported", shipment.ShortPickReported),
        Stored("ShipmentPacked", shipment.ShipmentPacked),
        Stored("LabelPrinted", shipment.LabelPrinted),
        Stored("ShipmentDispatched", shipment.ShipmentDispatched),
        Stored("ShipmentCancelled", shipment.ShipmentCancelled),
        Stored("ShipmentDelivered", shipment.ShipmentDelivered),
        Stored("ShipmentLost", shipment.ShipmentLost),
    ),
)
RETURN = Category(
    "return",
    returns,
    key="return_id",
    commands=(
        returns.RequestReturn,
        returns.ApproveReturn,
        returns.RejectReturn,
        returns.RecordReturnArrival,
        returns.InspectReturn,
        returns.CloseReturn,
    ),
    events=(
        Stored("ReturnRequested", returns.ReturnRequested),
        Stored("ReturnApproved", returns.ReturnApproved),
        Stored("ReturnRejected", returns.ReturnRejected),
        Stored("ReturnArrived", returns.ReturnArrived),
        Stored("ReturnInspected", returns.ReturnInspected),
        Stored("ReturnClosed", returns.ReturnClosed),
    ),
    owner=returns.owner,
)
WORK = Category(
    "work",
    work,
    key="work",
    commands=(work.TakeWork, work.GiveBackWork),
    events=(Stored("WorkTaken", work.WorkTaken), Stored("WorkGivenBack", work.WorkGivenBack)),
)

CATEGORIES = (PRODUCT, STOCK_ITEM, ORDER, PAYMENT, SHIPMENT, RETURN, WORK)
