"""Money: what the provider does with its rows: it holds, captures, releases and refunds, and books every movement."""

import json
import time
from collections.abc import Mapping
from typing import Any

from config.sandbox.ledger import Ledger, Row
from config.sandbox.payment_provider import checkout, shapes
from config.sandbox.payment_provider.cards import card_named, card_of

SECONDS_TO_ACT = 8.0
SECONDS_TO_REFUND = 5.0


class Refused(Exception):
    """What Stripe says no to, with its own error."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        self.status, self.error = status, error
        super().__init__(error["error"]["message"])


def invalid(message: str, code: str = "") -> Refused:
    """A request that cannot be done."""
    return Refused(400, shapes.error("invalid_request_error", message, code))


def found(ledger: Ledger, name: str) -> Row:
    """An intent."""
    rows = ledger.query("SELECT * FROM intent WHERE id = ?", (name,))
    if not rows:
        raise Refused(
            404, shapes.error("invalid_request_error", f"No such payment_intent: '{name}'", "resource_missing")
        )
    return rows[0]


def create(ledger: Ledger, asked: Mapping[str, Any], key: str) -> Row:
    """An intent is made and confirmed."""
    card = card_named(asked.get("payment_method", ""))
    if card is None or not checkout.is_kept(ledger, asked["payment_method"], asked.get("customer")):
        raise invalid(f"No such PaymentMethod: '{asked.get('payment_method')}'", "resource_missing")
    number = next_number(ledger, "intent")
    status = "requires_payment_method" if card.declines else "requires_action" if card.acts else ""
    manual = asked.get("capture_method") == "manual"
    ledger.query(
        "INSERT INTO intent (id, number, created, amount, currency, card, customer, capture_method, status,"
        " multicapture, metadata, acts_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(f"pi_sandbox{number:018}", number, int(time.time()), int(asked["amount"]), asked["currency"]),
            *(asked["payment_method"], asked.get("customer"), "manual" if manual else "automatic"),
            *(status or "requires_confirmation", int(card.multicapture and manual)),
            *(json.dumps(asked.get("metadata", {})), time.time() + SECONDS_TO_ACT if card.acts else None),
        ),
    )
    row = found(ledger, f"pi_sandbox{number:018}")
    if card.declines:
        ledger.query("UPDATE intent SET error = ? WHERE id = ?", (json.dumps(shapes.declined(row)), row["id"]))
        return found(ledger, row["id"])
    return row if card.acts else succeed(ledger, row, key)


def succeed(ledger: Ledger, row: Row, key: str) -> Row:
    """The card says yes: the amount is held, or taken at once."""
    if row["capture_method"] == "manual":
        book(ledger, row["id"], "held", row["amount"], key)
        ledger.query("UPDATE intent SET status = 'requires_capture' WHERE id = ?", (row["id"],))
    else:
        book(ledger, row["id"], "captured", row["amount"], key)
        ledger.query("UPDATE intent SET status = 'succeeded', captured = amount WHERE id = ?", (row["id"],))
    return found(ledger, row["id"])


def capture(ledger: Ledger, row: Row, asked: Mapping[str, Any], key: str) -> Row:
    """Some of what is held is taken; unless more captures are to follow, the rest is released."""
    held = row["amount"] - row["captured"] - row["released"]
    amount = int(asked.get("amount_to_capture", held))
    if row["status"] != "requires_capture":
        raise unexpected(row, "captured", "requires_capture")
    if not 0 < amount <= held:
        raise invalid("The amount to capture is more than what is held.", "amount_too_large")
    if "final_capture" in asked and not row["multicapture"]:
        raise invalid("This payment is not eligible for multicapture.", "capture_charge_authorization_expired")
    final = asked.get("final_capture", "true") == "true" or amount == held
    book(ledger, row["id"], "captured", amount, key)
    if final and amount < held:
        book(ledger, row["id"], "released", held - amount, key)
    metadata = json.loads(row["metadata"]) | asked.get("metadata", {})
    ledger.query(
        "UPDATE intent SET captured = captured + ?, released = released + ?, status = ?, metadata = ? WHERE id = ?",
        (
            *(amount, held - amount if final else 0),
            *("succeeded" if final else "requires_capture", json.dumps(metadata), row["id"]),
        ),
    )
    return found(ledger, row["id"])


def cancel(ledger: Ledger, row: Row, reason: str, key: str) -> Row:
    """What is held is held no longer."""
    if row["status"] in ("succeeded", "canceled"):
        raise unexpected(row, "canceled", "requires_capture")
    held = row["amount"] - row["captured"] - row["released"]
    if row["status"] == "requires_capture":
        book(ledger, row["id"], "released", held, key)
    status = "succeeded" if row["captured"] else "canceled"
    ledger.query(
        "UPDATE intent SET status = ?, released = released + ?, cancellation_reason = ? WHERE id = ?",
        (status, held if row["status"] == "requires_capture" else 0, reason, row["id"]),
    )
    return found(ledger, row["id"])


def give_back(ledger: Ledger, asked: Mapping[str, Any], key: str) -> Row:
    """Some of what was taken goes back."""
    row, amount = found(ledger, asked["payment_intent"]), int(asked["amount"])
    if amount > row["captured"] - returned(ledger, row["id"]):
        raise invalid("Refund amount is greater than unrefunded amount on charge.", "charge_already_refunded")
    number, status = next_number(ledger, "refund"), card_of(row).refund
    now = time.time()
    ledger.query(
        "INSERT INTO refund (id, number, created, intent, amount, currency, status, metadata, moves_at, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(f"re_sandbox{number:018}", number, int(now), row["id"], amount, row["currency"], status),
            *(json.dumps(asked.get("metadata", {})), now + SECONDS_TO_REFUND if status == "pending" else None),
            "The card's bank does not take it." if status == "failed" else None,
        ),
    )
    if status == "succeeded":
        book(ledger, row["id"], "refunded", amount, key)
    return ledger.query("SELECT * FROM refund WHERE number = ?", (number,))[0]


def returned(ledger: Ledger, name: str) -> int:
    """What has gone back of an intent, or is about to."""
    query = "SELECT coalesce(sum(amount), 0) AS cents FROM refund WHERE intent = ? AND status != 'failed'"
    return int(ledger.query(query, (name,))[0]["cents"])


def book(ledger: Ledger, name: str, what: str, amount: int, key: str) -> None:
    """A movement of money, and the idempotency key that asked for it."""
    ledger.query(
        "INSERT INTO movement (at, intent, what, amount, key) VALUES (?, ?, ?, ?, ?)",
        (time.time(), name, what, amount, key),
    )


def next_number(ledger: Ledger, table: str) -> int:
    """The next number of an intent, or of a refund."""
    return int(ledger.query(f"SELECT coalesce(max(number), 0) + 1 AS next FROM {table}")[0]["next"])


def unexpected(row: Row, what: str, wanted: str) -> Refused:
    """An intent is in a state in which that cannot be done."""
    return invalid(
        f"This PaymentIntent could not be {what} because it has a status of {row['status']}. Only a PaymentIntent with"
        f" one of the following statuses may be {what}: {wanted}.",
        "payment_intent_unexpected_state",
    )
