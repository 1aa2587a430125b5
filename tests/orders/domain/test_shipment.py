"""Shipment: planned, picked, packed, labelled, sent, and stopped or lost on the way."""

from typing import Any

import pytest

from orders.domain import shipment
from orders.domain.shipment import (
    CancelShipment,
    DispatchShipment,
    ItemsPicked,
    PackShipment,
    PlanShipment,
    RecordLabel,
    RecordPick,
    ReportShortPick,
    ShipmentCancelled,
    ShipmentPacked,
    ShipmentPlanned,
    ShortPickReported,
)
from tests.orders.domain.ids import ORDER, PARCEL
from tests.orders.domain.parcels import (
    CANCEL,
    CANCELLED,
    DELIVER,
    DELIVERED,
    KETTLE,
    KETTLES,
    LABEL,
    LABELLED,
    LEFT,
    LOSE,
    LOST,
    MUG,
    MUGS,
    PACK,
    PACKED,
    PICK,
    PIECES,
    PLAN,
    PLANNED,
    SEND,
    SENT,
    SHORT,
    STAGES,
    START,
    STARTED,
    when,
)
from tests.scenario import Scenario

UNKNOWN = "There is no such shipment."
NOT_PACKED = "This shipment is not packed yet."
NOT_LEFT = "This parcel has not left yet."
PACKED_ALREADY = "This parcel is packed already."
WAS_CANCELLED = "This shipment was cancelled."


# The way of a parcel


def test_the_way_of_a_parcel() -> None:
    when("unplanned", PLAN).then(PLANNED)
    when("planned", START).then(STARTED)
    when("picking", PICK).then(MUGS)
    when("mugs picked", RecordPick(shipment_id=PARCEL, sku=KETTLE, quantity=1)).then(KETTLES)
    Scenario(shipment).given(PLANNED, STARTED, MUGS, KETTLES).when(PACK).then(PACKED)
    when("packed", LABEL).then(LABELLED)
    when("labelled", SEND).then(SENT)
    when("dispatched", DELIVER).then(DELIVERED)


# Every command at every stage at which it is not what comes next: nothing happens, or this is said


AT_OTHER_STAGES: list[tuple[shipment.Message, dict[str, str]]] = [
    (PLAN, dict.fromkeys(["planned", "picking", "packed", "labelled", *LEFT, "cancelled"], "")),
    (
        START,
        {"unplanned": UNKNOWN, "picking": "This shipment is being picked already."}
        | dict.fromkeys(["packed", "labelled", *LEFT], PACKED_ALREADY)
        | {"cancelled": WAS_CANCELLED},
    ),
    *(
        (
            command,
            {"unplanned": UNKNOWN, "planned": "Start picking this shipment first."}
            | dict.fromkeys(["packed", "labelled", *LEFT], PACKED_ALREADY)
            | {"cancelled": WAS_CANCELLED},
        )
        for command in (PICK, SHORT, PACK)
    ),
    (
        LABEL,
        {"unplanned": UNKNOWN, "planned": NOT_PACKED, "picking": NOT_PACKED}
        | dict.fromkeys(["labelled", *LEFT], "")
        | {"cancelled": "This shipment was cancelled. Its label is not needed any more."},
    ),
    (
        SEND,
        {"unplanned": UNKNOWN, "planned": NOT_PACKED, "picking": NOT_PACKED, "packed": "This parcel has no label yet."}
        | dict.fromkeys(LEFT, "")
        | {"cancelled": "This shipment was cancelled. Put the goods back."},
    ),
    (
        CANCEL,
        {"unplanned": UNKNOWN, "cancelled": ""}
        | dict.fromkeys(LEFT, "The parcel has left. You can return the goods instead."),
    ),
    (
        DELIVER,
        {"unplanned": UNKNOWN, "delivered": "", "cancelled": WAS_CANCELLED}
        | dict.fromkeys(["planned", "picking", "packed", "labelled"], NOT_LEFT),
    ),
    (
        LOSE,
        {"unplanned": UNKNOWN, "lost": "", "delivered": "This parcel was delivered.", "cancelled": WAS_CANCELLED}
        | dict.fromkeys(["planned", "picking", "packed", "labelled"], NOT_LEFT),
    ),
]


