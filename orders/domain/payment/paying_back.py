"""Paying back: the provider, or for a bank transfer the finance clerk, carries out a refund, or cannot."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from accounts.domain.reason import ask_reason
from accounts.domain.roles import FINANCE, PROCESS, PROVIDER
from eventstore.messages import Command, Event, Refused
from orders.domain import reasons
from orders.domain.money import Money, total
from orders.domain.payment.amount import ask_amount
from orders.domain.payment.provider import STILL_WAITING, ask_asked, told
from orders.domain.payment.refunding import RefundRequested, refund_of
from orders.domain.payment.states import Payment

PAID = "This refund has been paid meanwhile."
NOT_APPROVED = "This refund waits for a second person to approve it."
WRITTEN_OFF = "This refund was written off."
NOTHING_TO_PAY = "Nothing is to be paid for this refund."
NOT_AS_ASKED = "{paid} was paid back, and we had asked for {asked}."
BY_TRANSFER = "This refund is transferred: the payment provider is not asked for it."


class RecordRefund(Command):
    sent_by = frozenset({PROVIDER, PROCESS, FINANCE})

    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    reference: str


class RecordRefundFailure(Command):
    """It could not go back, apart from what is `gone` all the same, by what it was taken under.

    Who knows of one `piece` only, of several, does not know what becomes of the others.
    """

    sent_by = frozenset({PROVIDER, PROCESS, FINANCE})
    looked_up = frozenset({"piece"})  # who sent it before there were pieces has sent the same

    order_id: UUID
    refund_id: UUID
    attempt: int
    reason: str
    gone: dict[str, Money] = {}
    piece: bool = False


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
    """The amount could not go back: all of the refund, or the rest of it, where part is `gone` all the same."""

    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    reason: str
    gone: dict[str, Money] = {}


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
                raise Refused(NOT_AS_ASKED, paid=command.amount, asked=asked.amount)
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
    """The money could not go back, or came back: a bank says so even after the provider has said that all is well.

    While it is asked for, a piece of it says nothing: the others may be under way. Once all of it was believed to have
    gone, it does; that others have gone is news later as well.
    """
    asked = refund_of(payment, command.refund_id)
    ask_asked(asked.attempt, command.attempt)
    match asked.standing:
        case "proposed":
            raise Refused(NOT_APPROVED)
        case "rejected" | "credited" | "nothing_left":
            raise Refused(NOTHING_TO_PAY)
        case "written_off":
            return []
        case "requested" | "unanswered" if command.piece:
            return []
        case "requested" | "unanswered" | "refunded" | "failed":
            gone = ask_part(command.gone, asked.amount)
            if command.attempt < asked.attempt or (asked.standing == "failed" and gone.cents <= asked.gone.cents):
                return []
            return [
                RefundFailed(
                    order_id=command.order_id,
                    refund_id=command.refund_id,
                    attempt=command.attempt,
                    amount=asked.amount - gone,
                    reason=told(command.reason),
                    gone=command.gone,
                )
            ]


def ask_part(gone: dict[str, Money], asked: Money) -> Money:
    """What has gone of a refund that failed; Refused where that is no part of it."""
    for amount in gone.values():
        ask_amount(amount)
    paid = total(gone.values())
    if paid.cents >= asked.cents:
        raise Refused(NOT_AS_ASKED, paid=paid, asked=asked)
    return paid


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
        case "requested" if payment.ledger.way_back == "transfer":
            raise Refused(BY_TRANSFER)
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
    """Nobody tries any more to pay back; what was paid in another way has gone. A transfer is asked of nobody."""
    ask_reason(command.reason)
    asked = refund_of(payment, command.refund_id)
    match asked.standing:
        case "proposed":
            raise Refused(NOT_APPROVED)
        case "rejected" | "credited" | "nothing_left":
            raise Refused(NOTHING_TO_PAY)
        case "refunded":
            raise Refused(PAID)
        case "unanswered":
            raise Refused(STILL_WAITING)
        case "requested" if payment.ledger.way_back == "card":
            raise Refused(STILL_WAITING)
        case "written_off":
            return []
        case "requested" | "failed":
            return [
                RefundWrittenOff(
                    order_id=command.order_id,
                    refund_id=command.refund_id,
                    amount=asked.rest,
                    reason=command.reason,
                )
            ]


def evolve(payment: Payment, event: Happening) -> Payment:
    """The payment after an event."""
    match event:
        case PaymentRefunded():
            return with_refund(payment, event.refund_id, standing="refunded")
        case RefundFailed(gone=gone):
            return with_refund(payment, event.refund_id, standing="failed", gone=total(gone.values()))
        case RefundWrittenOff(amount=amount, reason=reasons.PAID_OTHERWISE):
            return with_refund(payment, event.refund_id, standing="written_off", otherwise=amount)
        case RefundWrittenOff():
            return with_refund(payment, event.refund_id, standing="written_off")


def with_refund(payment: Payment, refund_id: UUID, **changes: Any) -> Payment:
    """The payment, one refund of which stands differently."""
    return replace(payment, ledger=payment.ledger.with_refund(refund_id, **changes))
