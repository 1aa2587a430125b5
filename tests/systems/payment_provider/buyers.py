"""Buyers by card, for the storm: their orders are paid, captured in two shares, given up, or paid back, by a seed."""

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from eventstore import log
from eventstore.dispatch import load
from eventstore.errors import Conflict
from eventstore.messages import Command, Refused
from orders.domain import payment
from orders.domain.money import Money, allocate
from orders.domain.payment.states import Capture, Payment
from orders.streams import PAYMENT
from tests import factories
from tests.shop import send

CARDS = {
    "pm_card_visa": 8,
    "pm_card_mastercard": 4,
    "pm_card_visa_chargeDeclined": 1,
    "pm_card_pendingRefund": 1,
    "pm_card_authenticationRequired": 1,
    "pm_card_refundFail": 1,
}
METADATA = log.Metadata("tests", correlation=uuid7())
OPEN = ("requested", "unanswered")


class Buyer(NamedTuple):
    """An order, its two parcels, and what its buyer is going to want; who `gives_up` does so at any look."""

    order_id: UUID
    parcels: tuple[UUID, UUID]
    refund_id: UUID
    amount: Money
    card: str
    gives_up: random.Random | None
    share: float


def arrive(number: int, chance: random.Random) -> Iterator[Buyer]:
    """So many buyers order, and their payment is asked for."""
    for _ in range(number):
        amount = Money(cents=chance.randrange(100, 20_000))
        [card] = chance.choices([*CARDS], [*CARDS.values()])
        gives_up = random.Random(chance.random()) if chance.random() < 0.3 else None
        buyer = Buyer(uuid7(), (uuid7(), uuid7()), uuid7(), amount, card, gives_up, chance.random())
        placed = factories.OrderPlaced.build(order_id=buyer.order_id, total=amount, card=card)
        log.append([log.New(f"order-{buyer.order_id}", [placed])], METADATA)
        send(payment.RequestPayment(order_id=buyer.order_id, attempt=1, amount=amount))
        yield buyer


def state_of(buyer: Buyer) -> Payment:
    """How a buyer's payment stands."""
    state: Payment = load(PAYMENT, f"{PAYMENT.name}-{buyer.order_id}").state
    return state


def act(buyer: Buyer) -> bool:
    """What the shop wants of a payment next, if it is not over; whether there is anything still to come."""
    state = state_of(buyer)
    todo = [*wishes(buyer, state)]
    for command in todo:
        # Where the provider's answer was faster, the next look says what is to be done then.
        with suppress(Refused, Conflict):
            send(command)
    return bool(todo) or not is_over(buyer, state)


def is_over(buyer: Buyer, state: Payment) -> bool:
    """Whether nothing of a payment waits for the provider."""
    ledger = state.ledger
    captures = any(each.standing in OPEN for each in ledger.captures.values())
    refunds = any(each.standing in OPEN for each in ledger.refunds.values())
    waits = captures or refunds or isinstance(state, payment.Requested | payment.Unanswered)
    return not waits and not ledger.unwanted


def wishes(buyer: Buyer, state: Payment) -> Iterator[Command]:
    """What is to be done now."""
    match state:
        case payment.Requested() | payment.Unanswered() if buyer.gives_up and buyer.gives_up.random() < 0.4:
            yield payment.VoidAuthorization(order_id=buyer.order_id, attempt=state.attempt)
        case payment.Authorized():
            yield from captures(buyer, state)
        case _:
            pass
    yield from returns(buyer, state)


def captures(buyer: Buyer, state: payment.Authorized) -> Iterator[Command]:
    """A share after the other; one that failed is tried again, and written off in the end."""
    for parcel, share in zip(buyer.parcels, allocate(buyer.amount, [3, 2]), strict=True):
        known: Capture | None = state.ledger.captures.get(parcel)
        if known is None:
            yield payment.CapturePayment(order_id=buyer.order_id, shipment_id=parcel, amount=share)
            return
        if known.standing == "failed":
            yield retried(buyer, parcel, known)
        if known.standing in OPEN:
            return


def retried(buyer: Buyer, parcel: UUID, known: Capture) -> Command:
    """A share that failed, once more."""
    if known.attempt < 3:
        return payment.RetryCapture(order_id=buyer.order_id, shipment_id=parcel, attempt=known.attempt + 1)
    return payment.WriteOffCapture(order_id=buyer.order_id, shipment_id=parcel, reason="It is no use.")


def returns(buyer: Buyer, state: Payment) -> Iterator[Command]:
    """Some buyers get something back, once both shares are taken."""
    taken = [each for each in state.ledger.captures.values() if each.standing == "captured"]
    known = state.ledger.refunds.get(buyer.refund_id)
    if len(taken) == 2 and known is None and buyer.share < 0.5:
        cents = max(1, int(buyer.amount.cents * buyer.share * 2))
        amount = Money(cents=cents)
        yield payment.RefundPayment(
            order_id=buyer.order_id, refund_id=buyer.refund_id, amount=amount, reason="It does not fit."
        )
    if known is not None and known.standing == "failed":
        if known.attempt < 3:
            yield payment.RetryRefund(order_id=buyer.order_id, refund_id=buyer.refund_id, attempt=known.attempt + 1)
        else:
            yield payment.WriteOffRefund(
                order_id=buyer.order_id, refund_id=buyer.refund_id, reason="It was paid in cash."
            )
