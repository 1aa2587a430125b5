"""Charging: what is to be done with a card is asked of the payment provider, which is asked again when it is silent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from eventstore.messages import Command, State
from eventstore.process import (
    Accept,
    Ask,
    CommandRefused,
    CommandSkipped,
    DeadlineReached,
    Do,
    RequestAnswered,
    Send,
    Wait,
)
from orders.domain import order, payment
from orders.domain.money import Money
from orders.domain.payment.provider import Asked, AuthorizationRequest, CaptureRequest, RefundRequest
from orders.processes.payment_requests import (
    SYSTEM,
    GiveAmountBack,
    HoldAmount,
    LookInto,
    ReleaseAmount,
    Source,
    TakeAmount,
)

SILENCE = "silence"
PATIENCE = timedelta(minutes=15)
PAUSE = timedelta(hours=1)
NOT_TAKEN = "This was not taken from the card."


class Unbegun(State):
    """Nothing has happened."""


class Card(State):
    """The card that is asked next, and what is held by each attempt, `taken` under each intent, and gone back.

    Holds and takings go by the provider's intents; `returned` by the refunds, as does what is `gone` of those that
    failed, by intent. So many `looks` have no answer yet.
    """

    card: str
    holds: dict[int, str] = {}
    taken: dict[str, Money] = {}
    returned: dict[UUID, tuple[Source, ...]] = {}
    gone: dict[UUID, dict[str, Money]] = {}
    looks: int = 0


class Quiet(Card):
    """Nothing is open between us and the payment provider."""


class Asking(Card):
    """These requests have no answer yet."""

    requests: tuple[Asked, ...] = ()


type Charging = Unbegun | Quiet | Asking
type Answer = (
    payment.PaymentAuthorized
    | payment.PaymentDeclined
    | payment.LatePaymentReceived
    | payment.PaymentCaptured
    | payment.CaptureFailed
    | payment.CaptureWrittenOff
    | payment.PaymentRefunded
    | payment.RefundFailed
    | payment.RefundWrittenOff
)
type Wanted = (
    order.OrderPlaced
    | payment.CardReplaced
    | payment.PaymentRequested
    | payment.AuthorizationVoided
    | payment.AuthorizationExpired
    | payment.CaptureRequested
    | payment.RefundRequested
    | payment.PaymentAuthorized
    | payment.PaymentDeclined
    | payment.LatePaymentReceived
    | payment.PaymentCaptured
    | payment.CaptureFailed
    | payment.CaptureWrittenOff
    | payment.PaymentRefunded
    | payment.RefundFailed
    | payment.RefundWrittenOff
    | DeadlineReached
    | CommandRefused
    | CommandSkipped
    | RequestAnswered
)

initial: Charging = Unbegun()


def evolve(state: Charging, event: Wanted) -> Charging:
    """What is known of the card after an event."""
    match state:
        case Unbegun():
            if isinstance(event, order.OrderPlaced | payment.CardReplaced) and event.card:
                return Quiet(card=event.card)
            return state
        case Quiet() | Asking():
            requests = state.requests if isinstance(state, Asking) else ()
            return with_requests(known(state, event), (*answered(requests, event), *asked(event)))


def with_requests(card: Quiet | Asking, requests: tuple[Asked, ...]) -> Charging:
    """The card, and what is open."""
    asking = Asking(card=card.card, holds=card.holds, taken=card.taken, returned=card.returned, requests=requests)
    return asking if requests else Quiet(card=card.card, holds=card.holds, taken=card.taken, returned=card.returned)


def known(card: Quiet | Asking, event: Wanted) -> Quiet | Asking:
    """The card after what an event says of its money."""
    match event:
        case payment.CardReplaced(card=another):
            return replace(card, card=another)
        case payment.PaymentAuthorized(attempt=attempt, reference=reference):
            return replace(card, holds=card.holds | {attempt: intent_of(reference)})
        case payment.LatePaymentReceived(request=AuthorizationRequest(attempt=attempt), reference=reference):
            return replace(card, holds=card.holds | {attempt: intent_of(reference)})
        case payment.PaymentCaptured() | payment.LatePaymentReceived(request=CaptureRequest()):
            intent = intent_of(event.reference)
            before = card.taken.get(intent, Money(cents=0, currency=event.amount.currency))
            return replace(card, taken=card.taken | {intent: before + event.amount})
        case payment.RefundRequested(refund_id=refund_id):
            return replace(card, returned=card.returned | {refund_id: sources(card, event)})
        case payment.RefundFailed(refund_id=refund_id):
            return replace(card, returned={key: each for key, each in card.returned.items() if key != refund_id})
        case _:
            return card


def intent_of(reference: str) -> str:
    """The provider's intent in the reference of what was held or taken under it."""
    return reference.partition("/")[0]


