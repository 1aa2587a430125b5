"""Payment: what an order costs, as it is authorized and captured by card, or invoiced, and what goes back."""

from collections.abc import Sequence
from uuid import UUID

from orders.domain.payment import (
    authorizing,
    capturing,
    chasing,
    invoicing,
    paying_back,
    provider,
    refunding,
    replacing,
)
from orders.domain.payment.authorizing import (
    AuthorizationExpired,
    AuthorizationVoided,
    ExpireAuthorization,
    PaymentAuthorized,
    PaymentDeclined,
    PaymentRequested,
    RecordAuthorization,
    RecordDecline,
    RequestPayment,
    VoidAuthorization,
)
from orders.domain.payment.capturing import (
    CaptureFailed,
    CapturePayment,
    CaptureRequested,
    CaptureWrittenOff,
    PaymentCaptured,
    RecordCapture,
    RecordCaptureFailure,
    RetryCapture,
    WriteOffCapture,
)
from orders.domain.payment.chasing import (
    InvoiceOverdue,
    InvoiceReminded,
    InvoiceWrittenOff,
    MarkInvoiceOverdue,
    RemindOfInvoice,
    WriteOffInvoice,
)
from orders.domain.payment.invoicing import (
    InvoiceCredited,
    InvoiceIssued,
    InvoicePaid,
    InvoicePartlyPaid,
    IssueInvoice,
    RecordInvoicePayment,
)
from orders.domain.payment.paying_back import (
    PaymentRefunded,
    RecordRefund,
    RecordRefundFailure,
    RefundFailed,
    RefundWrittenOff,
    RetryRefund,
    TransferRefund,
    WriteOffRefund,
)
from orders.domain.payment.provider import (
    AuthorizationRequest,
    BankTransfer,
    CaptureRequest,
    LatePaymentReceived,
    PaymentOutcomeUnknown,
    RecordUnknownOutcome,
    RefundRequest,
)
from orders.domain.payment.refunding import (
    GOODWILL,
    ApproveRefund,
    GrantGoodwillRefund,
    NothingLeftToRefund,
    RefundApproved,
    RefundPayment,
    RefundProposed,
    RefundRejected,
    RefundRequested,
    RejectRefund,
    as_far_as_left,
)
from orders.domain.payment.replacing import CardReplaced, PayWithAnotherCard, still_to_pay
from orders.domain.payment.states import (
    Authorized,
    Declined,
    Expired,
    OnAccount,
    Payment,
    Requested,
    Unanswered,
    Unrequested,
    Voided,
)

__all__ = [
    "GOODWILL",
    "ApproveRefund",
    "AuthorizationExpired",
    "AuthorizationRequest",
    "AuthorizationVoided",
    "Authorized",
    "BankTransfer",
    "CaptureFailed",
    "CapturePayment",
    "CaptureRequest",
    "CaptureRequested",
    "CaptureWrittenOff",
    "CardReplaced",
    "Declined",
    "ExpireAuthorization",
    "Expired",
    "GrantGoodwillRefund",
    "Happening",
    "InvoiceCredited",
    "InvoiceIssued",
    "InvoiceOverdue",
    "InvoicePaid",
    "InvoicePartlyPaid",
    "InvoiceReminded",
    "InvoiceWrittenOff",
    "IssueInvoice",
    "LatePaymentReceived",
    "MarkInvoiceOverdue",
    "Message",
    "NothingLeftToRefund",
    "OnAccount",
    "PayWithAnotherCard",
    "Payment",
    "PaymentAuthorized",
    "PaymentCaptured",
    "PaymentDeclined",
    "PaymentOutcomeUnknown",
    "PaymentRefunded",
    "PaymentRequested",
    "RecordAuthorization",
    "RecordCapture",
    "RecordCaptureFailure",
    "RecordDecline",
    "RecordInvoicePayment",
    "RecordRefund",
    "RecordRefundFailure",
    "RecordUnknownOutcome",
    "RefundApproved",
    "RefundFailed",
    "RefundPayment",
    "RefundProposed",
    "RefundRejected",
    "RefundRequest",
    "RefundRequested",
    "RefundWrittenOff",
    "RejectRefund",
    "RemindOfInvoice",
    "RequestPayment",
    "Requested",
    "RetryCapture",
    "RetryRefund",
    "TransferRefund",
    "Unanswered",
    "Unrequested",
    "VoidAuthorization",
    "Voided",
    "WriteOffCapture",
    "WriteOffInvoice",
    "WriteOffRefund",
    "as_far_as_left",
    "decide",
    "evolve",
    "initial",
    "owner",
    "still_to_pay",
]

