"""Paying back: the provider, or for a bank transfer the finance clerk, carries out a refund, or cannot."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.reason import ask_reason
from accounts.domain.roles import FINANCE, PROCESS, PROVIDER
from eventstore.messages import Command, Event, Refused
from orders.domain.money import Money
from orders.domain.payment.provider import STILL_WAITING, ask_asked, told
from orders.domain.payment.refunding import RefundRequested, refund_of
from orders.domain.payment.states import Payment, RefundStanding

PAID = "This refund has been paid meanwhile."
NOT_APPROVED = "This refund waits for a second person to approve it."
WRITTEN_OFF = "This refund was written off."
NOTHING_TO_PAY = "Nothing is to be paid for this refund."


class RecordRefund(Command):
    sent_by = frozenset({PROVIDER, PROCESS, FINANCE})

    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    reference: str


class RecordRefundFailure(Command):
    sent_by = frozenset({PROVIDER, PROCESS, FINANCE})

    order_id: UUID
    refund_id: UUID
    attempt: int
    reason: str


class TransferRefund(Command):
    sent_by = frozenset({FINANCE})

    order_id: UUID
    refund_id: UUID
    reference: str


class RetryRefund(Command):
    sent_by = frozenset({FINANCE, PROCESS})

    order_id: UUID
    refund_id: UUID
    attempt: int


class WriteOffRefund(Command):
    sent_by = frozenset({FINANCE})

    order_id: UUID
    refund_id: UUID
    reason: str


class PaymentRefunded(Event):
    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    reference: str


class RefundFailed(Event):
    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    reason: str


class RefundWrittenOff(Event):
    order_id: UUID
    refund_id: UUID
    amount: Money
    reason: str


type Message = RecordRefund | RecordRefundFailure | TransferRefund | RetryRefund | WriteOffRefund
type Happening = PaymentRefunded | RefundFailed | RefundWrittenOff


def decide(command: Message, payment: Payment) -> list[Happening | RefundRequested]:
    """What comes of a command."""
    match command:
        case RecordRefund():
            return record_refund(command, payment)
        case RecordRefundFailure():
            return record_failure(command, payment)
        case RetryRefund():
            return retry(command, payment)
        case WriteOffRefund():
            return write_off(command, payment)
        case TransferRefund():
            return transfer(command, payment)


def record_refund(command: RecordRefund, payment: Payment) -> list[Happening | RefundRequested]:
    """The money has gone back. Once the same attempt is known to have failed, this is old news."""
    asked = refund_of(payment, command.refund_id)
    ask_asked(asked.attempt, command.attempt)
    match asked.standing:
        case "proposed":
            raise Refused(NOT_APPROVED)
        case "rejected" | "credited" | "nothing_left":
            raise Refused(NOTHING_TO_PAY)
        case "refunded" | "failed" | "written_off":
            return []
        case "requested" | "unanswered":
            if command.attempt < asked.attempt:
                return []
            if command.amount != asked.amount:
                raise Refused(
                    "{paid} was paid back, and we had asked for {asked}.", paid=command.amount, asked=asked.amount
                )
            return [
                PaymentRefunded(
                    order_id=command.order_id,
                    refund_id=command.refund_id,
                    attempt=command.attempt,
                    amount=command.amount,
                    reference=command.reference,
                )
            ]


def record_failure(command: RecordRefundFailure, payment: Payment) -> list[Happening | RefundRequested]:
    """The money could not go back, or came back: a bank says so even after the provider has said that all is well."""
    asked = refund_of(payment, command.refund_id)
    ask_asked(asked.attempt, command.attempt)
    match asked.standing:
        case "proposed":
            raise Refused(NOT_APPROVED)
        case "rejected" | "credited" | "nothing_left":
            raise Refused(NOTHING_TO_PAY)
        case "failed" | "written_off":
            return []
        case "requested" | "unanswered" | "refunded":
            if command.attempt < asked.attempt:
                return []
            return [
                RefundFailed(
                    order_id=command.order_id,
                    refund_id=command.refund_id,
                    attempt=command.attempt,
                    amount=asked.amount,
                    reason=told(command.reason),
                )
            ]


def transfer(command: TransferRefund, payment: Payment) -> list[Happening | RefundRequested]:
    """The finance clerk has paid back with a transfer what had come with one."""
    asked = refund_of(payment, command.refund_id)
    if payment.ledger.way_back == "card":
        raise Refused("This refund goes back to the card by itself.")
    if not command.reference.strip():
        raise Refused("Enter the reference of the transfer.")
    match asked.standing:
        case "proposed":
            raise Refused(NOT_APPROVED)
        case "rejected" | "credited" | "nothing_left":
            raise Refused(NOTHING_TO_PAY)
        case "written_off":
            raise Refused(WRITTEN_OFF)
        case "refunded":
            raise Refused(PAID)
        case "requested" | "unanswered" | "failed":
            return [
                PaymentRefunded(
                    order_id=command.order_id,
                    refund_id=command.refund_id,
                    attempt=asked.attempt,
                    amount=asked.amount,
                    reference=command.reference,
                )
            ]


def retry(command: RetryRefund, payment: Payment) -> list[Happening | RefundRequested]:
    """The provider is asked once more to pay back."""
    asked = refund_of(payment, command.refund_id)
    if command.attempt <= asked.attempt:
        return []
    match asked.standing:
        case "proposed":
            raise Refused(NOT_APPROVED)
        case "rejected" | "credited" | "nothing_left":
            raise Refused(NOTHING_TO_PAY)
        case "written_off":
            raise Refused(WRITTEN_OFF)
        case "refunded":
            raise Refused(PAID)
        case "requested" | "unanswered":
            raise Refused(STILL_WAITING)
        case "failed":
            return [
                RefundRequested(
                    order_id=command.order_id,
                    refund_id=command.refund_id,
                    attempt=command.attempt,
                    amount=asked.amount,
                    reason=asked.reason,
                    way=payment.ledger.way_back,
                )
            ]


def write_off(command: WriteOffRefund, payment: Payment) -> list[Happening | RefundRequested]:
    """Nobody tries any more to pay back, such as when it was settled in another way."""
    ask_reason(command.reason)
    asked = refund_of(payment, command.refund_id)
    match asked.standing:
        case "proposed":
            raise Refused(NOT_APPROVED)
        case "rejected" | "credited" | "nothing_left":
            raise Refused(NOTHING_TO_PAY)
        case "refunded":
            raise Refused(PAID)
        case "requested" | "unanswered":
            raise Refused(STILL_WAITING)
        case "written_off":
            return []
        case "failed":
            return [
                RefundWrittenOff(
                    order_id=command.order_id,
                    refund_id=command.refund_id,
                    amount=asked.amount,
                    reason=command.reason,
                )
            ]


def evolve(payment: Payment, event: Happening) -> Payment:
    """The payment after an event."""
    match event:
        case PaymentRefunded():
            return with_refund(payment, event.refund_id, "refunded")
        case RefundFailed():
            return with_refund(payment, event.refund_id, "failed")
        case RefundWrittenOff():
            return with_refund(payment, event.refund_id, "written_off")


def with_refund(payment: Payment, refund_id: UUID, standing: RefundStanding) -> Payment:
    """The payment, one refund of which stands differently."""
    return replace(payment, ledger=payment.ledger.with_refund(refund_id, standing=standing))