@pytest.mark.parametrize(
    ("command", "stage", "sentence"),
    [(command, stage, sentence) for command, said in AT_OTHER_STAGES for stage, sentence in said.items()],
    ids=[f"{type(command).__name__}-{stage}" for command, said in AT_OTHER_STAGES for stage in said],
)
def test_what_does_not_come_next(command: shipment.Message, stage: str, sentence: str) -> None:
    if sentence:
        when(stage, command).refused(sentence)
    else:
        when(stage, command).then()


# Planned


@pytest.mark.parametrize("pieces", [{}, {MUG: 0}, {MUG: 2, KETTLE: -1}], ids=str)
def test_a_shipment_has_something_in_it(pieces: dict[str, int]) -> None:
    when("unplanned", PlanShipment(shipment_id=PARCEL, order_id=ORDER, pieces=pieces)).refused(
        "A shipment has at least one piece of each of its products."
    )


def test_a_shipment_of_one_piece() -> None:
    when("unplanned", PlanShipment(shipment_id=PARCEL, order_id=ORDER, pieces={MUG: 1})).then(
        ShipmentPlanned(shipment_id=PARCEL, order_id=ORDER, pieces={MUG: 1})
    )


# Picked


def test_pieces_are_picked_one_by_one() -> None:
    one = ItemsPicked(shipment_id=PARCEL, order_id=ORDER, sku=MUG, quantity=1)
    picking = Scenario(shipment).given(PLANNED, STARTED, one, one)
    picking.when(RecordPick(shipment_id=PARCEL, sku=MUG, quantity=1)).then(one)
    picking.when(RecordPick(shipment_id=PARCEL, sku=MUG, quantity=2)).refused("MUG-035: only 1 left to pick.")
    picking.when(ReportShortPick(shipment_id=PARCEL, sku=MUG, missing=2)).refused("MUG-035: only 1 left to pick.")


def test_pieces_that_are_missing_are_not_to_be_picked() -> None:
    missing = ShortPickReported(shipment_id=PARCEL, order_id=ORDER, sku=MUG, missing=1)
    when("picking", SHORT).then(missing)
    picking = Scenario(shipment).given(PLANNED, STARTED, missing, missing)
    picking.when(RecordPick(shipment_id=PARCEL, sku=MUG, quantity=2)).refused("MUG-035: only 1 left to pick.")


def test_of_what_is_picked_or_missing_nothing_is_left_to_pick() -> None:
    missing = ShortPickReported(shipment_id=PARCEL, order_id=ORDER, sku=KETTLE, missing=1)
    for done in (KETTLES, missing):
        Scenario(shipment).given(PLANNED, STARTED, done).when(
            RecordPick(shipment_id=PARCEL, sku=KETTLE, quantity=1)
        ).refused("All pieces of KET-120 are picked, or known to be missing.")


def test_what_does_not_belong_into_the_parcel_is_not_picked() -> None:
    when("picking", RecordPick(shipment_id=PARCEL, sku="UNICORN", quantity=1)).refused(
        "UNICORN does not belong in this parcel."
    )


@pytest.mark.parametrize("quantity", [0, -1])
def test_something_is_picked_or_missing(quantity: int) -> None:
    for command in (
        RecordPick(shipment_id=PARCEL, sku=MUG, quantity=quantity),
        ReportShortPick(shipment_id=PARCEL, sku=MUG, missing=quantity),
    ):
        when("picking", command).refused("Enter a quantity of 1 or more.")


# Packed


def test_a_parcel_is_packed_once_all_is_picked_or_missing() -> None:
    when("mugs picked", PACK).refused("Still to be picked: 1. Pick what is there, and report the rest missing.")
    missing = ShortPickReported(shipment_id=PARCEL, order_id=ORDER, sku=KETTLE, missing=1)
    Scenario(shipment).given(PLANNED, STARTED, MUGS, missing).when(PACK).then(
        ShipmentPacked(shipment_id=PARCEL, order_id=ORDER, pieces={MUG: 3}, grams=1200)
    )


