"""Charging, as it is run now: of a refund that failed it knows what went, and it looks once until it is answered."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from eventstore.process import Ask, CommandSkipped, DeadlineReached, Do, RequestAnswered, Send, Wait
from orders.domain import payment
from orders.domain.money import total
from orders.processes import charging
from orders.processes.charging import PAUSE, Asking, Charging, Quiet, Unbegun, Wanted, initial
from orders.processes.payment_requests import SYSTEM, LookInto, Source

__all__ = ["evolve", "initial", "react"]

LOOK = "look"


def evolve(state: Charging, event: Wanted) -> Charging:
    """As before, and it is remembered what has gone of a refund that failed, and which looks have no answer yet."""
    after = with_pieces(state, event)
    if isinstance(state, Unbegun) or isinstance(after, Unbegun):
        return after
    return replace(after, looks=max(state.looks + has_to_look(state, event) - is_answer(event), 0))


def with_pieces(state: Charging, event: Wanted) -> Charging:
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
    """As before, apart from looking: what the provider has not answered is not asked a second time."""
    if is_answer(event):
        return [Wait(LOOK, at + PAUSE)] if isinstance(after, Asking) and not after.looks else []
    match event:
        case DeadlineReached(instance=instance):
            look = Ask(SYSTEM, LookInto(order_id=UUID(instance.partition(":")[2])))
            told = [each for each in charging.react(before, event, after, at) if isinstance(each, Send)]
            return [*told, look] if has_to_look(before, event) else [*told]
        case payment.RefundFailed(order_id=order_id) if has_to_look(before, event):
            return [Ask(SYSTEM, LookInto(order_id=order_id))]
        case _:
            return charging.react(before, event, after, at)


def is_answer(event: Wanted) -> bool:
    """Whether a look is over: it was answered, or a person has given it up."""
    return isinstance(event, RequestAnswered | CommandSkipped) and event.name == LookInto.__name__


def has_to_look(state: Charging, event: Wanted) -> bool:
    """Whether the provider is asked what it knows: it is silent, or says of one piece of a refund that it failed."""
    match event:
        case DeadlineReached():
            return isinstance(state, Asking) and not state.looks
        case payment.RefundFailed(gone=gone):
            return not gone and in_pieces(state, event)
        case _:
            return False


def in_pieces(state: Charging, event: payment.RefundFailed) -> bool:
    """Whether a refund was to go back to several takings."""
    return isinstance(state, Quiet | Asking) and len(state.returned.get(event.refund_id, ())) > 1
