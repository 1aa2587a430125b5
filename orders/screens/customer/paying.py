"""How a customer can pay: with a card that they have entered, with another one, or by invoice."""

from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.sessions import read_anew
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


class Purpose(NamedTuple):
    """What a card is entered for: the pages that ask for it, lead to the provider's, and take it; and for which order.

    Two of them at the same time do not get into each other's way.
    """

    asks: str
    leads: str
    takes: str
    order_id: UUID | None = None

    def address(self, page: str) -> str:
        """The address of one of these pages."""
        return reverse(f"orders:{page}", args=[self.order_id] if self.order_id else None)

    def passing(self, name: str) -> str:
        """Under which name the session holds something until the card is there."""
        return f"{name} {self.order_id}" if self.order_id else name


ORDERING = Purpose("place_order_payment", "enter_card", "card_entered")


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


def ask_anew(request: HttpRequest, purpose: Purpose) -> None:
    """Whoever is asked for a card gets a page of their own to enter it, however often they press the button."""
    request.session[purpose.passing("card_key")] = str(uuid7())


def open_card_page(request: HttpRequest, purpose: Purpose) -> None:
    """Have the payment provider make a page on which this person enters a card. NoAnswer."""
    if purpose.passing("card_key") not in request.session:
        ask_anew(request, purpose)
        request.session.save()
    customer = person(request)
    back = (
        request.build_absolute_uri(f"{purpose.address(purpose.takes)}?page="),
        request.build_absolute_uri(f"{purpose.address(purpose.asks)}?card=none"),
    )
    kept_with = next((card.kept_with for card in kept_cards(request) if card.kept_with), "")
    try:
        page = card_page(customer.id, customer.email, kept_with, back, request.session[purpose.passing("card_key")])
    finally:
        read_anew(request.session)  # it may have taken its time
    request.session[purpose.passing("card_page")] = page.address


def keep(request: HttpRequest, entered: EnteredCard, purpose: Purpose) -> SavedCard:
    """The card that was entered is the last of those that are kept while somebody is signed in."""
    read_anew(request.session)  # the provider may have taken its time to tell us
    card = SavedCard(entered.card, entered.brand, entered.last_digits)
    others = [each for each in kept_cards(request) if each.name != card.name]
    request.session["cards"] = [list(each) for each in (*others, card)]
    for name in ("card_key", "card_page"):
        request.session.pop(purpose.passing(name), None)
    return card


def _by_card(label: object) -> str:
    return str(_("By card: %(card)s")) % {"card": label}
