"""Cards: the provider's own test cards, each of which always behaves in its way."""

import re
from typing import NamedTuple

from config.sandbox.ledger import Row


class Card(NamedTuple):
    """A card: its brand, last digits, and why it is declined, if it is. `acts` says that its owner has to."""

    brand: str
    last4: str
    code: str = ""
    message: str = ""
    acts: bool = False
    multicapture: bool = True
    refund: str = "succeeded"

    @property
    def declines(self) -> bool:
        """Whether it is declined."""
        return bool(self.code)


DECLINED = "Your card was declined."

CARDS = {
    "pm_card_visa": Card("visa", "4242"),
    # An account that has no multicapture with this brand: what is not captured the first time is released.
    "pm_card_mastercard": Card("mastercard", "4444", multicapture=False),
    "pm_card_visa_chargeDeclined": Card("visa", "0002", "generic_decline", DECLINED),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card(
        "visa", "9995", "insufficient_funds", "Your card has insufficient funds."
    ),
    "pm_card_chargeDeclinedExpiredCard": Card("visa", "0069", "expired_card", "Your card has expired."),
    "pm_card_authenticationRequired": Card("visa", "3184", acts=True),
    "pm_card_pendingRefund": Card("visa", "7726", refund="pending"),
    "pm_card_refundFail": Card("visa", "5126", refund="failed"),
}


def card_named(name: str) -> Card | None:
    """The card of this name, or the one of which it is a customer's own."""
    return CARDS.get(re.sub(r"\Apm_\d{6}_", "pm_", name))


def card_of(row: Row) -> Card:
    """The card of an intent."""
    card = card_named(row["card"])
    assert card, "An intent is made with a card that is there."
    return card
