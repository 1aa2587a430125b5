"""Charging, as it is run now: the pieces of a refund that went back are gone, although the others could not go."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Ask, Do
from orders.domain import payment
from orders.domain.money import total
from orders.processes import charging
from orders.processes.charging import SYSTEM, Asking, Charging, LookInto, Quiet, Source, Wanted, initial

__all__ = ["evolve", "initial", "react"]


def evolve(state: Charging, event: Wanted) -> Charging:
    """As before, and of a refund that failed what has gone is remembered."""
    after = charging.evolve(state, event)
    if isinstance(state, Quiet | Asking) and isinstance(after, Quiet | Asking):
        match event:
            case payment.RefundRequested(refund_id=refund_id):
                return replace(after, returned=after.returned | {refund_id: sources(state, event)})
            case payment.RefundFailed(refund_id=refund_id, gone=gone) if gone:
                parts = tuple(Source(intent=intent, amount=amount) for intent, amount in gone.items())
                return replace(after, returned=after.returned | {refund_id: parts})
    return after


def sources(card: Quiet | Asking, refund: payment.RefundRequested) -> tuple[Source, ...]:
    """Of which takings an amount goes back: what has gone of it before, and the rest from where none of it has."""
    gone = card.returned.get(refund.refund_id, ())
    elsewhere = {key: taken for key, taken in card.taken.items() if key not in {part.intent for part in gone}}
    rest = refund.amount - total((part.amount for part in gone), refund.amount.currency)
    return (*gone, *charging.sources(replace(card, taken=elsewhere), replace(refund, amount=rest)))


def react(before: Charging, event: Wanted, after: Charging, at: datetime) -> list[Do]:
    """As before, and who says that a piece could not go back is asked about the others, unless they have said it."""
    if isinstance(event, payment.RefundFailed) and not event.gone and in_pieces(before, event):
        return [Ask(SYSTEM, LookInto(order_id=event.order_id))]
    return charging.react(before, event, after, at)


def in_pieces(state: Charging, event: payment.RefundFailed) -> bool:
    """Whether a refund was to go back to several takings."""
    return isinstance(state, Quiet | Asking) and len(state.returned.get(event.refund_id, ())) > 1
