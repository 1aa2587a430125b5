"""Replacing: a customer whose card was declined pays with another one."""

from uuid import UUID

from eventstore.messages import OWNER, Command, Event, Refused
from orders.domain.card import ask_card
from orders.domain.money import Money, total
from orders.domain.payment.authorizing import PaymentRequested
from orders.domain.payment.provider import BY_INVOICE, STILL_WAITING
from orders.domain.payment.states import (
    Authorized,
    Declined,
    Expired,
    Ledger,
    OnAccount,
    Payment,
    Requested,
    Unanswered,
    Unrequested,
    Voided,
)


class PayWithAnotherCard(Command):
    """`card` is the payment provider's name for the other card, and never its number.

    `price` is what the pieces cost that are wanted now.
    """

    sent_by = frozenset({OWNER})
    looked_up = frozenset({"customer_id", "price"})

    order_id: UUID
    customer_id: UUID
    card: str
    price: Money


class CardReplaced(Event):
    order_id: UUID
    card: str
    attempt: int


PAID = "Nothing is to be paid any more."

type Message = PayWithAnotherCard
type Happening = CardReplaced


def decide(command: Message, payment: Payment) -> list[CardReplaced | PaymentRequested]:
    """What comes of a command: the next attempt asks the other card for all that is still to be paid."""
    match payment:
        case OnAccount():
            raise Refused(BY_INVOICE)
        case Unrequested():
            raise Refused("Nobody has asked for this payment yet.")
        case Requested() | Unanswered():
            raise Refused(STILL_WAITING)
        case Authorized() | Expired():
            raise Refused("The card was not declined: no other one is needed.")
        case Voided():
            raise Refused(PAID)
        case Declined(attempt=attempt, ledger=ledger):
            ask_card(command.card)
            amount = still_to_pay(ledger, command.price)
            if amount.cents <= 0:
                raise Refused(PAID)
            order_id, attempt = command.order_id, attempt + 1
            replaced = CardReplaced(order_id=order_id, card=command.card, attempt=attempt)
            return [replaced, PaymentRequested(order_id=order_id, attempt=attempt, amount=amount)]


def still_to_pay(ledger: Ledger, price: Money) -> Money:
    """What a card has to hold for pieces of this price: all but what was taken, or written off."""
    settled = [each.amount for each in ledger.captures.values() if each.standing in ("captured", "written_off")]
    return price - total(settled)
