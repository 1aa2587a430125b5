"""The desk of a payment provider, for tests of whoever enters a card there; no money moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.test import Client

from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.port import CardPage, EnteredCard
from orders.systems.payment_provider.stripe_account import Account, Stripe
from tests.connections import connected

VISA = ("cus_1:pm_1", "visa", "4242")


class Desk:
    """The provider's desk: one page for each key, and what was entered there; or it has its troubles."""

    def __init__(self) -> None:
        self.pages: dict[str, EnteredCard] = {}
        self.keys: dict[str, str] = {}
        self.opened: list[tuple[str, str, tuple[str, str]]] = []
        self.trouble: Exception | None = None

    def open(self, customer_id: UUID, email: str, kept_with: str, back: tuple[str, str], key: str) -> CardPage:
        """The same page under the same key."""
        self.suffer()
        self.opened.append((email, kept_with, back))
        name = self.keys.setdefault(key, f"cs_{len(self.keys) + 1}")
        self.pages.setdefault(name, EnteredCard(str(customer_id), "open"))
        return CardPage(name, f"https://pay.example.com/{name}")

    def entered(self, page: str) -> EnteredCard | None:
        """As it is now."""
        self.suffer()
        return self.pages.get(page)

    def enter(self, page: str, card: tuple[str, str, str] = VISA) -> None:
        """Somebody has entered a card."""
        self.pages[page] = EnteredCard(self.pages[page].customer_id, "entered", *card)

    def suffer(self) -> None:
        """Raise what troubles it."""
        if self.trouble:
            raise self.trouble


@contextmanager
def at_the_desk() -> Iterator[Desk]:
    """A shop that is connected to a payment provider, and the provider's desk; the rest of it does not answer."""
    desk = Desk()
    with connected([PaymentBorder(Stripe(Account("http://127.0.0.1:1", "sk_test_1")), desk)]):
        yield desk


def keep_card(client: Client, card: tuple[str, str, str] = VISA) -> None:
    """The customer has entered a card since they signed in."""
    session = client.session
    session["cards"] = [*session.get("cards", ()), list(card)]
    session.save()
