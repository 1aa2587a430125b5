"""The border to the payment provider: what charging asks for, asked of whichever provider there is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from accounts.domain.roles import PROVIDER
from eventstore.dispatch import load
from eventstore.messages import Command, Request
from orders.domain import payment
from orders.domain.money import Money
from orders.domain.payment.authorizing import wanted
from orders.processes.payment_requests import SYSTEM, GiveAmountBack, HoldAmount, LookInto, ReleaseAmount, TakeAmount
from orders.streams import PAYMENT
from orders.systems.payment_provider.port import Back, CardDesk, PaymentProvider, Refund, Share
from orders.systems.payment_provider.recording import not_refunded, not_taken, paid_back, recorded

OPEN = ("requested", "unanswered")


class Piece(NamedTuple):
    """What goes back of a refund under one intent."""

    intent: str
    refund: Refund


class PaymentBorder:
    """The payment provider, as the outbox asks it; customers who enter a card are sent to its desk."""

    name = SYSTEM
    role = PROVIDER
    requests: Sequence[type[Request]] = (HoldAmount, ReleaseAmount, TakeAmount, GiveAmountBack, LookInto)

    def __init__(self, provider: PaymentProvider, desk: CardDesk) -> None:
        self.provider, self.desk = provider, desk

    def ask(self, request: Request, key: UUID) -> Sequence[Command]:
        """Ask the provider; its answer, as the commands that record it."""
        match request:
            case HoldAmount():
                return [*self.hold(request, str(key))]
            case ReleaseAmount():
                self.release(request, str(key))
                return []
            case TakeAmount():
                return [*self.take(request, str(key))]
            case GiveAmountBack():
                return [*self.give_back(request, str(key))]
            case LookInto(order_id=order_id):
                return [*self.look_into(order_id)]
            case _:
                raise TypeError(f"The payment provider is not asked for {type(request).__name__}.")

    def find_out(self, request: Request, key: UUID) -> Sequence[Command] | None:
        """What became of a request. Those that look first anyway before they do anything are simply made once more."""
        match request:
            case HoldAmount():
                intent = self.provider.made_with(str(key))
            case TakeAmount():
                intent = self.provider.taken(request.intent, share_of(request), str(key))
            case _:
                return None
        return [*recorded(intent)] if intent else None

    def unknown(self, request: Request) -> Sequence[Command]:
        """Nobody knows whether the money is held, was taken, or went back."""
        match request:
            case HoldAmount(order_id=order_id):
                asked: payment.provider.Asked = payment.AuthorizationRequest(attempt=request.attempt)
            case TakeAmount(order_id=order_id):
                asked = payment.CaptureRequest(shipment_id=request.shipment_id, attempt=request.attempt)
            case GiveAmountBack(order_id=order_id):
                asked = payment.RefundRequest(refund_id=request.refund_id, attempt=request.attempt)
            case _:
                return []
        return [payment.RecordUnknownOutcome(order_id=order_id, request=asked)]

    def hold(self, request: HoldAmount, key: str) -> Iterator[Command]:
        """An amount is held, unless nobody wants it any more: it may have waited for long."""
        state = load(PAYMENT, f"{PAYMENT.name}-{request.order_id}").state
        if wanted(state, request.attempt):
            yield from recorded(
                self.provider.hold(request.order_id, request.attempt, request.amount, request.card, key)
            )

    def release(self, request: ReleaseAmount, key: str) -> None:
        """What is held for an attempt is held no longer, whatever that is."""
        if request.intent:
            self.provider.release(request.intent, key)
            return
        for intent in self.provider.intents(request.order_id):
            if intent.attempt == request.attempt and not intent.shipment_id:
                self.provider.release(intent.id, key)

    def take(self, request: TakeAmount, key: str) -> Iterator[Command]:
        """A share is taken, or it is said why not."""
        share = share_of(request)
        outcome = self.provider.take(request.intent, share, key)
        if isinstance(outcome, str):
            yield not_taken(share.order_id, share.shipment_id, share.attempt, outcome)
        else:
            yield from recorded(outcome)

    def give_back(self, request: GiveAmountBack, key: str) -> Iterator[Command]:
        """An amount goes back, in as many pieces as it was taken in. What has gone of it before is not sent again."""
        before = [
            Piece(source.intent, refund)
            for source in request.sources
            for refund in self.provider.refunds(source.intent)
            if refund.refund_id == request.refund_id and refund.standing != "failed"
        ]
        yield from whole_of([*before, *self.give_rest(request, before, key)], request.attempt)

    def give_rest(self, request: GiveAmountBack, before: Sequence[Piece], key: str) -> Iterator[Piece]:
        """What has not gone before: so much under each intent as is lacking there, and never more than in all."""
        had = by_intent(before)
        lacking = request.amount.cents - sum(had.values())
        for source in request.sources:
            part = min(source.amount.cents - had[source.intent], lacking)
            if part > 0:
                back = back_of(request, Money(cents=part, currency=request.amount.currency))
                lacking -= part
                yield Piece(source.intent, self.provider.give_back(source.intent, back, f"{key}-{source.intent}"))

    def look_into(self, order_id: UUID) -> Iterator[Command]:
        """All that the provider knows of an order."""
        pieces: dict[UUID, list[Piece]] = {}
        for intent in self.provider.intents(order_id):
            yield from recorded(intent)
            for refund in self.provider.refunds(intent.id):
                pieces.setdefault(refund.refund_id, []).append(Piece(intent.id, refund))
        for found in pieces.values():
            attempt = max(piece.refund.attempt for piece in found)
            told = [*whole_of(found, attempt)]
            yield from told or self.rest_of(found, attempt)

    def rest_of(self, pieces: Sequence[Piece], attempt: int) -> Iterator[Command]:
        """What was refused at once has left no trace: where the rest waits for nothing, that has failed."""
        known = replace(pieces[0].refund, attempt=attempt, standing="failed", reason="")
        if not is_waiting(pieces) and self.is_awaited(known):
            yield not_refunded(known, gone_of(pieces))

    def is_awaited(self, asked: Refund) -> bool:
        """Whether it is still to be said what has become of this attempt to give something back."""
        state = load(PAYMENT, f"{PAYMENT.name}-{asked.order_id}").state
        known = state.ledger.refunds.get(asked.refund_id)
        return known is not None and known.standing in OPEN and known.attempt == asked.attempt


def whole_of(pieces: Sequence[Piece], attempt: int) -> Iterator[Command]:
    """What the business is told of a refund, of which these are the pieces; nothing yet, where one still waits."""
    paid = [piece for piece in pieces if piece.refund.standing == "paid"]
    failed = [piece.refund for piece in pieces if piece.refund.standing == "failed" and piece.refund.attempt == attempt]
    known = pieces[0].refund
    if sum(piece.refund.amount.cents for piece in paid) == known.whole.cents:
        yield paid_back(known.order_id, known.refund_id, attempt, known.whole, paid[-1].refund.id)
    elif failed and not is_waiting(pieces):
        yield not_refunded(failed[0], gone_of(pieces))


def is_waiting(pieces: Sequence[Piece]) -> bool:
    """Whether one of them may still go or come back."""
    return any(piece.refund.standing == "waiting" for piece in pieces)


def gone_of(pieces: Sequence[Piece]) -> dict[str, Money]:
    """How much of them has gone, by intent."""
    paid = [piece for piece in pieces if piece.refund.standing == "paid"]
    currency = pieces[0].refund.whole.currency
    return {intent: Money(cents=cents, currency=currency) for intent, cents in by_intent(paid).items()}


def by_intent(pieces: Sequence[Piece]) -> Counter[str]:
    """How many cents it is under each intent."""
    cents: Counter[str] = Counter()
    for piece in pieces:
        cents[piece.intent] += piece.refund.amount.cents
    return cents


def share_of(request: TakeAmount) -> Share:
    """The share that is asked for."""
    return Share(request.order_id, request.shipment_id, request.attempt, request.amount)


def back_of(request: GiveAmountBack, amount: Money) -> Back:
    """The piece of a refund."""
    return Back(request.order_id, request.refund_id, request.attempt, amount, request.amount)
