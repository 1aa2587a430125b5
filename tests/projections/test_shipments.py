"""Shipments: planned, picked piece by piece, packed, labelled, on their way, and what can come in between."""

from datetime import UTC, datetime
from typing import Any

import pytest

from eventstore.messages import Event
from orders.domain.order import reference
from projections import shipments
from projections.shipments import Shipment, Stage
from tests import factories
from tests.orders.domain.ids import ORDER, PARCEL
from tests.projections.folding import row_after, rows_after


def of(kind: str, **fields: Any) -> Event:
    event: Event = getattr(factories, kind).build(shipment_id=PARCEL, order_id=ORDER, **fields)
    return event


PLANNED = of("ShipmentPlanned", pieces={"MUG": 3, "KETTLE": 1})
STARTED = of("PickingStarted")
PACKED = of("ShipmentPacked", grams=1200)
LABELLED = of("LabelPrinted", carrier="Parcel Post", tracking_number="PP1")
SENT = of("ShipmentDispatched")
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
DELIVERED = of("ShipmentDelivered", delivered_at=AT)


def test_a_shipment_waits_to_be_picked() -> None:
    [fact] = factories.history(PLANNED)
    assert rows_after(shipments.PROJECTION, PLANNED) == {
        PARCEL: {
            "shipment_id": PARCEL,
            "order_id": ORDER,
            "reference": reference(ORDER),
            "stage": Stage.PLANNED,
            "lines": [
                {"sku": "MUG", "quantity": 3, "picked": 0, "missing": 0},
                {"sku": "KETTLE", "quantity": 1, "picked": 0, "missing": 0},
            ],
            "picker": "",
            "grams": 0,
            "carrier": "",
            "tracking_number": "",
            "reason": "",
            "planned_at": fact.recorded_at,
            "dispatched_at": None,
            "delivered_at": None,
            "version": 1,
        }
    }


def test_pieces_are_picked_or_missing() -> None:
    some = of("ItemsPicked", sku="MUG", quantity=1), of("ItemsPicked", sku="MUG", quantity=1)
    row = row_after(shipments.PROJECTION, PLANNED, STARTED, *some, of("ShortPickReported", sku="MUG", missing=1))
    assert row["lines"] == [
        {"sku": "MUG", "quantity": 3, "picked": 2, "missing": 1},
        {"sku": "KETTLE", "quantity": 1, "picked": 0, "missing": 0},
    ]
    assert (row["stage"], row["picker"], row["version"]) == (Stage.PICKING, "clara", 5)


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([STARTED, PACKED], Stage.PACKED),
        ([STARTED, PACKED, LABELLED], Stage.LABELLED),
        ([STARTED, PACKED, LABELLED, SENT], Stage.DISPATCHED),
        ([STARTED, PACKED, LABELLED, SENT, of("ShipmentLost")], Stage.LOST),
        ([STARTED, PACKED, LABELLED, SENT, of("ShipmentLost"), DELIVERED], Stage.DELIVERED),
        ([of("ShipmentCancelled")], Stage.CANCELLED),
    ],
)
def test_how_far_it_has_come(events: list[Event], stage: Stage) -> None:
    assert row_after(shipments.PROJECTION, PLANNED, *events)["stage"] == stage


def test_what_it_weighs_and_where_it_is() -> None:
    *_, sent, _ = factories.history(PLANNED, STARTED, PACKED, LABELLED, SENT, DELIVERED)
    row = row_after(shipments.PROJECTION, PLANNED, STARTED, PACKED, LABELLED, SENT, DELIVERED)
    assert (row["grams"], row["carrier"], row["tracking_number"]) == (1200, "Parcel Post", "PP1")
    assert (row["dispatched_at"], row["delivered_at"]) == (sent.recorded_at, AT)


def test_why_it_was_stopped() -> None:
    row = row_after(shipments.PROJECTION, PLANNED, of("ShipmentCancelled", reason="Not wanted."))
    assert row["reason"] == "Not wanted."


def test_what_was_never_planned_is_not_shown() -> None:
    assert rows_after(shipments.PROJECTION, STARTED) == {}


def test_a_shipment_by_its_name() -> None:
    assert str(Shipment(reference="7K2MQ-4XW9D", stage=Stage.PLANNED)) == "7K2MQ-4XW9D: To be picked"
