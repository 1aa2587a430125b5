"""Checkout: the page on which somebody enters a card, and the shop's part of it; here a card is chosen, not typed."""

import json
import time
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from config.sandbox.frame import Answer, Asked, as_json
from config.sandbox.ledger import Ledger, Row
from config.sandbox.payment_provider import shapes
from config.sandbox.payment_provider.cards import CARDS, card_named

A_DAY = 86_400
SCHEMA = """
CREATE TABLE IF NOT EXISTS checkout (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, status TEXT NOT NULL DEFAULT 'open',
    asked TEXT NOT NULL, customer TEXT, card TEXT
);
"""
MISSING = Answer(404, b"There is no such page.\n", "text/plain; charset=utf-8")


def answer(ledger: Ledger, method: str, name: list[str], form: Mapping[str, Any], address: str) -> Answer:
    """A Checkout Session is made, or asked about."""
    match method, name:
        case "POST", []:
            return opened(ledger, form, address)
        case "GET", [one]:
            return looked_up(ledger, one, address)
        case _:
            return MISSING


def opened(ledger: Ledger, asked: Mapping[str, Any], address: str) -> Answer:
    """A Checkout Session is made."""
    if asked["mode"] != "setup":
        return as_json(400, shapes.error("invalid_request_error", "Here cards are entered, and nothing is sold."))
    number = int(ledger.query("SELECT coalesce(max(number), 0) + 1 AS next FROM checkout")[0]["next"])
    ledger.query(
        "INSERT INTO checkout (number, id, created, asked, customer) VALUES (?, ?, ?, ?, ?)",
        (number, f"cs_test_sandbox{number:018}", int(time.time()), json.dumps(asked), asked.get("customer")),
    )
    return as_json(200, session(found(ledger, f"cs_test_sandbox{number:018}"), address))


def looked_up(ledger: Ledger, name: str, address: str) -> Answer:
    """A Checkout Session as it is."""
    row = found(ledger, name)
    if row is None:
        error = shapes.error("invalid_request_error", f"No such checkout.session: {name}", "resource_missing")
        return as_json(404, error)
    return as_json(200, session(row, address))


def found(ledger: Ledger, name: str) -> Any:
    """The row of a Checkout Session, if there is one; one that is a day old has expired."""
    until = int(time.time()) - A_DAY
    ledger.query("UPDATE checkout SET status = 'expired' WHERE status = 'open' AND created < ?", (until,))
    return next(iter(ledger.query("SELECT * FROM checkout WHERE id = ?", (name,))), None)


def close(ledger: Ledger, name: str) -> None:
    """A page that nobody has used expires."""
    ledger.query("UPDATE checkout SET status = 'expired' WHERE status = 'open' AND id = ?", (name,))


def is_kept(ledger: Ledger, card: str, customer: str | None) -> bool:
    """Whether a card may be charged for this customer: the provider's test cards always, others where they are kept."""
    query = "SELECT 1 FROM checkout WHERE card = ? AND customer = ?"
    return card in CARDS or (card_named(card) is not None and bool(ledger.query(query, (card, customer))))


def session(row: Row, address: str) -> dict[str, Any]:
    """A Checkout Session, its SetupIntent and PaymentMethod expanded."""
    asked = json.loads(row["asked"])
    return {
        "id": row["id"],
        "object": "checkout.session",
        "cancel_url": asked["cancel_url"],
        "client_reference_id": asked.get("client_reference_id"),
        "created": row["created"],
        "customer": row["customer"],
        "customer_creation": asked.get("customer_creation"),
        "customer_email": asked.get("customer_email"),
        "expires_at": row["created"] + A_DAY,
        "livemode": False,
        "mode": "setup",
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required",
        "setup_intent": setup_intent(row),
        "status": row["status"],
        "success_url": asked["success_url"],
        "url": f"{address}/checkout/{row['id']}" if row["status"] == "open" else None,
    }


def setup_intent(row: Row) -> dict[str, Any]:
    """A SetupIntent, with its PaymentMethod once there is one."""
    card = card_named(row["card"] or "")
    method = {
        "id": row["card"],
        "object": "payment_method",
        "card": {"brand": card.brand, "last4": card.last4} if card else None,
        "created": row["created"],
        "customer": row["customer"],
        "livemode": False,
        "type": "card",
    }
    return {
        "id": f"seti_sandbox{row['number']:018}",
        "object": "setup_intent",
        "created": row["created"],
        "customer": row["customer"],
        "livemode": False,
        "payment_method": method if card else None,
        "payment_method_types": ["card"],
        "status": "succeeded" if card else "requires_payment_method",
        "usage": "off_session",
    }


def page(ledger: Ledger, asked: Asked) -> Answer:
    """The page itself, and what its button does: the card is kept, and its owner goes back to the shop."""
    row = found(ledger, asked.path.removeprefix("/checkout/"))
    if row is None:
        return MISSING
    back = json.loads(row["asked"])
    card = next(iter(parse_qs(asked.body.decode()).get("card", ())), "")
    if asked.method != "POST" or row["status"] != "open" or card not in CARDS:
        return shown(row, back["cancel_url"])
    number, customer = row["number"], row["customer"] or f"cus_sandbox{row['number']:06}"
    ledger.query(
        "UPDATE checkout SET status = 'complete', customer = ?, card = ? WHERE number = ?",
        (customer, card.replace("pm_", f"pm_{number:06}_", 1), number),
    )
    address = back["success_url"].replace("{CHECKOUT_SESSION_ID}", row["id"])
    return Answer(303, b"", "text/plain", headers=(("Location", address),))


def shown(row: Row, cancel_url: str) -> Answer:
    """The page: a card to choose, or that it is over."""
    if row["status"] == "open":
        cards = "".join(
            f'<p><label><input type="radio" name="card" value="{escape(name)}" required> {escape(in_words(name))}'
            "</label></p>"
            for name in CARDS
        )
        body = f'<form method="post"><fieldset><legend>Which card?</legend>{cards}</fieldset>'
        body += "<p><button>Keep this card</button></p></form>"
    else:
        body = f"<p>This page is {'done' if row['status'] == 'complete' else 'closed'}.</p>"
    text = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Enter your card: the sandbox</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/sandbox/page.css"></head>'
        '<body class="outside"><main><p class="sandbox">Sandbox of the payment provider</p><h1>Enter your card</h1>'
        "<p>You have left the shop. The real provider would ask for a card’s number here; this stand-in has cards to"
        " choose from, each of which behaves in its own way. No money moves.</p>"
        f'{body}<p><a href="{escape(cancel_url)}">Back to the shop, without a card</a></p></main></body></html>'
    )
    # Browsers hold a form to its policy on the way back to the shop as well.
    shop = "{0.scheme}://{0.netloc}".format(urlsplit(cancel_url))
    policy = f"default-src 'none'; style-src 'self'; form-action 'self' {shop}; frame-ancestors 'none'; base-uri 'none'"
    return Answer(200, text.encode(), "text/html; charset=utf-8", headers=(("Content-Security-Policy", policy),))


def in_words(name: str) -> str:
    """A card, and how it behaves."""
    card = CARDS[name]
    what = card.message or ("Its owner is asked first." if card.acts else "")
    what = what or {"pending": "Refunds take a while.", "failed": "It takes no refund."}.get(card.refund, "It is good.")
    return f"{card.brand.title()} ending in {card.last4}. {what}"
