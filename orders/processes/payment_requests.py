"""What is asked of the payment provider."""

from uuid import UUID

from eventstore.messages import Message, Request
from orders.domain.money import Money

SYSTEM = "payment_provider"


class HoldAmount(Request):
    """Hold an amount on the card, until it is taken or released."""

    order_id: UUID
    attempt: int
    amount: Money
    card: str


class ReleaseAmount(Request):
    """Hold it no longer. `intent` is the provider's name for what it holds, where we know it."""

    order_id: UUID
    attempt: int
    intent: str | None


class TakeAmount(Request):
    """Take a shipment's share of what is held."""

    order_id: UUID
    shipment_id: UUID
    attempt: int
    amount: Money
    intent: str


class Source(Message):
    """So much is to go back of what was taken under an intent."""

    intent: str
    amount: Money


class GiveAmountBack(Request):
    """Give an amount back, to the card that it was taken from."""

    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    sources: tuple[Source, ...]


class LookInto(Request):
    """Say what has become of all that was asked for an order."""

    order_id: UUID
