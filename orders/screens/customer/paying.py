"""How a customer can pay: with a card that they have entered, with another one, or by invoice."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from orders.domain.order import PaymentTerms
from orders.screens.task import person
from orders.systems.payment_provider.cards import SavedCard, card_page, is_connected
from orders.systems.payment_provider.port import EnteredCard

ON_ACCOUNT = ("on_account", _("On account, within 14 days of the invoice"))
BY_CARD = ("prepaid", _("By card"))
WITH_CARD = "prepaid-"
NEW_CARD = "new_card"


class Payment(NamedTuple):
    """What an order says of its payment."""

    terms: PaymentTerms
    card: str | None


PAYMENT_TERMS = [BY_CARD, ON_ACCOUNT]


def kept_cards(request: HttpRequest) -> list[SavedCard]:
    """The cards that somebody has entered since they signed in."""
    return [SavedCard(*each) for each in request.session.get("cards", ())]


def ways_to_pay(request: HttpRequest) -> list[tuple[str, Any]]:
    """The ways to choose from; without a payment provider, somebody else sees to the card."""
    if not is_connected():
        return [BY_CARD, ON_ACCOUNT]
    cards = kept_cards(request)
    new = _("By card: another one, which you enter next") if cards else _("By card: you enter it next")
    return [*((f"{WITH_CARD}{card.name}", _by_card(card.label)) for card in cards), (NEW_CARD, new), ON_ACCOUNT]


def is_answered(request: HttpRequest) -> bool:
    """Whether somebody has said how they pay, and still can."""
    way = request.session.get("payment")
    return way != NEW_CARD and way in dict(ways_to_pay(request))


def payment_of(way: str) -> Payment:
    """What an order says that is paid in this way."""
    if way.startswith(WITH_CARD):
        return Payment("prepaid", way.removeprefix(WITH_CARD))
    return Payment("on_account" if way == "on_account" else "prepaid", None)


def way_of(terms: PaymentTerms, card: str | None) -> str:
    """The way in which an order is paid that says so."""
    return f"{WITH_CARD}{card}" if card else terms


def in_words(request: HttpRequest, terms: PaymentTerms, card: str | None) -> Any:
    """How an order is paid, for the person who pays it."""
    return dict([*ways_to_pay(request), BY_CARD, ON_ACCOUNT]).get(way_of(terms, card), BY_CARD[1])


def ask_anew(request: HttpRequest) -> None:
    """Whoever is asked how they pay gets a page of their own to enter a card, however often they press the button."""
    request.session["card_key"] = str(uuid7())


def open_card_page(request: HttpRequest) -> None:
    """Have the payment provider make a page on which this person enters a card. NoAnswer."""
    if "card_key" not in request.session:
        ask_anew(request)
    customer = person(request)
    back = (
        request.build_absolute_uri(f"{reverse('orders:card_entered')}?page="),
        request.build_absolute_uri(f"{reverse('orders:place_order_payment')}?card=none"),
    )
    kept_with = next((card.kept_with for card in kept_cards(request) if card.kept_with), "")
    page = card_page(customer.id, customer.email, kept_with, back, request.session["card_key"])
    request.session["card_page"] = page.address


def choose(request: HttpRequest, entered: EnteredCard) -> None:
    """The card that was entered is the one that pays; it can be chosen again."""
    card = SavedCard(entered.card, entered.brand, entered.last_digits)
    others = [each for each in kept_cards(request) if each.name != card.name]
    request.session["cards"] = [list(each) for each in (*others, card)]
    request.session["payment"] = f"{WITH_CARD}{card.name}"
    for passing in ("card_key", "card_page"):
        request.session.pop(passing, None)


def _by_card(label: object) -> str:
    return str(_("By card: %(card)s")) % {"card": label}