type Message = (
    authorizing.Message
    | replacing.Message
    | capturing.Message
    | refunding.Message
    | paying_back.Message
    | invoicing.Message
    | chasing.Message
    | RecordUnknownOutcome
)
type Happening = (
    authorizing.Happening
    | replacing.Happening
    | capturing.Happening
    | refunding.Happening
    | paying_back.Happening
    | invoicing.Happening
    | chasing.Happening
    | PaymentOutcomeUnknown
    | LatePaymentReceived
)

initial: Payment = Unrequested()


def decide(command: Message, payment: Payment) -> Sequence[Happening]:
    """What comes of a command."""
    match command:
        case RequestPayment() | RecordAuthorization() | RecordDecline() | ExpireAuthorization() | VoidAuthorization():
            return authorizing.decide(command, payment)
        case PayWithAnotherCard():
            return replacing.decide(command, payment)
        case CapturePayment() | RecordCapture() | RecordCaptureFailure() | RetryCapture() | WriteOffCapture():
            return capturing.decide(command, payment)
        case RefundPayment() | GrantGoodwillRefund() | ApproveRefund() | RejectRefund():
            return refunding.decide(command, payment)
        case RecordRefund() | RecordRefundFailure() | TransferRefund() | RetryRefund() | WriteOffRefund():
            return paying_back.decide(command, payment)
        case IssueInvoice() | RecordInvoicePayment():
            return invoicing.decide(command, payment)
        case MarkInvoiceOverdue() | RemindOfInvoice() | WriteOffInvoice():
            return chasing.decide(command, payment)
        case RecordUnknownOutcome():
            return provider.record_unknown_outcome(command, payment)


def evolve(payment: Payment, event: Happening) -> Payment:
    """The payment after an event."""
    match event:
        case (
            PaymentRequested()
            | PaymentAuthorized()
            | PaymentDeclined()
            | AuthorizationExpired()
            | AuthorizationVoided()
        ):
            return authorizing.evolve(payment, event)
        case CardReplaced():
            return payment  # the request that comes with it says the rest
        case CaptureRequested() | PaymentCaptured() | CaptureFailed() | CaptureWrittenOff():
            return capturing.evolve(payment, event)
        case RefundProposed() | RefundApproved() | RefundRejected() | RefundRequested() | NothingLeftToRefund():
            return refunding.evolve(payment, event)
        case PaymentRefunded() | RefundFailed() | RefundWrittenOff():
            return paying_back.evolve(payment, event)
        case InvoiceIssued() | InvoicePartlyPaid() | InvoicePaid() | InvoiceCredited():
            return invoicing.evolve(payment, event)
        case InvoiceOverdue() | InvoiceReminded() | InvoiceWrittenOff():
            return chasing.evolve(payment, event)
        case PaymentOutcomeUnknown():
            return provider.outcome_unknown(payment, event)
        case LatePaymentReceived():
            return provider.late_payment_received(payment, event)


def owner(command: Message, payment: Payment) -> UUID | None:
    """Whose card it is, as the order has it; only to pay with another one is a customer's to ask."""
    return command.customer_id if isinstance(command, PayWithAnotherCard) else None
