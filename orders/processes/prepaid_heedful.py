"""Fulfilment, prepaid (third version): early answers count, who holds an order releases it, what has left is paid."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from eventstore.process import CommandRefused, DeadlineReached, Do, Send, Wait
from orders.domain import order, payment
from orders.processes import prepaid, prepaid_in_full
from orders.processes.prepaid import (
    AUTHORIZATION,
    NOT_HELD,
    PATIENCE,
    Authorizing,
    Fulfilling,
    Prepaid,
    Reserving,
    Wanted,
    capture,
    initial,
    planned,
)

__all__ = ["evolve", "initial", "react"]


def evolve(state: Prepaid, event: Wanted) -> Prepaid:
    """As before, and what the customer has said is remembered until there is something to send."""
    after = prepaid.evolve(state, event)
    if isinstance(state, Fulfilling) and isinstance(after, Fulfilling):
        return replace(after, attempt=state.attempt + 1, renewing=True) if to_ask_anew(state, event) else after
    if not isinstance(state, Reserving | Authorizing):
        return after
    split = event.answer == "take_what_is_there" if isinstance(event, order.BackorderAnswered) else state.split
    match after:
        case Reserving() | Authorizing():
            return replace(after, split=split)
        case Fulfilling():
            return planned(replace(after, split=split))
        case _:
            return after


def to_ask_anew(state: Fulfilling, event: Wanted) -> bool:
    """Whether a card is to hold what is still to be paid, although all has left."""
    match event:
        case payment.AuthorizationExpired(attempt=state.attempt) | DeadlineReached(name="renewal"):
            return not state.renewing and state.goods.sent_all and bool(state.goods.to_pay(state.settled))
        case _:
            return False


def react(before: Prepaid, event: Wanted, after: Prepaid, at: datetime) -> list[Do]:
    """As before, but for when the half hour begins, what others hold, and goods that have left without their money."""
    todo = [for_our_reason(each) for each in prepaid_in_full.react(before, event, after, at)]
    match after:
        case Authorizing():
            return [*(each for each in todo if not isinstance(each, Wait)), *half_an_hour(event, at)]
        case Fulfilling(unpaid=True) if isinstance(event, payment.PaymentDeclined):
            return [*(each for each in todo if not held_in_vain(each, after)), *failing(after)]
        case _:
            return todo


def half_an_hour(event: Wanted, at: datetime) -> Iterator[Do]:
    """A card has so long to answer from when it was asked, and not from when it was to be; or could not be, for now."""
    match event:
        case payment.PaymentRequested(attempt=1) | CommandRefused(name="RequestPayment"):
            yield Wait(AUTHORIZATION, at + PATIENCE)
        case _:
            pass


def for_our_reason(do: Do) -> Do:
    """An order is released only where it was held for its card."""
    match do:
        case Send(command=order.ReleaseOrder() as release):
            return Send(replace(release, held_because=NOT_HELD))
        case _:
            return do


def held_in_vain(do: Do, after: Fulfilling) -> bool:
    """Whether an order is held of which nothing is left to be held back."""
    return isinstance(do, Send) and isinstance(do.command, order.HoldOrder) and after.goods.sent_all


def failing(after: Fulfilling) -> Iterator[Do]:
    """The shares of what has left are asked for of a card that says no: as captures that failed, somebody sees them."""
    goods = after.goods
    yield from (Send(capture(goods, shipment_id)) for shipment_id in sorted(goods.to_pay(after.settled)))
