"""A parcel of three mugs and a kettle, how far it can have come, and what can be asked of it."""

from datetime import UTC, datetime

from orders.domain import shipment
from orders.domain.shipment import (
    CancelShipment,
    DispatchShipment,
    ItemsPicked,
    LabelPrinted,
    PackShipment,
    PickingStarted,
    PlanShipment,
    RecordDelivery,
    RecordLabel,
    RecordPick,
    ReportShipmentLost,
    ReportShortPick,
    ShipmentCancelled,
    ShipmentDelivered,
    ShipmentDispatched,
    ShipmentLost,
    ShipmentPacked,
    ShipmentPlanned,
    StartPicking,
)
from tests.orders.domain.ids import ORDER, PARCEL
from tests.scenario import Scenario

MUG, KETTLE = "MUG-035", "KET-120"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PIECES = {MUG: 3, KETTLE: 1}

PLANNED = ShipmentPlanned(shipment_id=PARCEL, order_id=ORDER, pieces=PIECES)
STARTED = PickingStarted(shipment_id=PARCEL, order_id=ORDER)
MUGS = ItemsPicked(shipment_id=PARCEL, order_id=ORDER, sku=MUG, quantity=3)
KETTLES = ItemsPicked(shipment_id=PARCEL, order_id=ORDER, sku=KETTLE, quantity=1)
PACKED = ShipmentPacked(shipment_id=PARCEL, order_id=ORDER, pieces=PIECES, grams=1200)
LABELLED = LabelPrinted(shipment_id=PARCEL, order_id=ORDER, carrier="Parcel Post", tracking_number="PP1")
SENT = ShipmentDispatched(shipment_id=PARCEL, order_id=ORDER, pieces=PIECES, tracking_number="PP1")
DELIVERED = ShipmentDelivered(shipment_id=PARCEL, order_id=ORDER, delivered_at=NOON)
LOST = ShipmentLost(shipment_id=PARCEL, order_id=ORDER)
CANCELLED = ShipmentCancelled(shipment_id=PARCEL, order_id=ORDER, reason="Not wanted.", tracking_number=None)

PLAN = PlanShipment(shipment_id=PARCEL, order_id=ORDER, pieces=PIECES)
START = StartPicking(shipment_id=PARCEL)
PICK = RecordPick(shipment_id=PARCEL, sku=MUG, quantity=3)
SHORT = ReportShortPick(shipment_id=PARCEL, sku=MUG, missing=1)
PACK = PackShipment(shipment_id=PARCEL, grams=1200)
LABEL = RecordLabel(shipment_id=PARCEL, carrier="Parcel Post", tracking_number="PP1")
SEND = DispatchShipment(shipment_id=PARCEL, order="open")
CANCEL = CancelShipment(shipment_id=PARCEL, reason="Not wanted.")
DELIVER = RecordDelivery(shipment_id=PARCEL, delivered_at=NOON)
LOSE = ReportShipmentLost(shipment_id=PARCEL)

STAGES: dict[str, tuple[shipment.Happening, ...]] = {
    "unplanned": (),
    "planned": (PLANNED,),
    "picking": (PLANNED, STARTED),
    "mugs picked": (PLANNED, STARTED, MUGS),
    "packed": (PLANNED, STARTED, MUGS, KETTLES, PACKED),
    "labelled": (PLANNED, STARTED, MUGS, KETTLES, PACKED, LABELLED),
    "dispatched": (PLANNED, STARTED, MUGS, KETTLES, PACKED, LABELLED, SENT),
    "delivered": (PLANNED, STARTED, MUGS, KETTLES, PACKED, LABELLED, SENT, DELIVERED),
    "lost": (PLANNED, STARTED, MUGS, KETTLES, PACKED, LABELLED, SENT, LOST),
    "cancelled": (PLANNED, CANCELLED),
}
LEFT = ["dispatched", "delivered", "lost"]


def when(stage: str, command: shipment.Message) -> Scenario:
    """Something is asked of the parcel, which has come this far."""
    return Scenario(shipment).given(*STAGES[stage]).when(command)
