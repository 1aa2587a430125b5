"""Replacing: a customer whose card was declined pays with another one."""

from uuid import UUID

from eventstore.messages import OWNER, Command, Event, Refused
from orders.domain.card import ask_card
from orders.domain.payment.authorizing import PaymentRequested
from orders.domain.payment.provider import BY_INVOICE, STILL_WAITING
from orders.domain.payment.states import (
    Authorized,
    Declined,
    Expired,
    OnAccount,
    Payment,
    Requested,
    Unanswered,
    Unrequested,
    Voided,
)


class PayWithAnotherCard(Command):
    """`card` is the payment provider's name for the other card, and never its number."""

    sent_by = frozenset({OWNER})
    looked_up = frozenset({"customer_id"})

    order_id: UUID
    customer_id: UUID
    card: str


class CardReplaced(Event):
    order_id: UUID
    card: str
    attempt: int


type Message = PayWithAnotherCard
type Happening = CardReplaced


def decide(command: Message, payment: Payment) -> list[CardReplaced | PaymentRequested]:
    """What comes of a command: the next attempt asks the other card for the same amount."""
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
            raise Refused("Nothing is to be paid any more.")
        case Declined(attempt=attempt, amount=amount):
            ask_card(command.card)
            order_id, attempt = command.order_id, attempt + 1
            replaced = CardReplaced(order_id=order_id, card=command.card, attempt=attempt)
            return [replaced, PaymentRequested(order_id=order_id, attempt=attempt, amount=amount)]
