"""Sending: a packed parcel gets its label, is handed to the carrier, and arrives, or is stopped, or lost."""

from typing import Literal
from uuid import UUID

from accounts.domain.reason import ask_reason
from accounts.domain.roles import CARRIER, CUSTOMER_SERVICE, PROCESS, WAREHOUSE
from eventstore.messages import Command, Event, Refused
from orders.domain.moment import Moment
from orders.domain.shipment.picking import CANCELLED, UNKNOWN
from orders.domain.shipment.states import (
    Cancelled,
    Delivered,
    Dispatched,
    Labelled,
    Lost,
    Packed,
    Picking,
    Pieces,
    Planned,
    Shipment,
    Unplanned,
)

NOT_PACKED = "This shipment is not packed yet."
NOT_DISPATCHED = "This parcel has not left yet."
LONGEST = 100

type OrderStanding = Literal["open", "held", "cancellation_requested", "cancelled"]


class RecordLabel(Command):
    sent_by = frozenset({CARRIER, PROCESS})

    shipment_id: UUID
    carrier: str
    tracking_number: str


class DispatchShipment(Command):
    sent_by = frozenset({WAREHOUSE})
    looked_up = frozenset({"order"})

    shipment_id: UUID
    order: OrderStanding


class CancelShipment(Command):
    sent_by = frozenset({WAREHOUSE, PROCESS})

    shipment_id: UUID
    reason: str


class RecordDelivery(Command):
    sent_by = frozenset({CARRIER, PROCESS})

    shipment_id: UUID
    delivered_at: Moment


class ReportShipmentLost(Command):
    sent_by = frozenset({CARRIER, CUSTOMER_SERVICE, PROCESS})

    shipment_id: UUID


class LabelPrinted(Event):
    shipment_id: UUID
    order_id: UUID
    carrier: str
    tracking_number: str


class ShipmentDispatched(Event):
    shipment_id: UUID
    order_id: UUID
    pieces: Pieces
    tracking_number: str


class ShipmentCancelled(Event):
    shipment_id: UUID
    order_id: UUID
    reason: str
    tracking_number: str | None


class ShipmentDelivered(Event):
    shipment_id: UUID
    order_id: UUID
    delivered_at: Moment


class ShipmentLost(Event):
    shipment_id: UUID
    order_id: UUID


type Message = RecordLabel | DispatchShipment | CancelShipment | RecordDelivery | ReportShipmentLost
type Happening = LabelPrinted | ShipmentDispatched | ShipmentCancelled | ShipmentDelivered | ShipmentLost


def decide(command: Message, shipment: Shipment) -> list[Happening]:
    """What comes of a command."""
    match command:
        case RecordLabel():
            return record_label(command, shipment)
        case DispatchShipment():
            return dispatch(command, shipment)
        case CancelShipment():
            return cancel(command, shipment)
        case RecordDelivery():
            return record_delivery(command, shipment)
        case ReportShipmentLost():
            return report_lost(command, shipment)


def record_label(command: RecordLabel, shipment: Shipment) -> list[Happening]:
    """The carrier has made out a label."""
    match shipment:
        case Unplanned():
            raise Refused(UNKNOWN)
        case Planned() | Picking():
            raise Refused(NOT_PACKED)
        case Packed():
            if not command.carrier.strip() or not command.tracking_number.strip():
                raise Refused("A label names the carrier and a tracking number.")
            if max(len(command.carrier), len(command.tracking_number)) > LONGEST:
                raise Refused("Use at most {longest} characters for the carrier and the number.", longest=LONGEST)
            return [
                LabelPrinted(
                    shipment_id=command.shipment_id,
                    order_id=shipment.order_id,
                    carrier=command.carrier,
                    tracking_number=command.tracking_number,
                )
            ]
        case Labelled() | Dispatched() | Delivered() | Lost():
            if command.tracking_number == shipment.tracking_number:
                return []
            raise Refused("This parcel has the label {number} already.", number=shipment.tracking_number)
        case Cancelled():
            raise Refused("This shipment was cancelled. Its label is not needed any more.")


