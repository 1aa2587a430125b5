"""The shapes of Stripe's API, made of the rows of the ledger."""

import json
import time
from typing import Any

from config.sandbox.ledger import Row
from config.sandbox.payment_provider.cards import card_of

A_WEEK = 7 * 86_400
SCHEMA = """
CREATE TABLE IF NOT EXISTS intent (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL, created INTEGER NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, card TEXT NOT NULL, customer TEXT, capture_method TEXT NOT NULL, status TEXT NOT NULL,
    captured INTEGER NOT NULL DEFAULT 0, released INTEGER NOT NULL DEFAULT 0, multicapture INTEGER NOT NULL,
    metadata TEXT NOT NULL, error TEXT, cancellation_reason TEXT, acts_at REAL
);
CREATE INDEX IF NOT EXISTS intent_order ON intent (json_extract(metadata, '$.order_id'));
CREATE INDEX IF NOT EXISTS intent_key ON intent (json_extract(metadata, '$.key'));
CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL, created INTEGER NOT NULL, intent TEXT NOT NULL,
    amount INTEGER NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, metadata TEXT NOT NULL,
    moves_at REAL
);
CREATE INDEX IF NOT EXISTS refund_intent ON refund (intent);
CREATE TABLE IF NOT EXISTS movement (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, intent TEXT NOT NULL, what TEXT NOT NULL, amount INTEGER NOT NULL,
    key TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL
);
"""


def intent(row: Row, *, expand: bool = False) -> dict[str, Any]:
    """A PaymentIntent."""
    held = row["amount"] - row["captured"] - row["released"] if row["status"] == "requires_capture" else 0
    return {
        "id": row["id"],
        "object": "payment_intent",
        "amount": row["amount"],
        "amount_capturable": held,
        "amount_received": row["captured"],
        "canceled_at": int(time.time()) if row["status"] == "canceled" else None,
        "cancellation_reason": row["cancellation_reason"],
        "capture_method": row["capture_method"],
        "client_secret": f"{row['id']}_secret_sandbox",
        "confirmation_method": "automatic",
        "created": row["created"],
        "currency": row["currency"],
        "customer": row["customer"],
        "last_payment_error": json.loads(row["error"]) if row["error"] else None,
        "latest_charge": charge(row) if expand else charge_id(row),
        "livemode": False,
        "metadata": json.loads(row["metadata"]),
        "next_action": next_action(row),
        "payment_method": row["card"],
        "payment_method_options": {"card": {"request_multicapture": "if_available"}},
        "payment_method_types": ["card"],
        "status": row["status"],
    }


def charge_id(row: Row) -> str | None:
    """The charge behind an intent, where it has come to one."""
    return None if row["status"] in ("requires_action", "requires_payment_method") else row["id"].replace("pi_", "ch_")


def charge(row: Row) -> dict[str, Any] | None:
    """A Charge."""
    if charge_id(row) is None:
        return None
    card = card_of(row)
    return {
        "id": charge_id(row),
        "object": "charge",
        "amount": row["amount"],
        "amount_captured": row["captured"],
        "captured": row["captured"] > 0,
        "created": row["created"],
        "currency": row["currency"],
        "paid": True,
        "payment_intent": row["id"],
        "payment_method": row["card"],
        "payment_method_details": {
            "type": "card",
            "card": {
                "brand": card.brand,
                "last4": card.last4,
                "capture_before": row["created"] + A_WEEK if row["capture_method"] == "manual" else None,
                "multicapture": {"status": "available" if row["multicapture"] else "unavailable"},
            },
        },
        "status": "succeeded",
    }


def next_action(row: Row) -> dict[str, Any] | None:
    """What the owner of the card has to do, if anything."""
    if row["status"] != "requires_action":
        return None
    return {"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.example/", "return_url": None}}


def refund(row: Row) -> dict[str, Any]:
    """A Refund."""
    return {
        "id": row["id"],
        "object": "refund",
        "amount": row["amount"],
        "charge": row["intent"].replace("pi_", "ch_"),
        "created": row["created"],
        "currency": row["currency"],
        "failure_reason": row["reason"],
        "metadata": json.loads(row["metadata"]),
        "payment_intent": row["intent"],
        "reason": None,
        "status": row["status"],
    }


def page(url: str, data: list[dict[str, Any]], *, more: bool, kind: str = "list") -> dict[str, Any]:
    """A page of a list, or of a search's results."""
    found: dict[str, Any] = {"object": kind, "url": url, "has_more": more, "data": data}
    return found | ({"next_page": None} if kind == "search_result" else {})


def event(number: int, kind: str, thing: dict[str, Any]) -> dict[str, Any]:
    """An Event."""
    return {
        "id": f"evt_{number:024}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": thing},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def error(kind: str, message: str, code: str = "", **more: object) -> dict[str, Any]:
    """An error."""
    return {"error": {"type": kind, "message": message} | ({"code": code} if code else {}) | more}


def declined(row: Row) -> dict[str, Any]:
    """The error of a card that is declined, as it stands in the intent, too."""
    card = card_of(row)
    code = {"decline_code": card.code} if card.code != "expired_card" else {}
    name = "expired_card" if card.code == "expired_card" else "card_declined"
    return {"type": "card_error", "code": name, "message": card.message} | code
