"""Tracking: what a carrier says of a parcel becomes a command, as far as the shipment is ready for it."""

from collections.abc import Sequence
from uuid import UUID

from eventstore import log
from eventstore.dispatch import load
from eventstore.inbox import NotYet
from eventstore.messages import Command
from orders.domain import shipment
from orders.streams import SHIPMENT
from orders.systems.carrier.port import Whereabouts


def state_of(shipment_id: UUID) -> shipment.Shipment:
    """The shipment as it is now, of its own stream."""
    state: shipment.Shipment = load(SHIPMENT, f"shipment-{shipment_id}").state
    return state


def told(shipment_id: UUID, whereabouts: Whereabouts) -> Sequence[Command]:
    """What is to be recorded. NotYet where the carrier was faster than whoever has yet to hand the parcel over."""
    match state_of(shipment_id):
        case shipment.Dispatched() | shipment.Lost():
            return [recorded(shipment_id, whereabouts)]
        case shipment.Delivered() | shipment.Cancelled():
            return []
        case _:
            raise NotYet("The parcel has not left yet, as far as we know.")


def recorded(shipment_id: UUID, whereabouts: Whereabouts) -> Command:
    """The command. A parcel arrives after it has left, whatever the carrier's clock says."""
    if whereabouts.news == "lost":
        return shipment.ReportShipmentLost(shipment_id=shipment_id)
    left = next(
        fact.recorded_at
        for fact in log.read_stream(f"shipment-{shipment_id}", backwards=True)
        if isinstance(fact.event, shipment.ShipmentDispatched)
    )
    return shipment.RecordDelivery(shipment_id=shipment_id, delivered_at=max(whereabouts.at, left))