def dispatch(command: DispatchShipment, shipment: Shipment) -> list[Happening]:
    """The parcel is handed to the carrier."""
    match shipment:
        case Unplanned():
            raise Refused(UNKNOWN)
        case Planned() | Picking():
            raise Refused(NOT_PACKED)
        case Packed():
            raise Refused("This parcel has no label yet.")
        case Labelled():
            ask_open(command.order)
            return [
                ShipmentDispatched(
                    shipment_id=command.shipment_id,
                    order_id=shipment.order_id,
                    pieces=shipment.picked,
                    tracking_number=shipment.tracking_number,
                )
            ]
        case Dispatched() | Delivered() | Lost():
            return []
        case Cancelled():
            raise Refused("This shipment was cancelled. Put the goods back.")


def ask_open(order: OrderStanding) -> None:
    """Refused, unless the order still wants its parcels to leave."""
    match order:
        case "open":
            return
        case "held":
            raise Refused("The order is on hold. Put the parcel aside.")
        case "cancellation_requested":
            raise Refused("The customer has asked to cancel the order. Put the parcel aside.")
        case "cancelled":
            raise Refused("The order was cancelled. Put the goods back.")


def cancel(command: CancelShipment, shipment: Shipment) -> list[Happening]:
    """The parcel is stopped before it leaves."""
    ask_reason(command.reason)
    match shipment:
        case Unplanned():
            raise Refused(UNKNOWN)
        case Planned() | Picking() | Packed():
            return [cancelled(command, shipment.order_id, None)]
        case Labelled():
            return [cancelled(command, shipment.order_id, shipment.tracking_number)]
        case Dispatched() | Delivered() | Lost():
            raise Refused("The parcel has left. You can return the goods instead.")
        case Cancelled():
            return []


def cancelled(command: CancelShipment, order_id: UUID, tracking_number: str | None) -> ShipmentCancelled:
    """The shipment as it was cancelled, and the label that is of no use any more."""
    return ShipmentCancelled(
        shipment_id=command.shipment_id, order_id=order_id, reason=command.reason, tracking_number=tracking_number
    )


def record_delivery(command: RecordDelivery, shipment: Shipment) -> list[Happening]:
    """The parcel has arrived, be it one that was believed lost."""
    match shipment:
        case Unplanned():
            raise Refused(UNKNOWN)
        case Planned() | Picking() | Packed() | Labelled():
            raise Refused(NOT_DISPATCHED)
        case Dispatched() | Lost():
            return [
                ShipmentDelivered(
                    shipment_id=command.shipment_id, order_id=shipment.order_id, delivered_at=command.delivered_at
                )
            ]
        case Delivered():
            return []
        case Cancelled():
            raise Refused(CANCELLED)


def report_lost(command: ReportShipmentLost, shipment: Shipment) -> list[Happening]:
    """The parcel is gone."""
    match shipment:
        case Unplanned():
            raise Refused(UNKNOWN)
        case Planned() | Picking() | Packed() | Labelled():
            raise Refused(NOT_DISPATCHED)
        case Dispatched():
            return [ShipmentLost(shipment_id=command.shipment_id, order_id=shipment.order_id)]
        case Lost():
            return []
        case Delivered():
            raise Refused("This parcel was delivered.")
        case Cancelled():
            raise Refused(CANCELLED)


def evolve(shipment: Shipment, event: Happening) -> Shipment:
    """The shipment after an event."""
    match event:
        case LabelPrinted():
            picked = shipment.picked if isinstance(shipment, Packed) else {}
            return Labelled(order_id=event.order_id, picked=picked, tracking_number=event.tracking_number)
        case ShipmentDispatched():
            return Dispatched(order_id=event.order_id, tracking_number=event.tracking_number)
        case ShipmentCancelled():
            return Cancelled(order_id=event.order_id)
        case ShipmentDelivered():
            return Delivered(order_id=event.order_id, tracking_number=tracked(shipment))
        case ShipmentLost():
            return Lost(order_id=event.order_id, tracking_number=tracked(shipment))


def tracked(shipment: Shipment) -> str:
    """The tracking number of a parcel that has left."""
    match shipment:
        case Labelled() | Dispatched() | Delivered() | Lost():
            return shipment.tracking_number
        case Unplanned() | Planned() | Picking() | Packed() | Cancelled():
            return ""
