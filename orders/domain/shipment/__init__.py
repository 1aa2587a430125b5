"""Shipment: a parcel of an order, from the shelf to the customer."""

from collections.abc import Sequence

from orders.domain.shipment import picking, sending
from orders.domain.shipment.picking import (
    ItemsPicked,
    PackShipment,
    PickingStarted,
    PlanShipment,
    RecordPick,
    ReportShortPick,
    ShipmentPacked,
    ShipmentPlanned,
    ShortPickReported,
    StartPicking,
)
from orders.domain.shipment.sending import (
    CancelShipment,
    DispatchShipment,
    LabelPrinted,
    OrderStanding,
    RecordDelivery,
    RecordLabel,
    ReportShipmentLost,
    ShipmentCancelled,
    ShipmentDelivered,
    ShipmentDispatched,
    ShipmentLost,
)
from orders.domain.shipment.states import (
    Cancelled,
    Delivered,
    Dispatched,
    Labelled,
    Lost,
    Packed,
    Picking,
    Planned,
    Shipment,
    Unplanned,
)

__all__ = [
    "CancelShipment",
    "Cancelled",
    "Delivered",
    "DispatchShipment",
    "Dispatched",
    "Happening",
    "ItemsPicked",
    "LabelPrinted",
    "Labelled",
    "Lost",
    "Message",
    "OrderStanding",
    "PackShipment",
    "Packed",
    "Picking",
    "PickingStarted",
    "PlanShipment",
    "Planned",
    "RecordDelivery",
    "RecordLabel",
    "RecordPick",
    "ReportShipmentLost",
    "ReportShortPick",
    "Shipment",
    "ShipmentCancelled",
    "ShipmentDelivered",
    "ShipmentDispatched",
    "ShipmentLost",
    "ShipmentPacked",
    "ShipmentPlanned",
    "ShortPickReported",
    "StartPicking",
    "Unplanned",
    "decide",
    "evolve",
    "initial",
]

type Message = picking.Message | sending.Message
type Happening = picking.Happening | sending.Happening

initial: Shipment = Unplanned()


def decide(command: Message, shipment: Shipment) -> Sequence[Happening]:
    """What comes of a command."""
    match command:
        case PlanShipment() | StartPicking() | RecordPick() | ReportShortPick() | PackShipment():
            return picking.decide(command, shipment)
        case RecordLabel() | DispatchShipment() | CancelShipment() | RecordDelivery() | ReportShipmentLost():
            return sending.decide(command, shipment)


def evolve(shipment: Shipment, event: Happening) -> Shipment:
    """The shipment after an event."""
    match event:
        case ShipmentPlanned() | PickingStarted() | ItemsPicked() | ShortPickReported() | ShipmentPacked():
            return picking.evolve(shipment, event)
        case LabelPrinted() | ShipmentDispatched() | ShipmentCancelled() | ShipmentDelivered() | ShipmentLost():
            return sending.evolve(shipment, event)
