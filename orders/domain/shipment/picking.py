"""Picking: the pieces of a shipment are fetched from the shelves and packed."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.roles import PROCESS, WAREHOUSE
from eventstore.messages import Command, Event, Refused
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

HEAVIEST = 31_500
UNKNOWN = "There is no such shipment."
CANCELLED = "This shipment was cancelled."
NOT_PICKING = "Start picking this shipment first."
PACKED = "This parcel is packed already."


class PlanShipment(Command):
    sent_by = frozenset({PROCESS})

    shipment_id: UUID
    order_id: UUID
    pieces: Pieces


class StartPicking(Command):
    sent_by = frozenset({WAREHOUSE})

    shipment_id: UUID


class RecordPick(Command):
    sent_by = frozenset({WAREHOUSE})

    shipment_id: UUID
    sku: str
    quantity: int


class ReportShortPick(Command):
    sent_by = frozenset({WAREHOUSE})

    shipment_id: UUID
    sku: str
    missing: int


class PackShipment(Command):
    sent_by = frozenset({WAREHOUSE})

    shipment_id: UUID
    grams: int


class ShipmentPlanned(Event):
    shipment_id: UUID
    order_id: UUID
    pieces: Pieces


class PickingStarted(Event):
    shipment_id: UUID
    order_id: UUID


class ItemsPicked(Event):
    shipment_id: UUID
    order_id: UUID
    sku: str
    quantity: int


class ShortPickReported(Event):
    shipment_id: UUID
    order_id: UUID
    sku: str
    missing: int


class ShipmentPacked(Event):
    shipment_id: UUID
    order_id: UUID
    pieces: Pieces
    grams: int


type Message = PlanShipment | StartPicking | RecordPick | ReportShortPick | PackShipment
type Happening = ShipmentPlanned | PickingStarted | ItemsPicked | ShortPickReported | ShipmentPacked


def decide(command: Message, shipment: Shipment) -> list[Happening]:
    """What comes of a command."""
    match command:
        case PlanShipment():
            return plan(command, shipment)
        case StartPicking():
            return start(command, shipment)
        case RecordPick():
            return record_pick(command, shipment)
        case ReportShortPick():
            return report_short(command, shipment)
        case PackShipment():
            return pack(command, shipment)


def plan(command: PlanShipment, shipment: Shipment) -> list[Happening]:
    """Pieces of an order are to go into one parcel: once, however often it is asked for."""
    match shipment:
        case Unplanned():
            if not command.pieces or min(command.pieces.values()) < 1:
                raise Refused("A shipment has at least one piece of each of its products.")
            return [ShipmentPlanned(shipment_id=command.shipment_id, order_id=command.order_id, pieces=command.pieces)]
        case Planned() | Picking() | Packed() | Labelled() | Dispatched() | Delivered() | Lost() | Cancelled():
            return []


def start(command: StartPicking, shipment: Shipment) -> list[Happening]:
    """Somebody begins to fetch the pieces."""
    match shipment:
        case Unplanned():
            raise Refused(UNKNOWN)
        case Planned():
            return [PickingStarted(shipment_id=command.shipment_id, order_id=shipment.order_id)]
        case Picking():
            raise Refused("This shipment is being picked already.")
        case Packed() | Labelled() | Dispatched() | Delivered() | Lost():
            raise Refused(PACKED)
        case Cancelled():
            raise Refused(CANCELLED)


def record_pick(command: RecordPick, shipment: Shipment) -> list[Happening]:
    """Pieces have been fetched."""
    picking = being_picked(shipment)
    ask_left(command.sku, command.quantity, picking)
    return [
        ItemsPicked(
            shipment_id=command.shipment_id,
            order_id=picking.order_id,
            sku=command.sku,
            quantity=command.quantity,
        )
    ]


def report_short(command: ReportShortPick, shipment: Shipment) -> list[Happening]:
    """Pieces are not where they should be."""
    picking = being_picked(shipment)
    ask_left(command.sku, command.missing, picking)
    return [
        ShortPickReported(
            shipment_id=command.shipment_id,
            order_id=picking.order_id,
            sku=command.sku,
            missing=command.missing,
        )
    ]


def pack(command: PackShipment, shipment: Shipment) -> list[Happening]:
    """All that was picked is in its parcel."""
    picking = being_picked(shipment)
    if left := sum(picking.left(sku) for sku in picking.pieces):
        raise Refused("Still to be picked: {left}. Pick what is there, and report the rest missing.", left=left)
    if not picking.picked:
        raise Refused("Nothing was picked for this parcel. Cancel the shipment instead.")
    if not 1 <= command.grams <= HEAVIEST:
        raise Refused("Enter a weight between 1 and {most} grams.", most=HEAVIEST)
    return [
        ShipmentPacked(
            shipment_id=command.shipment_id,
            order_id=picking.order_id,
            pieces=picking.picked,
            grams=command.grams,
        )
    ]


def being_picked(shipment: Shipment) -> Picking:
    """The shipment that somebody is picking; Refused where nobody is."""
    match shipment:
        case Unplanned():
            raise Refused(UNKNOWN)
        case Planned():
            raise Refused(NOT_PICKING)
        case Picking():
            return shipment
        case Packed() | Labelled() | Dispatched() | Delivered() | Lost():
            raise Refused(PACKED)
        case Cancelled():
            raise Refused(CANCELLED)


def ask_left(sku: str, quantity: int, picking: Picking) -> None:
    """Refused, unless so many pieces of a product are still to be picked."""
    if sku not in picking.pieces:
        raise Refused("{sku} does not belong in this parcel.", sku=sku)
    if quantity < 1:
        raise Refused("Enter a quantity of 1 or more.")
    if not picking.left(sku):
        raise Refused("All pieces of {sku} are picked, or known to be missing.", sku=sku)
    if quantity > picking.left(sku):
        raise Refused("{sku}: only {left} left to pick.", left=picking.left(sku), sku=sku)


def evolve(shipment: Shipment, event: Happening) -> Shipment:
    """The shipment after an event."""
    match event:
        case ShipmentPlanned():
            return Planned(order_id=event.order_id, pieces=event.pieces)
        case PickingStarted():
            return (
                Picking(order_id=event.order_id, pieces=shipment.pieces) if isinstance(shipment, Planned) else shipment
            )
        case ItemsPicked():
            return picked(shipment, event)
        case ShortPickReported():
            return short(shipment, event)
        case ShipmentPacked():
            return Packed(order_id=event.order_id, picked=event.pieces)


def picked(shipment: Shipment, event: ItemsPicked) -> Shipment:
    """The shipment with some more of its pieces picked."""
    if not isinstance(shipment, Picking):
        return shipment
    pieces = shipment.picked.get(event.sku, 0) + event.quantity
    return replace(shipment, picked=shipment.picked | {event.sku: pieces})


def short(shipment: Shipment, event: ShortPickReported) -> Shipment:
    """The shipment with some more of its pieces missing."""
    if not isinstance(shipment, Picking):
        return shipment
    pieces = shipment.missing.get(event.sku, 0) + event.missing
    return replace(shipment, missing=shipment.missing | {event.sku: pieces})
