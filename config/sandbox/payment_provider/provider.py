"""The payment provider: the part of Stripe's API that the shop uses, done on the rows of the ledger."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from config.sandbox.frame import Answer, Asked, Callback, as_json
from config.sandbox.ledger import Ledger, Row
from config.sandbox.page import Button, Table
from config.sandbox.payment_provider import checkout, money, shapes

SHOWN = 50
LIMIT = 100
SEARCH = re.compile(r"metadata\['(order_id|key)'\]:'([\w-]+)'\Z")
NOT_FOUND = as_json(404, shapes.error("invalid_request_error", "Unrecognized request URL."))


class Bank:
    """Stripe, as far as the shop uses it."""

    title = "The payment provider's sandbox"
    schema = shapes.SCHEMA + checkout.SCHEMA

    def __init__(self, api_key: str, webhook_secret: str, address: str = "") -> None:
        self.api_key, self.secret, self.address = api_key, webhook_secret, address

    def answer(self, ledger: Ledger, asked: Asked) -> Answer:
        """The page on which cards are entered is everybody's; all else is the shop's."""
        is_page = asked.path.startswith("/checkout/")
        return checkout.page(ledger, asked) if is_page else self.answer_shop(ledger, asked)

    def answer_shop(self, ledger: Ledger, asked: Asked) -> Answer:
        """Do what is asked, once for each idempotency key; Stripe's own words for what cannot be done."""
        if not hmac.compare_digest(asked.headers.get("authorization", ""), f"Bearer {self.api_key}"):
            return as_json(401, shapes.error("invalid_request_error", "Invalid API Key provided."))
        key = asked.headers.get("idempotency-key", "") if asked.method == "POST" else ""
        digest = hashlib.sha256(asked.path.encode() + b"\n" + asked.body).hexdigest()
        for known in ledger.query("SELECT * FROM idempotency WHERE key = ?", (key,)):
            if known["digest"] != digest:
                message = "Keys for idempotent requests can only be used with the same parameters."
                return as_json(400, shapes.error("idempotency_error", message))
            return Answer(known["status"], known["body"], headers=(("Idempotent-Replayed", "true"),))
        try:
            answer = self.done(ledger, asked, key)
        except money.Refused as no:
            return as_json(no.status, no.error)
        except (KeyError, ValueError) as fault:
            return as_json(400, shapes.error("invalid_request_error", f"Missing or invalid: {fault}"))
        if key:
            row = (key, digest, answer.status, answer.body)
            ledger.query("INSERT INTO idempotency (key, digest, status, body) VALUES (?, ?, ?, ?)", row)
        return answer

    def done(self, ledger: Ledger, asked: Asked, key: str) -> Answer:
        """What is asked, done."""
        form = nested(parse_qsl(asked.body.decode(), keep_blank_values=True))
        match [asked.method, *asked.path.strip("/").split("/")]:
            case ["POST", "v1", "payment_intents"]:
                return self.created(ledger, money.create(ledger, form, key))
            case ["POST", "v1", "payment_intents", name, action]:
                return self.changed(ledger, money.found(ledger, name), action, form, key)
            case ["POST", "v1", "refunds"]:
                return self.refunded(ledger, money.give_back(ledger, form, key))
            case [method, "v1", "checkout", "sessions", *name]:
                return checkout.answer(ledger, method, name, form, self.address)
            case ["GET", "v1", *path]:
                return looked_up(ledger, path, asked.query)
            case _:
                return NOT_FOUND

    def changed(self, ledger: Ledger, row: Row, action: str, form: Mapping[str, Any], key: str) -> Answer:
        """An intent is captured or cancelled."""
        match action:
            case "capture":
                return self.captured(ledger, money.capture(ledger, row, form, key))
            case "cancel":
                reason = form.get("cancellation_reason", "abandoned")
                return self.cancelled(ledger, money.cancel(ledger, row, reason, key))
            case _:
                return NOT_FOUND

    def created(self, ledger: Ledger, row: Row) -> Answer:
        """An intent that was made: held, taken, waiting for its owner, or declined."""
        match row["status"]:
            case "requires_payment_method":
                told = self.told(ledger, "payment_intent.payment_failed", row)
                error = json.loads(row["error"]) | {"payment_intent": shapes.intent(row, expand=True)}
                return as_json(402, {"error": error}, callbacks=told)
            case "requires_action":
                told = self.told(ledger, "payment_intent.requires_action", row)
            case _:
                told = self.succeeded(ledger, row)
        return as_json(200, shapes.intent(row, expand=True), callbacks=told)

    def succeeded(self, ledger: Ledger, row: Row) -> list[Callback]:
        """The shop is told that the card has said yes."""
        manual = row["capture_method"] == "manual"
        name = "payment_intent.amount_capturable_updated" if manual else "payment_intent.succeeded"
        return self.told(ledger, name, row)

    def captured(self, ledger: Ledger, row: Row) -> Answer:
        """Something was captured; more may follow."""
        over = row["status"] == "succeeded"
        name = "payment_intent.succeeded" if over else "payment_intent.amount_capturable_updated"
        return as_json(200, shapes.intent(row, expand=True), callbacks=self.told(ledger, name, row))

    def cancelled(self, ledger: Ledger, row: Row) -> Answer:
        """An intent was cancelled."""
        told = self.told(ledger, "payment_intent.canceled", row)
        return as_json(200, shapes.intent(row, expand=True), callbacks=told)

    def refunded(self, ledger: Ledger, row: Row) -> Answer:
        """A refund was made, or failed."""
        told = [self.event(ledger, "refund.created", shapes.refund(row), row["intent"])]
        if row["status"] == "failed":
            told.append(self.event(ledger, "refund.failed", shapes.refund(row), row["intent"]))
        return as_json(200, shapes.refund(row), callbacks=told)

    def told(self, ledger: Ledger, kind: str, row: Row) -> list[Callback]:
        """What the shop is told of an intent."""
        return [self.event(ledger, kind, shapes.intent(row), row["id"])]

    def event(self, ledger: Ledger, kind: str, thing: dict[str, Any], about: str) -> Callback:
        """An event, numbered."""
        number = int(ledger.setting("events", "0")) + 1
        ledger.set("events", str(number))
        return Callback(about, json.dumps(shapes.event(number, kind, thing)).encode())

    def fault(self, status: int) -> bytes:
        """An error of its own."""
        return json.dumps(shapes.error("api_error", f"Something went wrong on our end: {status}.")).encode()

    def sign(self, body: bytes, _: str) -> Mapping[str, str]:
        """Stripe's header: the time, and a signature of it and the body."""
        at = int(time.time())
        signed = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={at},v1={signed}"}

    def play(self, ledger: Ledger, name: str, fields: Mapping[str, str]) -> Sequence[Callback]:
        """The owner of a card does what is asked of them, or does not."""
        if name == "close":
            checkout.close(ledger, fields["page"])
            return []
        row = money.found(ledger, fields["intent"])
        match name:
            case "authenticate" if row["status"] == "requires_action":
                return self.succeeded(ledger, money.succeed(ledger, row, ""))
            case "fail" if row["status"] == "requires_action":
                return self.unauthenticated(ledger, row)
            case "expire" if row["status"] == "requires_capture":
                return self.told(ledger, "payment_intent.canceled", money.cancel(ledger, row, "automatic", ""))
            case _:
                raise ValueError("There is no such thing to be done with it.")

    def unauthenticated(self, ledger: Ledger, row: Row) -> list[Callback]:
        """The owner of a card did not prove who they are."""
        message = "The provided PaymentMethod has failed authentication."
        error = {"type": "card_error", "code": "payment_intent_authentication_failure", "message": message}
        ledger.query(
            "UPDATE intent SET status = 'requires_payment_method', error = ? WHERE id = ?",
            (json.dumps(error), row["id"]),
        )
        return self.told(ledger, "payment_intent.payment_failed", money.found(ledger, row["id"]))

    def move_along(self, ledger: Ledger, _: float) -> Sequence[Callback]:
        """Owners of cards act, and banks take refunds, a while after they were asked."""
        told: list[Callback] = []
        now = time.time()
        for row in ledger.query("SELECT * FROM intent WHERE status = 'requires_action' AND acts_at <= ?", (now,)):
            told += self.succeeded(ledger, money.succeed(ledger, row, ""))
        for row in ledger.query("SELECT * FROM refund WHERE status = 'pending' AND moves_at <= ?", (now,)):
            ledger.query("UPDATE refund SET status = 'succeeded' WHERE id = ?", (row["id"],))
            money.book(ledger, row["intent"], "refunded", row["amount"], "")
            after = ledger.query("SELECT * FROM refund WHERE id = ?", (row["id"],))[0]
            told.append(self.event(ledger, "refund.updated", shapes.refund(after), row["intent"]))
        return told

    def tables(self, ledger: Ledger) -> Iterable[Table]:
        """What is held, taken and given back, and every movement."""
        rows = ledger.query("SELECT * FROM intent ORDER BY number DESC LIMIT ?", (SHOWN,))
        yield Table("Payments", [shown(ledger, row) for row in rows], [buttons(row) for row in rows])
        moved = ledger.query("SELECT at, intent, what, amount, key FROM movement ORDER BY id DESC LIMIT ?", (SHOWN,))
        yield Table(
            "Movements", [dict(row) | {"at": time.strftime("%H:%M:%S", time.gmtime(row["at"]))} for row in moved]
        )


