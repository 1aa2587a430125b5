"""Capturing: as a shipment leaves, its share of what is held is taken from the card."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.reason import ask_reason
from accounts.domain.roles import FINANCE, PROCESS, PROVIDER
from eventstore.messages import Command, Event, Refused
from orders.domain.money import Money
from orders.domain.payment.amount import ask_amount
from orders.domain.payment.authorizing import DECLINED, authorization
from orders.domain.payment.provider import (
    NOT_ASKED,
    STILL_WAITING,
    CaptureRequest,
    LatePaymentReceived,
    ask_asked,
    told,
)
from orders.domain.payment.states import Authorized, Capture, Declined, Payment


class CapturePayment(Command):
    sent_by = frozenset({PROCESS})

    order_id: UUID
    shipment_id: UUID
    amount: Money


class RecordCapture(Command):
    sent_by = frozenset({PROVIDER, PROCESS})

    order_id: UUID
    shipment_id: UUID
    attempt: int
    amount: Money
    reference: str


class RecordCaptureFailure(Command):
    sent_by = frozenset({PROVIDER, PROCESS})

    order_id: UUID
    shipment_id: UUID
    attempt: int
    reason: str


class RetryCapture(Command):
    sent_by = frozenset({FINANCE, PROCESS})

    order_id: UUID
    shipment_id: UUID
    attempt: int


class WriteOffCapture(Command):
    sent_by = frozenset({FINANCE})

    order_id: UUID
    shipment_id: UUID
    reason: str


class CaptureRequested(Event):
    order_id: UUID
    shipment_id: UUID
    authorization: int
    attempt: int
    amount: Money


class PaymentCaptured(Event):
    order_id: UUID
    shipment_id: UUID
    attempt: int
    amount: Money
    reference: str


class CaptureFailed(Event):
    order_id: UUID
    shipment_id: UUID
    attempt: int
    amount: Money
    reason: str


class CaptureWrittenOff(Event):
    order_id: UUID
    shipment_id: UUID
    amount: Money
    reason: str


type Message = CapturePayment | RecordCapture | RecordCaptureFailure | RetryCapture | WriteOffCapture
type Happening = CaptureRequested | PaymentCaptured | CaptureFailed | CaptureWrittenOff


def decide(command: Message, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """What comes of a command."""
    match command:
        case CapturePayment():
            return capture(command, payment)
        case RecordCapture():
            return record_capture(command, payment)
        case RecordCaptureFailure():
            return record_failure(command, payment)
        case RetryCapture():
            return retry(command, payment)
        case WriteOffCapture():
            return write_off(command, payment)


def capture(command: CapturePayment, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The share of a shipment is taken: once, however often it is asked for, unless it failed under an earlier hold."""
    ask_amount(command.amount)
    asked = payment.ledger.captures.get(command.shipment_id)
    if asked:
        return anew(command, asked, payment)
    if isinstance(payment, Declined):
        return [untried(command)]
    authorized = authorization(payment)
    left = authorized.amount - payment.ledger.committed(authorized.attempt)
    if command.amount.cents > left.cents:
        raise Refused(
            "Only {left} is still held on the card, and {amount} is asked for.", left=left, amount=command.amount
        )
    return [
        CaptureRequested(
            order_id=command.order_id,
            shipment_id=command.shipment_id,
            authorization=authorized.attempt,
            attempt=1,
            amount=command.amount,
        )
    ]


