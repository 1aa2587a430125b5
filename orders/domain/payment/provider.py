"""Provider: what we ask of the payment provider, and what becomes of it when the answer never comes, or too late."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.reason import LONGEST_REASON
from accounts.domain.roles import PROCESS, PROVIDER
from eventstore.messages import Command, Event, Message, Refused
from orders.domain.money import Money
from orders.domain.payment.states import Capture, OnAccount, Payment, Refund, Requested, Unanswered, Unrequested

BY_INVOICE = "This order is paid by invoice."
NOT_ASKED = "We did not ask the payment provider for this."
STILL_WAITING = "The payment provider has not answered yet. Wait until it is known what became of it."


class AuthorizationRequest(Message, tag="authorization"):
    """To hold the amount on the card."""

    attempt: int


class CaptureRequest(Message, tag="capture"):
    """To take a shipment's share of what is held."""

    shipment_id: UUID
    attempt: int


class RefundRequest(Message, tag="refund"):
    """To give an amount back."""

    refund_id: UUID
    attempt: int


class BankTransfer(Message, tag="transfer"):
    """Asked of nobody: what the bank says was paid on the invoice of a shipment."""

    shipment_id: UUID
    transfer: str


type Asked = AuthorizationRequest | CaptureRequest | RefundRequest


class RecordUnknownOutcome(Command):
    sent_by = frozenset({PROVIDER, PROCESS})

    order_id: UUID
    request: Asked


class PaymentOutcomeUnknown(Event):
    order_id: UUID
    request: Asked


class LatePaymentReceived(Event):
    order_id: UUID
    request: AuthorizationRequest | CaptureRequest | BankTransfer
    amount: Money
    reference: str


def record_unknown_outcome(command: RecordUnknownOutcome, payment: Payment) -> list[PaymentOutcomeUnknown]:
    """The provider took a request and never answered."""
    if not awaited(command.request, payment):
        return []
    return [PaymentOutcomeUnknown(order_id=command.order_id, request=command.request)]


def awaited(request: Asked, payment: Payment) -> bool:
    """Whether the first answer to a request has still to come; Refused where nobody made the request."""
    match request:
        case AuthorizationRequest(attempt=attempt):
            ask_asked(asked_attempt(payment), attempt)
            return isinstance(payment, Requested) and payment.attempt == attempt
        case CaptureRequest(shipment_id=shipment_id, attempt=attempt):
            return still_requested(payment.ledger.captures.get(shipment_id), attempt)
        case RefundRequest(refund_id=refund_id, attempt=attempt):
            return still_requested(payment.ledger.refunds.get(refund_id), attempt)


def still_requested(asked: Capture | Refund | None, attempt: int) -> bool:
    """Whether the provider has said nothing yet of this attempt."""
    ask_asked(asked.attempt if asked else 0, attempt)
    return asked is not None and asked.standing == "requested" and asked.attempt == attempt


def told(reason: str) -> str:
    """Why the provider says no, in so many words that whoever acts on it can give them as their own reason."""
    return reason.strip()[:LONGEST_REASON] or "The payment provider gave no reason."


def asked_attempt(payment: Payment) -> int:
    """How often the provider was asked to authorize."""
    return 0 if isinstance(payment, Unrequested | OnAccount) else payment.attempt


def ask_asked(asked: int, attempt: int) -> None:
    """Refused, unless the provider speaks of something that we asked it for."""
    if not 1 <= attempt <= asked:
        raise Refused(NOT_ASKED)


def outcome_unknown(payment: Payment, event: PaymentOutcomeUnknown) -> Payment:
    """The payment, one request of which is unanswered."""
    match event.request:
        case AuthorizationRequest():
            if not isinstance(payment, Requested):
                return payment
            return Unanswered(attempt=payment.attempt, amount=payment.amount, ledger=payment.ledger)
        case CaptureRequest(shipment_id=shipment_id):
            return replace(payment, ledger=payment.ledger.with_capture(shipment_id, standing="unanswered"))
        case RefundRequest(refund_id=refund_id):
            return replace(payment, ledger=payment.ledger.with_refund(refund_id, standing="unanswered"))


def late_payment_received(payment: Payment, event: LatePaymentReceived) -> Payment:
    """The payment, and money that nobody waits for: it is to be given back."""
    ledger = payment.ledger
    match event.request:
        case AuthorizationRequest(attempt=attempt):
            unwanted = ledger.unwanted | {attempt: event.amount}
            return replace(payment, ledger=replace(ledger, held=ledger.held | {attempt}, unwanted=unwanted))
        case CaptureRequest(shipment_id=shipment_id, attempt=attempt):
            ledger = ledger.with_capture(shipment_id, taken=ledger.captures[shipment_id].taken | {attempt})
        case BankTransfer(shipment_id=shipment_id, transfer=transfer):
            ledger = ledger.with_transfer(shipment_id, transfer, event.amount)
    return replace(payment, ledger=replace(ledger, late=ledger.late + event.amount))
