"""Charging, as it is run now: what a refund comes from is kept for it, and what has gone of it is not forgotten."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Do, Send, Wait
from orders.domain import payment
from orders.domain.money import Money, total
from orders.processes import charging, charging_heedful
from orders.processes.charging import PATIENCE, SILENCE, Asking, Charging, Quiet, Wanted, initial
from orders.processes.payment_requests import Source

__all__ = ["evolve", "initial", "react"]


def evolve(state: Charging, event: Wanted) -> Charging:
    """As before, but what a refund was to come from is kept for it until it has gone, or is written off."""
    after = charging_heedful.evolve(state, event)
    if not (isinstance(state, Quiet | Asking) and isinstance(after, Quiet | Asking)):
        return after
    match event:
        case payment.RefundRequested(refund_id=refund_id):
            return replace(after, gone=state.gone, returned=after.returned | {refund_id: sources(state, event)})
        case payment.RefundFailed(refund_id=refund_id, gone=gone):
            return replace(after, gone=state.gone | {refund_id: gone}, returned=state.returned)
        case payment.RefundWrittenOff(refund_id=refund_id):
            parts = parts_of(state.gone.get(refund_id, {}))
            return replace(after, gone=state.gone, returned=after.returned | {refund_id: parts})
        case _:
            return replace(after, gone=state.gone)


def sources(card: Quiet | Asking, refund: payment.RefundRequested) -> tuple[Source, ...]:
    """Of which takings an amount goes back: as in the attempt before, and what is lacking from all the rest."""
    kept = card.returned.get(refund.refund_id, ())
    before = by_intent(kept)
    left = {intent: taken - before[intent] if intent in before else taken for intent, taken in card.taken.items()}
    rest = refund.amount - total(before.values(), refund.amount.currency)
    return (*kept, *charging.sources(replace(card, taken=left), replace(refund, amount=rest)))


def parts_of(amounts: dict[str, Money]) -> tuple[Source, ...]:
    """So much under each intent."""
    return tuple(Source(intent=intent, amount=amount) for intent, amount in amounts.items())


def by_intent(parts: Iterable[Source]) -> dict[str, Money]:
    """How much it is under each intent."""
    sums: dict[str, Money] = {}
    for part in parts:
        sums[part.intent] = sums[part.intent] + part.amount if part.intent in sums else part.amount
    return sums


def react(before: Charging, event: Wanted, after: Charging, at: datetime) -> list[Do]:
    """As before, but a refund that cannot go back says what has gone of it."""
    match after, event:
        case Quiet() | Asking(), payment.RefundRequested():
            return [giving_back(event, after), Wait(SILENCE, at + PATIENCE)]
        case _:
            return charging_heedful.react(before, event, after, at)


def giving_back(event: payment.RefundRequested, card: Quiet | Asking) -> Do:
    """An amount goes back, each intent once; or not, and what has gone of it before has gone all the same."""
    todo = charging.giving_back(event, parts_of(by_intent(card.returned[event.refund_id])))
    return Send(replace(todo.command, gone=card.gone.get(event.refund_id, {}))) if isinstance(todo, Send) else todo