def sources(card: Quiet | Asking, refund: payment.RefundRequested) -> tuple[Source, ...]:
    """Of which takings an amount goes back, the first ones first."""
    others = [each for key, parts in card.returned.items() if key != refund.refund_id for each in parts]
    found, left = [], refund.amount.cents
    for intent, taken in card.taken.items():
        still = taken.cents - sum(each.amount.cents for each in others if each.intent == intent)
        part = min(left, still)
        if part > 0:
            found.append(Source(intent=intent, amount=Money(cents=part, currency=taken.currency)))
            left -= part
    return tuple(found)


def asked(event: Wanted) -> tuple[Asked, ...]:
    """What has no answer from this event on."""
    match event:
        case payment.PaymentRequested(attempt=attempt):
            return (AuthorizationRequest(attempt=attempt),)
        case payment.CaptureRequested(shipment_id=shipment_id, attempt=attempt):
            return (CaptureRequest(shipment_id=shipment_id, attempt=attempt),)
        case payment.RefundRequested(refund_id=refund_id, attempt=attempt):
            return (RefundRequest(refund_id=refund_id, attempt=attempt),)
        case _:
            return ()


def answered(requests: tuple[Asked, ...], event: Wanted) -> tuple[Asked, ...]:
    """What still has no answer after this event."""
    return tuple(each for each in requests if not answers(event, each))


def answers(event: Wanted, request: Asked) -> bool:
    """Whether an event is the end of a request."""
    match request:
        case AuthorizationRequest(attempt=attempt):
            over = payment.PaymentAuthorized | payment.PaymentDeclined | payment.AuthorizationVoided
            late = isinstance(event, payment.LatePaymentReceived) and event.request == request
            return late or (isinstance(event, over | payment.AuthorizationExpired) and event.attempt == attempt)
        case CaptureRequest(shipment_id=shipment_id):
            taken = payment.PaymentCaptured | payment.CaptureFailed | payment.CaptureWrittenOff
            return isinstance(event, taken) and event.shipment_id == shipment_id
        case RefundRequest(refund_id=refund_id):
            back = payment.PaymentRefunded | payment.RefundFailed | payment.RefundWrittenOff
            return isinstance(event, back) and event.refund_id == refund_id


def react(before: Charging, event: Wanted, after: Charging, at: datetime) -> list[Do]:
    """What is to be asked of the provider now."""
    if isinstance(after, Unbegun):
        return []
    if isinstance(event, CommandRefused):
        return [Accept()] if event.name == "RecordUnknownOutcome" else []
    if isinstance(event, DeadlineReached):
        return [*silence(event, after, at)] if isinstance(after, Asking) else []
    return [*requested(event, after), *([Wait(SILENCE, at + PATIENCE)] if asked(event) else [])]


def requested(event: Wanted, card: Quiet | Asking) -> Iterator[Do]:
    """What an event has us ask the provider for."""
    match event:
        case payment.PaymentRequested(order_id=order_id, attempt=attempt, amount=amount):
            yield Ask(SYSTEM, HoldAmount(order_id=order_id, attempt=attempt, amount=amount, card=card.card))
        case payment.AuthorizationVoided(order_id=order_id, attempt=attempt):
            intent = card.holds.get(attempt)
            yield Ask(SYSTEM, ReleaseAmount(order_id=order_id, attempt=attempt, intent=intent))
        case payment.CaptureRequested():
            yield taking(event, card)
        case payment.RefundRequested():
            yield giving_back(event, card.returned[event.refund_id])
        case _:
            pass


def taking(event: payment.CaptureRequested, card: Quiet | Asking) -> Do:
    """A share is taken of what is held."""
    return Ask(
        SYSTEM,
        TakeAmount(
            order_id=event.order_id,
            shipment_id=event.shipment_id,
            attempt=event.attempt,
            amount=event.amount,
            intent=card.holds[event.authorization],
        ),
    )


def giving_back(event: payment.RefundRequested, parts: tuple[Source, ...]) -> Do:
    """An amount goes back, where so much was taken from the card."""
    if sum(part.amount.cents for part in parts) < event.amount.cents:
        return Send(failure(event))
    return Ask(
        SYSTEM,
        GiveAmountBack(
            order_id=event.order_id,
            refund_id=event.refund_id,
            attempt=event.attempt,
            amount=event.amount,
            sources=parts,
        ),
    )


def failure(event: payment.RefundRequested) -> Command:
    """It cannot go back to the card: it has not come from there."""
    return payment.RecordRefundFailure(
        order_id=event.order_id, refund_id=event.refund_id, attempt=event.attempt, reason=NOT_TAKEN
    )


def silence(event: DeadlineReached, state: Asking, at: datetime) -> Iterator[Do]:
    """The provider has been silent for too long: it is asked what it knows, and the business is told."""
    order_id = UUID(event.instance.partition(":")[2])
    for request in state.requests:
        yield Send(payment.RecordUnknownOutcome(order_id=order_id, request=request))
    yield Ask(SYSTEM, LookInto(order_id=order_id))
    yield Wait(SILENCE, at + PAUSE)
