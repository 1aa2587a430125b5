"""Buyers by card, for the storm: charged in two shares, given up, paid back; each gets a parcel; all by a seed."""

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
from orders.domain import payment, shipment
from orders.domain.money import Money
from orders.domain.payment.states import Capture, Payment
from orders.streams import PAYMENT, SHIPMENT
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
    """An order, its two parcels, and what its buyer is going to want; who `gives_up` does so at any look.

    The first of the parcels is packed, and is `stopped` at some of these looks.
    """

    order_id: UUID
    parcels: tuple[UUID, UUID]
    refund_id: UUID
    amount: Money
    card: str
    gives_up: random.Random | None
    share: float
    stopped: random.Random | None


def arrive(number: int, chance: random.Random) -> Iterator[Buyer]:
    """So many buyers order, and their payment is asked for."""
    customers = [*registered()]
    for turn in range(number):
        amount = Money(cents=chance.randrange(100, 20_000))
        [card] = chance.choices([*CARDS], [*CARDS.values()])
        gives_up = random.Random(chance.random()) if chance.random() < 0.3 else None
        stopped = random.Random(chance.random()) if chance.random() < 0.2 else None
        buyer = Buyer(uuid7(), (uuid7(), uuid7()), uuid7(), amount, card, gives_up, chance.random(), stopped)
        placed = factories.OrderPlaced.build(
            order_id=buyer.order_id, customer_id=customers[turn % len(customers)], total=amount, card=card
        )
        log.append([log.New(f"order-{buyer.order_id}", [placed])], METADATA)
        send(payment.RequestPayment(order_id=buyer.order_id, attempt=1, amount=amount))
        yield buyer


def registered() -> Iterator[UUID]:
    """Some customers."""
    for _ in range(10):
        known = factories.CustomerRegistered.build(customer_id=uuid7())
        log.append([log.New(f"customer-{known.customer_id}", [known])], METADATA)
        yield known.customer_id


def payment_of(buyer: Buyer) -> Payment:
    """How a buyer's payment stands."""
    state: Payment = load(PAYMENT, f"{PAYMENT.name}-{buyer.order_id}").state
    return state


def parcel_of(buyer: Buyer) -> shipment.Shipment:
    """How a buyer's first parcel stands."""
    state: shipment.Shipment = load(SHIPMENT, f"{SHIPMENT.name}-{buyer.parcels[0]}").state
    return state


def act(buyer: Buyer) -> bool:
    """What the shop wants next of a payment and a parcel; whether there is anything still to come."""
    state, parcel = payment_of(buyer), parcel_of(buyer)
    todo = [*wishes(buyer, state), *handled(buyer, state, parcel)]
    for command in todo:
        # Where the provider's answer was faster, the next look says what is to be done then.
        with suppress(Refused, Conflict):
            send(command)
    return bool(todo) or not is_paid(state) or isinstance(parcel, shipment.Packed)


def is_paid(state: Payment) -> bool:
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
    first = Money(cents=buyer.amount.cents * 3 // 5, currency=buyer.amount.currency)
    for parcel, share in zip(buyer.parcels, (first, buyer.amount - first), strict=True):
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


def handled(buyer: Buyer, state: Payment, parcel: shipment.Shipment) -> Iterator[Command]:
    """The warehouse packs what is paid for; now and then it is told to stop."""
    shipment_id = buyer.parcels[0]
    match parcel:
        case shipment.Unplanned() if isinstance(state, payment.Authorized):
            yield shipment.PlanShipment(shipment_id=shipment_id, order_id=buyer.order_id, pieces={"MUG-035": 1})
            yield shipment.StartPicking(shipment_id=shipment_id)
            yield shipment.RecordPick(shipment_id=shipment_id, sku="MUG-035", quantity=1)
            yield shipment.PackShipment(shipment_id=shipment_id, grams=900)
        case shipment.Packed() | shipment.Labelled() if buyer.stopped and buyer.stopped.random() < 0.4:
            yield shipment.CancelShipment(shipment_id=shipment_id, reason="It is not wanted any more.")
        case _:
            pass
