"""Parcels of the sandbox: rates, labels bought and given back, and how each one moves along."""

import json
import random
import time
from typing import Any
from uuid import uuid4

from config.sandbox.carrier import shapes
from config.sandbox.frame import Callback
from config.sandbox.ledger import Ledger, Row

# Nobody delivers there: the address to see what becomes of a parcel that no carrier takes.
NOWHERE = "00000"
CARRIERS = (("GelbePost", "Parcel", 3.99, 2), ("GelbePost", "Express", 9.9, 1), ("RoteKutsche", "Parcel", 4.49, 3))
MOVES = {"pre_transit": "in_transit", "in_transit": "out_for_delivery", "out_for_delivery": "delivered"}
DETAILS = {
    "pre_transit": ("label_created",),
    "in_transit": ("departed_origin_facility", "delayed"),
    "out_for_delivery": ("out_for_delivery",),
    "delivered": ("arrived_at_destination",),
    "return_to_sender": ("return",),
    "failure": ("lost", "damaged"),
}
OVER = ("delivered", "return_to_sender", "failure")
LOST_OF_A_THOUSAND = 10


def create(ledger: Ledger, said: dict[str, Any]) -> Row:
    """A shipment with what each carrier would take for it. KeyError, TypeError or ValueError for what is none."""
    ounces = float(said["parcel"]["weight"])
    if not 0 < ounces < 2500:
        raise ValueError("The weight is out of range.")
    shipment_id = f"shp_{uuid4().hex}"
    there = said["to_address"]
    rates = [] if there["zip"] == NOWHERE else [rate(shipment_id, ounces, *each) for each in CARRIERS]
    ledger.query(
        "INSERT INTO parcel (id, reference, created_at, ounces, to_address, from_address, rates)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            shipment_id,
            said.get("reference"),
            time.time(),
            ounces,
            json.dumps(address(there)),
            json.dumps(address(said["from_address"])),
            json.dumps(rates),
        ),
    )
    return found(ledger, shipment_id)


def address(said: dict[str, Any]) -> dict[str, Any]:
    """An Address. KeyError where it is not complete."""
    needed = {name: str(said[name]) for name in ("name", "street1", "city", "zip", "country")}
    return {"id": f"adr_{uuid4().hex}", "object": "Address", "mode": "test", **needed}


def rate(shipment_id: str, ounces: float, carrier: str, service: str, base: float, days: int) -> dict[str, Any]:
    """A Rate."""
    return {
        "id": f"rate_{uuid4().hex}",
        "object": "Rate",
        "mode": "test",
        "service": service,
        "carrier": carrier,
        "rate": f"{base + 0.03 * ounces:.2f}",
        "currency": "EUR",
        "delivery_days": days,
        "shipment_id": shipment_id,
    }


def found(ledger: Ledger, name: str) -> Row:
    """The shipment of this id, or the latest of this reference. KeyError where there is none."""
    rows = ledger.query(
        "SELECT * FROM parcel WHERE id = ? OR reference = ? ORDER BY created_at DESC, rowid DESC LIMIT 1", (name, name)
    )
    if not rows:
        raise KeyError(name)
    return rows[0]


def buy(ledger: Ledger, row: Row, rate_id: str) -> tuple[Row, list[Callback]]:
    """A label for the shipment at one of its rates. KeyError for a rate that it does not have."""
    selected = {each["id"]: each for each in json.loads(row["rates"])}[rate_id]
    number = str(random.SystemRandom().randrange(10**19, 10**20))
    ledger.query(
        "UPDATE parcel SET selected = ?, tracking_code = ?, bought_at = ? WHERE id = ?",
        (json.dumps(selected), number, time.time(), row["id"]),
    )
    return scanned(ledger, found(ledger, row["id"]), "pre_transit", "label_created", shapes.moment())


def refund(ledger: Ledger, row: Row) -> tuple[Row, list[Callback]]:
    """The label is given back: submitted, or rejected, once the parcel is on its way."""
    if row["status"] not in ("unknown", "pre_transit"):
        ledger.query("UPDATE parcel SET refund_status = 'rejected' WHERE id = ?", (row["id"],))
        return found(ledger, row["id"]), []
    ledger.query("UPDATE parcel SET refund_status = 'submitted', moves_at = NULL WHERE id = ?", (row["id"],))
    return found(ledger, row["id"]), []


def scanned(ledger: Ledger, row: Row, status: str, detail: str, at: str) -> tuple[Row, list[Callback]]:
    """Somebody scans the parcel, and whoever has bought its label is told."""
    scans = [*json.loads(row["scans"]), shapes.scan(status, detail, at)]
    ledger.query(
        "UPDATE parcel SET status = ?, detail = ?, scans = ? WHERE id = ?",
        (status, detail, json.dumps(scans), row["id"]),
    )
    after = found(ledger, row["id"])
    told = shapes.event(f"evt_{uuid4().hex}", after, row["status"])
    return after, [Callback(after["tracking_code"], json.dumps(told).encode())]


def due(ledger: Ledger, seconds: float) -> list[Row]:
    """The parcels that have not moved for so long, and are still under way."""
    return ledger.query(
        "SELECT * FROM parcel WHERE bought_at IS NOT NULL AND refund_status IS NULL"
        " AND status IN ('pre_transit', 'in_transit', 'out_for_delivery') AND coalesce(moves_at, bought_at) <= ?",
        (time.time() - seconds,),
    )


def moved(ledger: Ledger, row: Row, seed: str) -> list[Callback]:
    """The parcel comes a station further, or, seldom, never again."""
    ledger.query("UPDATE parcel SET moves_at = ? WHERE id = ?", (time.time(), row["id"]))
    chance = random.Random(f"{seed} {row['tracking_code']}")  # noqa: S311  # a game
    lost = row["status"] == "in_transit" and chance.randrange(1000) < LOST_OF_A_THOUSAND
    status = "failure" if lost else MOVES[row["status"]]
    return scanned(ledger, row, status, DETAILS[status][0], shapes.moment())[1]
