"""Shipment: what it is after each event, also after one that comes out of turn."""

import pytest

from orders.domain import shipment
from orders.domain.shipment import (
    Cancelled,
    Delivered,
    Labelled,
    Lost,
    RecordLabel,
    ShortPickReported,
)
from tests.orders.domain.ids import ORDER, PARCEL
from tests.orders.domain.parcels import (
    DELIVERED,
    LABELLED,
    LOST,
    MUG,
    MUGS,
    STAGES,
    STARTED,
    when,
)
from tests.scenario import Scenario


def test_what_happens_out_of_turn_leaves_a_shipment_as_it_is() -> None:
    missing = ShortPickReported(shipment_id=PARCEL, order_id=ORDER, sku=MUG, missing=1)
    for late in (STARTED, MUGS, missing):
        assert (
            Scenario(shipment).given(*STAGES["packed"], late).state == Scenario(shipment).given(*STAGES["packed"]).state
        )


@pytest.mark.parametrize("stage", ["unplanned", "planned", "picking"])
def test_a_parcel_that_nobody_sent_has_no_tracking_number(stage: str) -> None:
    for end, state in ((DELIVERED, Delivered), (LOST, Lost)):
        found = Scenario(shipment).given(*STAGES[stage], end).state
        assert found == state(order_id=ORDER, tracking_number="")
    labelled = Scenario(shipment).given(*STAGES[stage], LABELLED).state
    assert labelled == Labelled(order_id=ORDER, picked={}, tracking_number="PP1")


def test_a_parcel_knows_its_order_to_the_end() -> None:
    ends = {stage: Scenario(shipment).given(*STAGES[stage]).state for stage in ("delivered", "lost", "cancelled")}
    assert ends == {
        "delivered": Delivered(order_id=ORDER, tracking_number="PP1"),
        "lost": Lost(order_id=ORDER, tracking_number="PP1"),
        "cancelled": Cancelled(order_id=ORDER),
    }


@pytest.mark.parametrize(("carrier", "number"), [("x" * 101, "PP1"), ("Parcel Post", "x" * 101)])
def test_a_label_has_room_for_so_much(carrier: str, number: str) -> None:
    when("packed", RecordLabel(shipment_id=PARCEL, carrier=carrier, tracking_number=number)).refused(
        "Use at most 100 characters for the carrier and the number."
    )
    packed = Scenario(shipment).given(*STAGES["packed"]).state
    assert shipment.decide(RecordLabel(shipment_id=PARCEL, carrier="x" * 100, tracking_number="x" * 100), packed)