def looked_up(ledger: Ledger, path: list[str], query: Mapping[str, str]) -> Answer:
    """What there is."""
    match path:
        case ["payment_intents"]:
            return listed(ledger, query)
        case ["payment_intents", "search"]:
            return searched(ledger, query)
        case ["payment_intents", name]:
            return as_json(200, shapes.intent(money.found(ledger, name), expand=True))
        case ["refunds"]:
            rows = ledger.query("SELECT * FROM refund WHERE intent = ?", (query["payment_intent"],))
            return as_json(200, shapes.page("/v1/refunds", [shapes.refund(row) for row in rows], more=False))
        case _:
            return NOT_FOUND


def listed(ledger: Ledger, query: Mapping[str, str]) -> Answer:
    """All intents of a time, the newest first, page by page."""
    before = money.found(ledger, query["starting_after"])["number"] if "starting_after" in query else 2**60
    limit = min(int(query.get("limit", "10")), LIMIT)
    rows = ledger.query(
        "SELECT * FROM intent WHERE number < ? AND created BETWEEN ? AND ? ORDER BY number DESC LIMIT ?",
        (before, int(query.get("created[gte]", "0")), int(query.get("created[lte]", 2**60)), limit + 1),
    )
    found = [shapes.intent(row, expand=True) for row in rows[:limit]]
    return as_json(200, shapes.page("/v1/payment_intents", found, more=len(rows) > limit))