def test_an_empty_parcel_is_not_packed() -> None:
    missing = [
        ShortPickReported(shipment_id=PARCEL, order_id=ORDER, sku=sku, missing=pieces) for sku, pieces in PIECES.items()
    ]
    Scenario(shipment).given(PLANNED, STARTED, *missing).when(PACK).refused(
        "Nothing was picked for this parcel. Cancel the shipment instead."
    )


@pytest.mark.parametrize("grams", [0, -1, 31_501])
def test_a_weight_that_no_carrier_takes(grams: int) -> None:
    Scenario(shipment).given(PLANNED, STARTED, MUGS, KETTLES).when(
        PackShipment(shipment_id=PARCEL, grams=grams)
    ).refused("Enter a weight between 1 and 31500 grams.")


@pytest.mark.parametrize("grams", [1, 31_500])
def test_the_lightest_and_the_heaviest_parcel(grams: int) -> None:
    Scenario(shipment).given(PLANNED, STARTED, MUGS, KETTLES).when(PackShipment(shipment_id=PARCEL, grams=grams)).then(
        ShipmentPacked(shipment_id=PARCEL, order_id=ORDER, pieces=PIECES, grams=grams)
    )


# Labelled and sent


@pytest.mark.parametrize("stage", ["labelled", *LEFT])
def test_a_parcel_has_one_label(stage: str) -> None:
    other = RecordLabel(shipment_id=PARCEL, carrier="Parcel Post", tracking_number="PP2")
    when(stage, other).refused("This parcel has the label PP1 already.")


@pytest.mark.parametrize(("carrier", "number"), [(" ", "PP1"), ("Parcel Post", "")])
def test_a_label_says_who_and_what(carrier: str, number: str) -> None:
    when("packed", RecordLabel(shipment_id=PARCEL, carrier=carrier, tracking_number=number)).refused(
        "A label names the carrier and a tracking number."
    )


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        ("held", "The order is on hold. Put the parcel aside."),
        ("cancellation_requested", "The customer has asked to cancel the order. Put the parcel aside."),
        ("cancelled", "The order was cancelled. Put the goods back."),
    ],
)
def test_the_parcel_of_an_order_that_does_not_want_it_stays(standing: Any, sentence: str) -> None:
    when("labelled", DispatchShipment(shipment_id=PARCEL, order=standing)).refused(sentence)


@pytest.mark.parametrize("stage", ["planned", "picking", "mugs picked", "packed"])
def test_a_parcel_is_stopped_at_any_time_before_it_leaves(stage: str) -> None:
    when(stage, CANCEL).then(CANCELLED)


def test_a_parcel_that_is_stopped_with_a_label_says_which() -> None:
    when("labelled", CANCEL).then(
        ShipmentCancelled(shipment_id=PARCEL, order_id=ORDER, reason="Not wanted.", tracking_number="PP1")
    )


def test_a_parcel_is_stopped_for_a_reason() -> None:
    when("planned", CancelShipment(shipment_id=PARCEL, reason="")).refused("Enter a reason.")


def test_the_dispatch_and_the_cancellation_that_race() -> None:
    """One wins by the version of the stream; the other, decided anew, is told what happened."""
    when("dispatched", CANCEL).refused("The parcel has left. You can return the goods instead.")
    Scenario(shipment).given(*STAGES["labelled"], CANCELLED).when(SEND).refused(
        "This shipment was cancelled. Put the goods back."
    )


# Arrived or lost


def test_a_parcel_is_lost() -> None:
    when("dispatched", LOSE).then(LOST)


def test_a_lost_parcel_may_arrive_after_all() -> None:
    when("lost", DELIVER).then(DELIVERED)
    assert Scenario(shipment).given(*STAGES["lost"], DELIVERED).state.tracking_number == "PP1"
