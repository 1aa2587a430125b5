"""Carriage: a packed parcel gets its label, is followed until it arrives, and what is not needed is given back."""

from datetime import datetime, timedelta
from uuid import UUID

from eventstore.messages import Request, State
from eventstore.process import (
    Accept,
    Ask,
    CommandRefused,
    CommandSkipped,
    DeadlineReached,
    Do,
    RequestAnswered,
    Send,
    StopWaiting,
    Wait,
)
from orders.domain import shipment

CARRIER = "carrier"
FIRST_LOOK = timedelta(days=1)  # after which the carrier is asked, whether it has told us something or not
NEXT_LOOK = timedelta(days=1)
PATIENCE = timedelta(days=30)  # after which a parcel that nobody has seen is lost


class BuyLabel(Request):
    """A label for a parcel of this weight. Where it goes is looked up as it is asked for."""

    shipment_id: UUID
    order_id: UUID
    grams: int


class GiveLabelBack(Request):
    """The label of a shipment is not needed any more."""

    shipment_id: UUID


class FindParcel(Request):
    """What the carrier knows of the parcel of a shipment."""

    shipment_id: UUID


class DiscardLabel(Request):
    """The file of a label has done its work: it shows where somebody lives, and is not kept for longer."""

    shipment_id: UUID


class Unbegun(State):
    """Nothing is packed."""


class Packed(State):
    """The carrier is asked for a label."""


class Labelled(State):
    """The parcel waits to be handed over."""


class Underway(State):
    """The parcel is with the carrier, who tells us where it is, or is asked."""


class Missing(State):
    """Nobody has seen it for too long: it is lost, unless the carrier answers that it is not."""


class Over(State):
    """It has arrived, is lost, or was stopped."""


type Carriage = Unbegun | Packed | Labelled | Underway | Missing | Over
type Wanted = (
    shipment.ShipmentPacked
    | shipment.LabelPrinted
    | shipment.ShipmentDispatched
    | shipment.ShipmentCancelled
    | shipment.ShipmentDelivered
    | shipment.ShipmentLost
    | DeadlineReached
    | CommandRefused
    | CommandSkipped
    | RequestAnswered
)

initial: Carriage = Unbegun()


def evolve(state: Carriage, event: Wanted) -> Carriage:
    """Where the parcel is after an event."""
    match event:
        case shipment.ShipmentPacked():
            return Packed()
        case shipment.LabelPrinted():
            return Labelled()
        case shipment.ShipmentDispatched():
            return Underway()
        case shipment.ShipmentCancelled() | shipment.ShipmentDelivered() | shipment.ShipmentLost():
            return Over()
        case DeadlineReached() | CommandRefused() | CommandSkipped() | RequestAnswered():
            return state


def react(before: Carriage, event: Wanted, after: Carriage, at: datetime) -> list[Do]:
    """What is to be done next."""
    match event:
        case shipment.ShipmentPacked(shipment_id=shipment_id, order_id=order_id, grams=grams):
            return [Ask(CARRIER, BuyLabel(shipment_id=shipment_id, order_id=order_id, grams=grams))]
        case shipment.ShipmentDispatched():
            return [Wait("look", at + FIRST_LOOK), Wait("patience", at + PATIENCE)]
        case DeadlineReached(name="look", instance=instance):
            parcel = UUID(instance.partition(":")[2])
            return [Ask(CARRIER, FindParcel(shipment_id=parcel)), Wait("look", at + NEXT_LOOK)]
        case DeadlineReached(name="patience", instance=instance):
            return [
                StopWaiting("look"),
                Send(shipment.ReportShipmentLost(shipment_id=UUID(instance.partition(":")[2]))),
            ]
        case shipment.ShipmentCancelled(shipment_id=shipment_id) if not isinstance(before, Unbegun):
            return [Ask(CARRIER, GiveLabelBack(shipment_id=shipment_id))]
        case shipment.ShipmentDelivered(shipment_id=shipment_id) | shipment.ShipmentLost(shipment_id=shipment_id):
            return [Ask(CARRIER, DiscardLabel(shipment_id=shipment_id))]
        case CommandRefused() if isinstance(after, Over):
            return [Accept()]
        case _:
            return []
