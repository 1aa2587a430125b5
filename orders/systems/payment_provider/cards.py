"""Cards: customers enter them on a page of the payment provider's. We know its names for them, never their numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from eventstore.effects import NotSent, Unanswered, systems
from eventstore.effects.at_once import at_once
from orders.processes.payment_requests import SYSTEM
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.port import CardDesk, CardPage, DeskClosed, EnteredCard

BRANDS = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}


class NoAnswer(Exception):
    """The payment provider cannot be asked now, or has not answered."""


class SavedCard(NamedTuple):
    """A card that is kept with the payment provider: its name there, and what its owner calls it."""

    name: str
    brand: str
    last_digits: str

    @property
    def label(self) -> str:
        """The card in words, in the language of whoever reads them."""
        brand = BRANDS.get(self.brand) or self.brand.replace("_", " ").title() or _("Card")
        return _("%(brand)s ending in %(digits)s") % {"brand": brand, "digits": self.last_digits or "…"}

    @property
    def kept_with(self) -> str:
        """The name under which the provider keeps this customer's cards; empty where it keeps this one alone."""
        return self.name.rpartition(":")[0]


def is_connected() -> bool:
    """Whether a payment provider charges cards for us."""
    return SYSTEM in systems()


def card_page(customer_id: UUID, email: str, kept_with: str, back: tuple[str, str], key: str) -> CardPage:
    """A page for a customer on which they enter a card, the same under the same key. NoAnswer."""
    with asking() as desk:
        return desk.open(customer_id, email, kept_with, back, key)


def card_entered(page: str) -> EnteredCard | None:
    """What has become of such a page; None where there is none of that name. NoAnswer."""
    with asking() as desk:
        return desk.entered(page)


@contextmanager
def asking() -> Iterator[CardDesk]:
    """The payment provider's desk, which is asked at once."""
    border = systems()[SYSTEM]
    assert isinstance(border, PaymentBorder)
    try:
        with at_once(SYSTEM):
            yield border.desk
    except (NotSent, Unanswered, DeskClosed) as error:
        raise NoAnswer from error
