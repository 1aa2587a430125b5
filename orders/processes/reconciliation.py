"""Payment reconciliation: money that nobody waits for goes back, and what has no answer stays in sight."""

from datetime import datetime
from uuid import UUID, uuid5

from eventstore.messages import Command, State
from eventstore.process import Accept, CommandRefused, Do, Send
from orders.domain import payment
from orders.domain.payment.provider import Asked, AuthorizationRequest, BankTransfer, CaptureRequest, RefundRequest

UNWANTED = "The money came in when nobody waited for it any more."


class Unbegun(State):
    """Nothing has happened."""


class Settled(State):
    """Nothing is open between us and the payment provider."""


class Unknown(State):
    """The provider has not said what became of these requests: of the card, of a shipment's share, of a refund."""

    requests: frozenset[str]


type Reconciliation = Unbegun | Settled | Unknown
type Answer = (
    payment.PaymentAuthorized
    | payment.PaymentDeclined
    | payment.AuthorizationVoided
    | payment.PaymentCaptured
    | payment.CaptureFailed
    | payment.CaptureWrittenOff
    | payment.PaymentRefunded
    | payment.RefundFailed
    | payment.RefundWrittenOff
)
type Wanted = (
    payment.PaymentOutcomeUnknown
    | payment.LatePaymentReceived
    | payment.PaymentAuthorized
    | payment.PaymentDeclined
    | payment.AuthorizationVoided
    | payment.PaymentCaptured
    | payment.CaptureFailed
    | payment.CaptureWrittenOff
    | payment.PaymentRefunded
    | payment.RefundFailed
    | payment.RefundWrittenOff
    | CommandRefused
)

initial: Reconciliation = Unbegun()


def evolve(state: Reconciliation, event: Wanted) -> Reconciliation:
    """What is open after an event."""
    requests = state.requests if isinstance(state, Unknown) else frozenset()
    match event:
        case payment.PaymentOutcomeUnknown(request=request):
            return Unknown(requests=requests | {named(request)})
        case payment.LatePaymentReceived() | CommandRefused():
            return state if isinstance(state, Unknown) else Settled()
        case _:
            left = requests - {answered(event)}
            return Unknown(requests=left) if left else Settled()


def named(request: Asked) -> str:
    """What was asked of the provider, in a word and an id."""
    match request:
        case AuthorizationRequest():
            return "authorization"
        case CaptureRequest(shipment_id=shipment_id):
            return f"capture {shipment_id}"
        case RefundRequest(refund_id=refund_id):
            return f"refund {refund_id}"


def answered(event: Answer) -> str:
    """The request that an event is the answer to."""
    match event:
        case payment.PaymentAuthorized() | payment.PaymentDeclined() | payment.AuthorizationVoided():
            return "authorization"
        case payment.PaymentCaptured() | payment.CaptureFailed() | payment.CaptureWrittenOff():
            return f"capture {event.shipment_id}"
        case payment.PaymentRefunded() | payment.RefundFailed() | payment.RefundWrittenOff():
            return f"refund {event.refund_id}"


def react(before: Reconciliation, event: Wanted, after: Reconciliation, at: datetime) -> list[Do]:
    """What is to be done next."""
    match event:
        case payment.LatePaymentReceived():
            return [Send(given_back(event))]
        case CommandRefused(name="VoidAuthorization"):
            return [Accept()]
        case _:
            return []


def given_back(late: payment.LatePaymentReceived) -> Command:
    """Money that is held is let go; money that was taken is refunded."""
    match late.request:
        case AuthorizationRequest(attempt=attempt):
            return payment.VoidAuthorization(order_id=late.order_id, attempt=attempt)
        case CaptureRequest() | BankTransfer():
            return refund(late, uuid5(late.order_id, late.reference))


def refund(late: payment.LatePaymentReceived, refund_id: UUID) -> payment.RefundPayment:
    """What came in too late goes back under this id: once, however often it is asked for."""
    return payment.RefundPayment(order_id=late.order_id, refund_id=refund_id, amount=late.amount, reason=UNWANTED)
