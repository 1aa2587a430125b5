"""Authorizing: an amount is held on the customer's card, until it is captured, given up, or the hold expires."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.roles import PROCESS, PROVIDER
from eventstore.messages import Command, Event, Refused
from orders.domain.moment import Moment
from orders.domain.money import Money
from orders.domain.payment.amount import ask_amount
from orders.domain.payment.provider import (
    BY_INVOICE,
    STILL_WAITING,
    AuthorizationRequest,
    LatePaymentReceived,
    ask_asked,
    asked_attempt,
    told,
)
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


class RequestPayment(Command):
    sent_by = frozenset({PROCESS})

    order_id: UUID
    attempt: int
    amount: Money


class RecordAuthorization(Command):
    sent_by = frozenset({PROVIDER, PROCESS})

    order_id: UUID
    attempt: int
    amount: Money
    expires_at: Moment
    reference: str


class RecordDecline(Command):
    sent_by = frozenset({PROVIDER, PROCESS})

    order_id: UUID
    attempt: int
    reason: str


class ExpireAuthorization(Command):
    sent_by = frozenset({PROVIDER, PROCESS})

    order_id: UUID
    attempt: int


class VoidAuthorization(Command):
    sent_by = frozenset({PROCESS})

    order_id: UUID
    attempt: int


class PaymentRequested(Event):
    order_id: UUID
    attempt: int
    amount: Money


class PaymentAuthorized(Event):
    order_id: UUID
    attempt: int
    amount: Money
    expires_at: Moment
    reference: str


class PaymentDeclined(Event):
    order_id: UUID
    attempt: int
    amount: Money
    reason: str


class AuthorizationExpired(Event):
    order_id: UUID
    attempt: int
    amount: Money


class AuthorizationVoided(Event):
    order_id: UUID
    attempt: int
    amount: Money


DECLINED = "The card was declined."

type Message = RequestPayment | RecordAuthorization | RecordDecline | ExpireAuthorization | VoidAuthorization
type Happening = PaymentRequested | PaymentAuthorized | PaymentDeclined | AuthorizationExpired | AuthorizationVoided


def decide(command: Message, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """What comes of a command."""
    match command:
        case RequestPayment():
            return request(command, payment)
        case RecordAuthorization():
            return record_authorization(command, payment)
        case RecordDecline():
            return record_decline(command, payment)
        case ExpireAuthorization():
            return expire(command, payment)
        case VoidAuthorization():
            return void(command, payment)


def request(command: RequestPayment, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The provider is asked to hold an amount: for the first time, or anew, which gives up what is still held."""
    ask_amount(command.amount)
    if command.attempt <= asked_attempt(payment):
        return []
    asked = PaymentRequested(order_id=command.order_id, attempt=command.attempt, amount=command.amount)
    match payment:
        case OnAccount():
            raise Refused(BY_INVOICE)
        case Requested() | Unanswered():
            raise Refused(STILL_WAITING)
        case Unrequested() | Declined() | Expired() | Voided():
            return [asked]
        case Authorized():
            given_up = VoidAuthorization(order_id=command.order_id, attempt=payment.attempt)
            return [*void(given_up, payment), asked]


def record_authorization(command: RecordAuthorization, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The provider holds the amount. It says so before, after, or between its other answers, and more than once."""
    ask_asked(asked_attempt(payment), command.attempt)
    ask_amount(command.amount)
    if command.attempt in payment.ledger.held:
        return []
    amount = wanted(payment, command.attempt)
    if amount is None:
        request = AuthorizationRequest(attempt=command.attempt)
        late = LatePaymentReceived(
            order_id=command.order_id, request=request, amount=command.amount, reference=command.reference
        )
        return [late]
    if command.amount != amount:
        raise Refused(
            "The payment provider holds {held}, and we had asked for {asked}.", held=command.amount, asked=amount
        )
    authorized = PaymentAuthorized(
        order_id=command.order_id,
        attempt=command.attempt,
        amount=amount,
        expires_at=command.expires_at,
        reference=command.reference,
    )
    return [authorized]


def record_decline(command: RecordDecline, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The provider says no. Once it has said yes to the same request, the no is an old one."""
    ask_asked(asked_attempt(payment), command.attempt)
    amount = wanted(payment, command.attempt)
    if amount is None or isinstance(payment, Declined):
        return []
    reason = told(command.reason)
    return [PaymentDeclined(order_id=command.order_id, attempt=command.attempt, amount=amount, reason=reason)]


def expire(command: ExpireAuthorization, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The amount is no longer held."""
    ask_asked(asked_attempt(payment), command.attempt)
    left = held(payment, command.attempt)
    return [AuthorizationExpired(order_id=command.order_id, attempt=command.attempt, amount=left)] if left else []


def void(command: VoidAuthorization, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """The amount is not wanted any more: what the provider answers from now on comes too late."""
    left = held(payment, command.attempt) or wanted(payment, command.attempt)
    if left is None:
        return []
    if isinstance(payment, Authorized) and command.attempt == payment.attempt and payment.ledger.capturing():
        raise Refused("A capture is under way. Wait for its outcome.")
    return [AuthorizationVoided(order_id=command.order_id, attempt=command.attempt, amount=left)]


def wanted(payment: Payment, attempt: int) -> Money | None:
    """What we still want the provider to hold in this attempt; even after it was declined, until we have given up."""
    match payment:
        case Requested() | Unanswered() | Declined():
            return payment.amount if attempt == payment.attempt else None
        case Unrequested() | Authorized() | Expired() | Voided() | OnAccount():
            return None


def held(payment: Payment, attempt: int) -> Money | None:
    """What the provider holds and we have not taken; None for nothing."""
    match payment:
        case Authorized():
            left = payment.amount - payment.ledger.captured(payment.attempt)
            if attempt == payment.attempt:
                return left if left.cents else None
        case Unrequested() | Requested() | Unanswered() | Declined() | Expired() | Voided() | OnAccount():
            pass
    return payment.ledger.unwanted.get(attempt)


def authorization(payment: Payment) -> Authorized:
    """What can be captured from; Refused with the reason where nothing can."""
    match payment:
        case OnAccount():
            raise Refused(BY_INVOICE)
        case Unrequested():
            raise Refused("Nobody has asked for this payment yet.")
        case Requested() | Unanswered():
            raise Refused(STILL_WAITING)
        case Declined():
            raise Refused(DECLINED)
        case Expired():
            raise Refused("The authorization has expired. Ask for a new one first.")
        case Voided():
            raise Refused("The authorization was given up.")
        case Authorized():
            return payment


def evolve(payment: Payment, event: Happening) -> Payment:
    """The payment after an event."""
    ledger = payment.ledger
    match event:
        case PaymentRequested():
            return Requested(attempt=event.attempt, amount=event.amount, ledger=ledger)
        case PaymentAuthorized():
            ledger = replace(ledger, held=ledger.held | {event.attempt})
            return Authorized(attempt=event.attempt, amount=event.amount, ledger=ledger, expires_at=event.expires_at)
        case PaymentDeclined():
            return Declined(attempt=event.attempt, amount=event.amount, ledger=ledger)
        case AuthorizationExpired() | AuthorizationVoided() if event.attempt in ledger.unwanted:
            unwanted = {attempt: held for attempt, held in ledger.unwanted.items() if attempt != event.attempt}
            return replace(payment, ledger=replace(ledger, unwanted=unwanted))
        case AuthorizationExpired():
            return Expired(attempt=event.attempt, amount=event.amount, ledger=ledger)
        case AuthorizationVoided():
            return Voided(attempt=event.attempt, amount=event.amount, ledger=ledger)
