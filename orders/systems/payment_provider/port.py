"""What the shop wants of a payment provider, whichever it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

from eventstore.messages import Message
from orders.domain.money import Money

A_PAGE = 100  # payments that the provider lists at once

type Standing = Literal["held", "waiting", "declined", "taken", "cancelled", "expired"]


class Intent(Message):
    """What the provider has of a payment: for which order and attempt, how it stands, and which shares were taken.

    `shares` are the attempts that were taken by their shipments, and their amounts. One that was made for the share of
    a single shipment only has its `shipment_id`. What is held is held for so many `seconds`, from `told_at` on, by our
    own clock, where that was not just now.
    """

    id: str
    order_id: UUID
    attempt: int
    amount: Money
    standing: Standing
    seconds: float = 0.0
    told_at: datetime | None = None
    reason: str = ""
    shipment_id: UUID | None = None
    shares: Mapping[UUID, tuple[int, Money]] = {}


class Refund(Message):
    """What the provider has of a refund, or of the part of it that goes back under one intent."""

    id: str
    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    whole: Money
    standing: Literal["waiting", "paid", "failed"]
    reason: str = ""


class Share(NamedTuple):
    """A shipment's share of what is held for an order, in this attempt to take it."""

    order_id: UUID
    shipment_id: UUID
    attempt: int
    amount: Money


class Back(NamedTuple):
    """What is to go back in this attempt, or the part of it that goes back under one intent."""

    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    whole: Money


class Made(NamedTuple):
    """A payment that the provider has: when it was made, in seconds of the epoch, and of which order of ours."""

    at: int
    order_id: UUID | None


class Totals(NamedTuple):
    """What was taken of an order, and what went back of it, whoever has asked for that."""

    taken: Money
    back: Money


class PaymentProvider(Protocol):
    """A payment provider. Each call under the same `key` takes effect once; the outbox's errors are its errors.

    What it says no to is no error: the intent is declined, and a share or a refund comes back as a reason.
    """

    def hold(self, order_id: UUID, attempt: int, amount: Money, card: str, key: str) -> Intent:
        """Hold an amount on a card."""

    def intents(self, order_id: UUID) -> Sequence[Intent]:
        """All that there is for an order. It may take a minute until the newest are among them."""

    def made_with(self, key: str) -> Intent | None:
        """What was made under a key, if anything."""

    def release(self, intent: str, key: str) -> None:
        """Hold what is left of an intent no longer. Where nothing is held any more, that is fine."""

    def take(self, intent: str, share: Share, key: str) -> Intent | str:
        """Take a share of what is held: the intent under which it was taken, or why it could not be."""

    def taken(self, intent: str, share: Share, key: str) -> Intent | None:
        """The intent under which a share was taken, if it was."""

    def give_back(self, intent: str, back: Back, key: str) -> Refund:
        """Give back so much of what was taken under an intent. Whoever asks has looked what of it was done."""

    def refunds(self, intent: str) -> Sequence[Refund]:
        """What was given back under an intent."""

    def made(self, since: int, until: int) -> Sequence[Made]:
        """The newest payments that were made in this time, as many as A_PAGE, newest first."""

    def totals(self, order_id: UUID) -> Totals:
        """What was taken of an order, and what went back."""


class CardPage(NamedTuple):
    """A page of the provider's on which a customer enters a card: its name there, and where it is."""

    id: str
    address: str


class EnteredCard(NamedTuple):
    """What has become of such a page: whose it was, and the card, once there is one, as its owner knows it."""

    customer_id: str
    standing: Literal["open", "expired", "entered"]
    card: str = ""
    brand: str = ""
    last_digits: str = ""


class DeskClosed(Exception):
    """The provider says no to what its desk is asked: that is for whoever runs the shop to look at."""


class CardDesk(Protocol):
    """Where cards are entered. Somebody waits for each answer; its errors are the outbox's errors, and DeskClosed."""

    def open(self, customer_id: UUID, email: str, kept_with: str, back: tuple[str, str], key: str) -> CardPage:
        """A page for a customer, under whose name there their cards are kept, if any are.

        `back` is where it leads to: with a card, where the page's name is added at the end, and without one. Under the
        same key it is the same page.
        """

    def entered(self, page: str) -> EnteredCard | None:
        """What has become of a page; None where there is none of that name."""
