"""What the carrier's sandbox answers, to whom it proves itself, and what its page shows."""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from email.utils import formatdate
from typing import Any

from config.sandbox.carrier import parcels, shapes
from config.sandbox.carrier.label import pdf
from config.sandbox.frame import Answer, Asked, Callback, as_json
from config.sandbox.ledger import Ledger, Row
from config.sandbox.page import SHOWN, Button, Table

NOT_FOUND = as_json(404, shapes.error("NOT_FOUND", "The requested resource could not be found."))
PLAYS = (("Collect", "in_transit"), ("Deliver", "delivered"), ("Lose", "failure"), ("Send back", "return_to_sender"))


class Carrier:
    """EasyPost, as far as the shop uses it."""

    title = "The carrier's sandbox"
    schema = shapes.SCHEMA

    def __init__(self, api_key: str, webhook_secret: str, address: str) -> None:
        self.api_key, self.address = api_key, address
        self.secret = unicodedata.normalize("NFKD", webhook_secret).encode()

    def answer(self, ledger: Ledger, asked: Asked) -> Answer:
        """Do what is asked; EasyPost's own words for what cannot be done."""
        match asked.path.strip("/").split("/"):
            case ["files", name] if asked.method == "GET":
                return self.label(ledger, name)
            case ["v2", *_] if not self._knows(asked):
                return as_json(401, shapes.error("APIKEY.INACTIVE", "This API key is no longer active."))
            case ["v2", "shipments", *rest]:
                return self.shipments(ledger, asked, rest)
            case ["v2", "trackers", *rest] if asked.method == "GET":
                return self.trackers(ledger, asked, rest)
            case _:
                return NOT_FOUND

    def shipments(self, ledger: Ledger, asked: Asked, rest: list[str]) -> Answer:
        """Shipments, or EasyPost's words for what is wrong."""
        try:
            return self.shipment(ledger, asked, rest)
        except (ValueError, TypeError) as fault:
            return as_json(422, shapes.error("PARAMETER.INVALID", str(fault)))
        except KeyError as fault:
            if asked.method == "POST" and not rest:
                return as_json(422, shapes.error("PARAMETER.REQUIRED", f"Missing required parameter: {fault}"))
            return NOT_FOUND

    def shipment(self, ledger: Ledger, asked: Asked, rest: list[str]) -> Answer:
        """A shipment is made, looked at, bought, or given back. KeyError for one that is not there."""
        match asked.method, rest:
            case "POST", []:
                row = parcels.create(ledger, json.loads(asked.body)["shipment"])
                return as_json(201, shapes.shipment(row, self.address))
            case "GET", [name]:
                return as_json(200, shapes.shipment(parcels.found(ledger, name), self.address))
            case "POST", [name, "buy"]:
                return self.bought(ledger, parcels.found(ledger, name), json.loads(asked.body))
            case "POST", [name, "refund"]:
                return self.refunded(ledger, parcels.found(ledger, name))
            case _:
                return NOT_FOUND

    def bought(self, ledger: Ledger, row: Row, said: dict[str, Any]) -> Answer:
        """A label is bought, once."""
        if row["bought_at"] is not None:
            return as_json(422, shapes.error("SHIPMENT.POSTAGE.EXISTS", "Postage already exists for this shipment."))
        after, callbacks = parcels.buy(ledger, row, said["rate"]["id"])
        return as_json(200, shapes.shipment(after, self.address), callbacks=callbacks)

    def refunded(self, ledger: Ledger, row: Row) -> Answer:
        """A label is given back."""
        if row["bought_at"] is None:
            return as_json(422, shapes.error("SHIPMENT.REFUND.UNAVAILABLE", "There is nothing to refund."))
        after, callbacks = parcels.refund(ledger, row)
        return as_json(200, shapes.shipment(after, self.address), callbacks=callbacks)

    def trackers(self, ledger: Ledger, asked: Asked, rest: list[str]) -> Answer:
        """Trackers: one by its id, or those of a tracking code."""
        if rest:
            rows = ledger.query("SELECT * FROM parcel WHERE replace(id, 'shp_', 'trk_') = ?", (rest[0],))
            return as_json(200, shapes.tracker(rows[0])) if rows else NOT_FOUND
        rows = ledger.query("SELECT * FROM parcel WHERE tracking_code = ?", (asked.query.get("tracking_code", ""),))
        return as_json(200, {"trackers": [shapes.tracker(row) for row in rows], "has_more": False})

    def label(self, ledger: Ledger, name: str) -> Answer:
        """The file of a label."""
        rows = ledger.query("SELECT * FROM parcel WHERE replace(id, 'shp_', 'pl_') || '.pdf' = ?", (name,))
        if not rows or rows[0]["bought_at"] is None:
            return NOT_FOUND
        row, there = rows[0], json.loads(rows[0]["to_address"])
        rate = json.loads(row["selected"])
        lines = [f"{rate['carrier']} {rate['service']}", f"{row['ounces'] * shapes.OUNCE / 1000:.2f} kg", ""]
        lines += [there["name"], there["street1"], f"{there['zip']} {there['city']}", there["country"], "", ""]
        return Answer(200, pdf([*lines, row["tracking_code"]], row["tracking_code"]), "application/pdf")

    def fault(self, status: int) -> bytes:
        """An error of its own."""
        return json.dumps(shapes.error("INTERNAL_SERVER_ERROR", f"Something went wrong: {status}.")).encode()

    def sign(self, body: bytes, path: str) -> Mapping[str, str]:
        """EasyPost's headers: a signature of the body, which its library checks, and one of time, path and body."""
        at = formatdate(usegmt=True)
        return {
            "X-Hmac-Signature": self._signature(body),
            "X-Timestamp": at,
            "X-Path": path,
            "X-Hmac-Signature-V2": self._signature(f"{at}POST{path}".encode() + body),
        }

    def play(self, ledger: Ledger, name: str, fields: Mapping[str, str]) -> Sequence[Callback]:
        """A parcel is scanned somewhere, at a time of the shop's if that is said."""
        rows = ledger.query("SELECT * FROM parcel WHERE tracking_code = ?", (fields["tracking_code"],))
        status = fields["status"]
        if name != "scan" or not rows or status not in parcels.DETAILS:
            raise ValueError("There is no such parcel, or nothing such can happen to it.")
        ledger.query("UPDATE parcel SET moves_at = strftime('%s', 'now') + 0.0 WHERE id = ?", (rows[0]["id"],))
        detail = fields.get("detail", parcels.DETAILS[status][0])
        return parcels.scanned(ledger, rows[0], status, detail, fields.get("at", shapes.moment()))[1]

    def move_along(self, ledger: Ledger, seconds: float) -> Sequence[Callback]:
        """All parcels that have not moved for so long come a station further."""
        seed = ledger.setting("seed", "1")
        return [told for row in parcels.due(ledger, seconds) for told in parcels.moved(ledger, row, seed)]

    def tables(self, ledger: Ledger) -> Iterable[Table]:
        """Labels, and where their parcels are."""
        rows = ledger.query("SELECT * FROM parcel ORDER BY created_at DESC LIMIT ?", (SHOWN,))
        yield Table("Parcels", [shown(row) for row in rows], [buttons(row) for row in rows])

    def _knows(self, asked: Asked) -> bool:
        return hmac.compare_digest(asked.headers.get("authorization", ""), f"Bearer {self.api_key}")

    def _signature(self, content: bytes) -> str:
        return "hmac-sha256-hex=" + hmac.new(self.secret, content, hashlib.sha256).hexdigest()


def shown(row: Row) -> dict[str, object]:
    """A line of the ledger, without the person's name."""
    rate = json.loads(row["selected"]) if row["selected"] else {}
    return {
        "reference": row["reference"],
        "tracking code": row["tracking_code"] or "",
        "carrier": rate.get("carrier", ""),
        "paid": f"{rate['rate']} {rate['currency']}" if rate else "",
        "refund": row["refund_status"] or "",
        "town": json.loads(row["to_address"])["city"],
        "status": row["status"],
        "detail": row["detail"],
    }


def buttons(row: Row) -> list[Button]:
    """What can happen to a parcel."""
    if row["tracking_code"] is None or row["refund_status"] == "submitted" or row["status"] in parcels.OVER:
        return []
    code = row["tracking_code"]
    return [Button(label, "scan", {"tracking_code": code, "status": status}) for label, status in PLAYS]
