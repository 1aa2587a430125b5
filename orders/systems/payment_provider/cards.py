"""Cards: those that a customer can pay with. We know the payment provider's names for them, and never their numbers."""

from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eventstore.effects import systems
from orders.processes.charging import SYSTEM

TEST_KEY = "sk_test_"


class SavedCard(NamedTuple):
    """A card that is kept with the payment provider: its name there, and what its owner calls it."""

    name: str
    label: object


# The provider's own test cards, which every account in test mode has.
TEST_CARDS = (
    SavedCard("pm_card_visa", _("Visa ending in 4242")),
    SavedCard("pm_card_mastercard", _("Mastercard ending in 4444")),
    SavedCard("pm_card_authenticationRequired", _("Visa ending in 3184, which asks its owner first")),
    SavedCard("pm_card_visa_chargeDeclinedInsufficientFunds", _("Visa ending in 9995, without cover")),
    SavedCard("pm_card_chargeDeclinedExpiredCard", _("Visa ending in 0069, which has expired")),
    SavedCard("pm_card_visa_chargeDeclined", _("Visa ending in 0002, which is declined")),
    SavedCard("pm_card_refundFail", _("Visa ending in 5126, which takes no refund")),
)


def is_connected() -> bool:
    """Whether a payment provider charges cards for us."""
    return SYSTEM in systems()


def cards() -> Sequence[SavedCard]:
    """The cards to choose from: in test mode the provider's test cards. Nobody can keep a card of their own yet."""
    return TEST_CARDS if settings.ENV["PAYMENT_PROVIDER_API_KEY"].startswith(TEST_KEY) else ()
