"""The shapes of EasyPost's API, made of the rows of the ledger."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from config.sandbox.ledger import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS parcel (
    id TEXT PRIMARY KEY, reference TEXT, created_at REAL NOT NULL, ounces REAL NOT NULL,
    to_address TEXT NOT NULL, from_address TEXT NOT NULL, rates TEXT NOT NULL, selected TEXT,
    tracking_code TEXT UNIQUE, bought_at REAL, refund_status TEXT,
    status TEXT NOT NULL DEFAULT 'unknown', detail TEXT NOT NULL DEFAULT 'unknown',
    scans TEXT NOT NULL DEFAULT '[]', moves_at REAL
);
CREATE INDEX IF NOT EXISTS parcel_reference ON parcel (reference);
"""
OUNCE = 28.349523125  # grams


def moment(seconds: float | None = None) -> str:
    """A time as EasyPost writes it."""
    return datetime.fromtimestamp(time.time() if seconds is None else seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def error(code: str, message: str, errors: list[Any] | None = None) -> dict[str, Any]:
    """An error."""
    return {"error": {"code": code, "message": message, "errors": errors or []}}


def shipment(row: Row, address: str) -> dict[str, Any]:
    """A Shipment; `address` is where its files lie."""
    bought = row["bought_at"] is not None
    return {
        "id": row["id"],
        "object": "Shipment",
        "mode": "test",
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["bought_at"] or row["created_at"]),
        "reference": row["reference"],
        "is_return": False,
        "status": row["status"],
        "tracking_code": row["tracking_code"],
        "refund_status": row["refund_status"],
        "to_address": json.loads(row["to_address"]),
        "from_address": json.loads(row["from_address"]),
        "parcel": {"id": row["id"].replace("shp_", "prcl_"), "object": "Parcel", "weight": row["ounces"]},
        "rates": json.loads(row["rates"]),
        "messages": [] if json.loads(row["rates"]) else [no_rates()],
        "selected_rate": json.loads(row["selected"]) if bought else None,
        "postage_label": label(row, address) if bought else None,
        "tracker": tracker(row) if bought else None,
        "options": {"label_format": "PDF", "currency": "EUR"},
    }


def no_rates() -> dict[str, Any]:
    """What a carrier says that goes nowhere near there."""
    return {"carrier": "GelbePost", "type": "rate_error", "message": "We do not deliver to this address."}


def label(row: Row, address: str) -> dict[str, Any]:
    """A PostageLabel."""
    return {
        "id": row["id"].replace("shp_", "pl_"),
        "object": "PostageLabel",
        "created_at": moment(row["bought_at"]),
        "label_date": moment(row["bought_at"]),
        "label_size": "4x6",
        "label_type": "default",
        "label_file_type": "application/pdf",
        "label_url": f"{address}/files/{row['id'].replace('shp_', 'pl_')}.pdf",
        "label_pdf_url": None,
    }


def tracker(row: Row) -> dict[str, Any]:
    """A Tracker."""
    scans = json.loads(row["scans"])
    return {
        "id": row["id"].replace("shp_", "trk_"),
        "object": "Tracker",
        "mode": "test",
        "tracking_code": row["tracking_code"],
        "status": row["status"],
        "status_detail": row["detail"],
        "created_at": moment(row["bought_at"]),
        "updated_at": scans[-1]["datetime"] if scans else moment(row["bought_at"]),
        "signed_by": None,
        "weight": row["ounces"],
        "est_delivery_date": moment(row["bought_at"] + 2 * 86_400),
        "shipment_id": row["id"],
        "carrier": json.loads(row["selected"])["carrier"],
        "tracking_details": scans,
        "public_url": None,
    }


def scan(status: str, detail: str, at: str) -> dict[str, Any]:
    """A TrackingDetail."""
    return {
        "object": "TrackingDetail",
        "message": status.replace("_", " ").capitalize(),
        "status": status,
        "status_detail": detail,
        "datetime": at,
        "source": "GelbePost",
        "tracking_location": {"object": "TrackingLocation", "city": None, "country": "DE", "zip": None},
    }


def event(event_id: str, row: Row, earlier: str) -> dict[str, Any]:
    """An Event, which tells that a Tracker has changed."""
    return {
        "id": event_id,
        "object": "Event",
        "mode": "test",
        "description": "tracker.updated",
        "created_at": moment(),
        "updated_at": moment(),
        "status": "pending",
        "previous_attributes": {"status": earlier},
        "pending_urls": [],
        "completed_urls": [],
        "result": tracker(row),
    }
