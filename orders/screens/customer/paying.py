"""How a customer can pay: with one of their cards, or by invoice."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from orders.domain.order import PaymentTerms
from orders.systems.payment_provider.cards import cards, is_connected

ON_ACCOUNT = ("on_account", _("On account, within 14 days of the invoice"))
BY_CARD = ("prepaid", _("By card, now"))
WITH_CARD = "prepaid-"


class Payment(NamedTuple):
    """What an order says of its payment."""

    terms: PaymentTerms
    card: str | None


PAYMENT_TERMS = [BY_CARD, ON_ACCOUNT]


def ways_to_pay() -> list[tuple[str, Any]]:
    """The ways to choose from; without a payment provider, somebody else sees to the card."""
    if not is_connected():
        return [BY_CARD, ON_ACCOUNT]
    return [*((f"{WITH_CARD}{card.name}", _by_card(card.label)) for card in cards()), ON_ACCOUNT]


def payment_of(way: str) -> Payment:
    """What an order says that is paid in this way."""
    if way.startswith(WITH_CARD):
        return Payment("prepaid", way.removeprefix(WITH_CARD))
    return Payment("on_account" if way == "on_account" else "prepaid", None)


def way_of(terms: PaymentTerms, card: str | None) -> str:
    """The way in which an order is paid that says so."""
    return f"{WITH_CARD}{card}" if card else terms


def in_words(terms: PaymentTerms, card: str | None) -> Any:
    """How an order is paid, for the person who pays it."""
    return dict([*ways_to_pay(), BY_CARD, ON_ACCOUNT]).get(way_of(terms, card), BY_CARD[1])


def _by_card(label: object) -> str:
    return str(_("By card, now: %(card)s")) % {"card": label}
