"""The border to the payment provider: what charging asks for, asked of whichever provider there is."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from accounts.domain.roles import PROVIDER
from eventstore.dispatch import load
from eventstore.messages import Command, Request
from orders.domain import payment
from orders.domain.money import Money
from orders.domain.payment.authorizing import wanted
from orders.processes.charging import SYSTEM, GiveAmountBack, HoldAmount, LookInto, ReleaseAmount, TakeAmount
from orders.streams import PAYMENT
from orders.systems.payment_provider.port import Back, CardDesk, PaymentProvider, Refund, Share
from orders.systems.payment_provider.recording import not_taken, paid_back, recorded, refunded


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
        """An amount goes back, in as many pieces as it was taken in. Pieces that have gone are not sent again."""
        pieces = [
            self.provider.give_back(source.intent, back_of(request, source.amount), f"{key}-{source.intent}")
            for source in request.sources
        ]
        yield from whole_of(request, pieces)

    def look_into(self, order_id: UUID) -> Iterator[Command]:
        """All that the provider knows of an order."""
        pieces: dict[UUID, list[Refund]] = {}
        for intent in self.provider.intents(order_id):
            yield from recorded(intent)
            for refund in self.provider.refunds(intent.id):
                pieces.setdefault(refund.refund_id, []).append(refund)
        for found in pieces.values():
            latest = max(piece.attempt for piece in found)
            done = [piece for piece in found if piece.standing == "paid"]
            if sum(piece.amount.cents for piece in done) == found[0].whole.cents:
                last = done[-1]
                yield paid_back(order_id, last.refund_id, latest, last.whole, last.id)
            else:
                yield from (
                    told
                    for piece in found
                    if piece.attempt == latest and piece.standing == "failed"
                    for told in refunded(piece)
                )


def whole_of(request: GiveAmountBack, pieces: Sequence[Refund]) -> Iterator[Command]:
    """What the business is told of a refund, of which these are the pieces; nothing yet, where one still waits."""
    failed = [piece for piece in pieces if piece.standing == "failed"]
    if failed:
        yield payment.RecordRefundFailure(
            order_id=request.order_id, refund_id=request.refund_id, attempt=request.attempt, reason=failed[0].reason
        )
    elif all(piece.standing == "paid" for piece in pieces):
        yield paid_back(request.order_id, request.refund_id, request.attempt, request.amount, pieces[0].id)


def share_of(request: TakeAmount) -> Share:
    """The share that is asked for."""
    return Share(request.order_id, request.shipment_id, request.attempt, request.amount)


def back_of(request: GiveAmountBack, amount: Money) -> Back:
    """The piece of a refund."""
    return Back(request.order_id, request.refund_id, request.attempt, amount, request.amount)