def anew(command: CapturePayment, asked: Capture, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """A share that failed is asked for once more, where another authorization leaves enough for it."""
    if asked.standing != "failed" or not isinstance(payment, Authorized) or asked.authorization == payment.attempt:
        return []
    again = RetryCapture(order_id=command.order_id, shipment_id=command.shipment_id, attempt=asked.attempt + 1)
    return retry(again, payment) if fits(asked, payment) else []


def untried(command: CapturePayment) -> CaptureFailed:
    """The goods have left, and no card holds their share: nobody need ask the provider to know that it fails."""
    order_id, shipment_id, amount = command.order_id, command.shipment_id, command.amount
    return CaptureFailed(order_id=order_id, shipment_id=shipment_id, attempt=0, amount=amount, reason=DECLINED)


def record_capture(command: RecordCapture, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The provider has taken the share. That it had failed before, or was written off, no longer matters."""
    asked = asked_for(payment, command.shipment_id)
    ask_asked(asked.attempt, command.attempt)
    if command.attempt in asked.taken:
        return []
    if command.amount != asked.amount:
        raise Refused(
            "The payment provider took {taken}, and we had asked for {asked}.", taken=command.amount, asked=asked.amount
        )
    match asked.standing:
        case "requested" | "unanswered" | "failed" | "written_off":
            return [
                PaymentCaptured(
                    order_id=command.order_id,
                    shipment_id=command.shipment_id,
                    attempt=command.attempt,
                    amount=command.amount,
                    reference=command.reference,
                )
            ]
        case "captured":
            request = CaptureRequest(shipment_id=command.shipment_id, attempt=command.attempt)
            return [
                LatePaymentReceived(
                    order_id=command.order_id, request=request, amount=command.amount, reference=command.reference
                )
            ]


def record_failure(command: RecordCaptureFailure, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The provider could not take the share. Of an earlier attempt, or once it was taken, this is old news."""
    asked = asked_for(payment, command.shipment_id)
    ask_asked(asked.attempt, command.attempt)
    match asked.standing:
        case "captured" | "failed" | "written_off":
            return []
        case "requested" | "unanswered":
            if command.attempt < asked.attempt:
                return []
            return [
                CaptureFailed(
                    order_id=command.order_id,
                    shipment_id=command.shipment_id,
                    attempt=command.attempt,
                    amount=asked.amount,
                    reason=told(command.reason),
                )
            ]


def retry(command: RetryCapture, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The share is asked for once more, under the authorization that is there now."""
    asked = asked_for(payment, command.shipment_id)
    if command.attempt <= asked.attempt:
        return []
    match asked.standing:
        case "requested" | "unanswered":
            raise Refused(STILL_WAITING)
        case "captured":
            raise Refused("This has been captured meanwhile.")
        case "written_off":
            raise Refused("This capture was written off.")
        case "failed":
            authorized = authorization(payment)
            if not fits(asked, authorized):
                raise Refused("{amount} is no longer held on the card.", amount=asked.amount)
            return [
                CaptureRequested(
                    order_id=command.order_id,
                    shipment_id=command.shipment_id,
                    authorization=authorized.attempt,
                    attempt=command.attempt,
                    amount=asked.amount,
                )
            ]


def fits(asked: Capture, authorized: Authorized) -> bool:
    """Whether enough is held for a share that failed; one that was asked for under this authorization has its part."""
    others = authorized.ledger.committed(authorized.attempt)
    return asked.authorization == authorized.attempt or (others + asked.amount).cents <= authorized.amount.cents


def write_off(command: WriteOffCapture, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """Nobody tries any more to get the share of a shipment that has left."""
    ask_reason(command.reason)
    asked = asked_for(payment, command.shipment_id)
    match asked.standing:
        case "requested" | "unanswered":
            raise Refused(STILL_WAITING)
        case "captured":
            raise Refused("This has been captured meanwhile.")
        case "written_off":
            return []
        case "failed":
            return [
                CaptureWrittenOff(
                    order_id=command.order_id,
                    shipment_id=command.shipment_id,
                    amount=asked.amount,
                    reason=command.reason,
                )
            ]


def asked_for(payment: Payment, shipment_id: UUID) -> Capture:
    """The capture for a shipment; Refused where nobody asked for one."""
    try:
        return payment.ledger.captures[shipment_id]
    except KeyError:
        raise Refused(NOT_ASKED) from None


def evolve(payment: Payment, event: Happening) -> Payment:
    """The payment after an event."""
    ledger = payment.ledger
    match event:
        case CaptureRequested(shipment_id=shipment_id):
            asked = Capture(
                authorization=event.authorization, attempt=event.attempt, amount=event.amount, standing="requested"
            )
            ledger = replace(ledger, captures=ledger.captures | {shipment_id: asked})
        case PaymentCaptured(shipment_id=shipment_id):
            taken = ledger.captures[shipment_id].taken | {event.attempt}
            ledger = ledger.with_capture(shipment_id, standing="captured", taken=taken)
        case CaptureFailed(shipment_id=shipment_id):
            ledger = ledger.with_failure(shipment_id, event.amount)
        case CaptureWrittenOff(shipment_id=shipment_id):
            ledger = ledger.with_capture(shipment_id, standing="written_off")
    return replace(payment, ledger=ledger)
