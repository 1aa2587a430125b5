"""Stripe Checkout in setup mode: a page of Stripe's on which a customer enters a card, whose number we never see."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import stripe

from orders.systems.payment_provider.port import CardPage, DeskClosed, EnteredCard
from orders.systems.payment_provider.stripe_account import Account, client, words

SECONDS = 5.0  # for which somebody is ready to look at a screen that does not change
MISSING = "resource_missing"
PAGE = "{CHECKOUT_SESSION_ID}"

logger = logging.getLogger(__name__)


class Checkout:
    """The card desk. Nothing is tried again here: whoever waits does that, or pays in another way."""

    def __init__(self, account: Account) -> None:
        patience = min(account.seconds, SECONDS)
        self.sessions_api: Any = client(account._replace(seconds=patience)).v1.checkout.sessions

    def open(self, customer_id: UUID, email: str, kept_with: str, back: tuple[str, str], key: str) -> CardPage:
        """A Checkout Session; its card is kept with the Customer that Stripe knows, or makes."""
        asked: dict[str, Any] = {
            "mode": "setup",
            "allowed_payment_method_types": ["card"],
            "client_reference_id": str(customer_id),
            "success_url": f"{back[0]}{PAGE}",
            "cancel_url": back[1],
        }
        known = {"customer": kept_with} if kept_with else {"customer_creation": "always", "customer_email": email}
        with words(), refusals():
            made = self.sessions_api.create(asked | known, {"idempotency_key": key}).to_dict()
            return CardPage(made["id"], made["url"])

    def entered(self, page: str) -> EnteredCard | None:
        """A Checkout Session as it is now."""
        try:
            with words(), refusals():
                found = self.sessions_api.retrieve(page, {"expand": ["setup_intent.payment_method"]}).to_dict()
                return entered_card(found)
        except DeskClosed as closed:
            if getattr(closed.__cause__, "code", None) == MISSING:
                return None
            raise


@contextmanager
def refusals() -> Iterator[None]:
    """What Stripe says no to is no fault of whoever waits: it is logged for others to look at."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.AuthenticationError, stripe.PermissionError) as no:
        if no.code != MISSING:
            logger.error("Stripe's desk is closed: %s, %s", type(no).__name__, no.code)
        raise DeskClosed(no.code or "") from no


def entered_card(found: Mapping[str, Any]) -> EnteredCard:
    """What a Checkout Session says of a card."""
    whose = found["client_reference_id"] or ""
    if found["status"] == "expired":
        return EnteredCard(whose, "expired")
    setup = found["setup_intent"] or {}
    if found["status"] != "complete" or setup.get("status") != "succeeded":
        return EnteredCard(whose, "open")
    method, card = setup["payment_method"], setup["payment_method"].get("card") or {}
    name = f"{found['customer']}:{method['id']}" if found["customer"] else method["id"]
    return EnteredCard(whose, "entered", name, card.get("brand", ""), card.get("last4", ""))