def searched(ledger: Ledger, query: Mapping[str, str]) -> Answer:
    """Intents by what is in their metadata."""
    asked = SEARCH.match(query["query"])
    if asked is None:
        raise money.invalid("That cannot be searched for here.")
    name, value = asked.groups()
    rows = ledger.query(f"SELECT * FROM intent WHERE json_extract(metadata, '$.{name}') = ? ORDER BY number", (value,))
    found = [shapes.intent(row, expand=True) for row in rows]
    return as_json(200, shapes.page("/v1/payment_intents/search", found, more=False, kind="search_result"))


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A form in Stripe's way: `metadata[order_id]=…` is a field of a field."""
    form: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+", name)
        place = form
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return form


def shown(ledger: Ledger, row: Row) -> dict[str, object]:
    """A line of the ledger, in the currency's minor units."""
    metadata = json.loads(row["metadata"])
    return {
        "intent": row["id"],
        "order": metadata.get("order_id", ""),
        "attempt": metadata.get("attempt", ""),
        "card": row["card"],
        "status": row["status"],
        "amount": row["amount"],
        "captured": row["captured"],
        "released": row["released"],
        "refunded": money.returned(ledger, row["id"]),
        "currency": row["currency"],
    }


def buttons(row: Row) -> list[Button]:
    """What can happen to an intent."""
    match row["status"]:
        case "requires_action":
            plays = [("Owner agrees", "authenticate"), ("Owner fails", "fail")]
        case "requires_capture":
            plays = [("Expire", "expire")]
        case _:
            plays = []
    return [Button(label, play, {"intent": row["id"]}) for label, play in plays]
