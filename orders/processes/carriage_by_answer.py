"""Carriage, as it is run now: a parcel is looked for until the carrier answers, and lost only if that says nothing."""

from datetime import datetime
from uuid import UUID

from eventstore.process import Ask, CommandSkipped, DeadlineReached, Do, RequestAnswered, Send, Wait
from orders.domain import shipment
from orders.processes import carriage
from orders.processes.carriage import CARRIER, NEXT_LOOK, Carriage, FindParcel, Missing, Underway, Wanted, initial

__all__ = ["evolve", "initial", "react"]


def evolve(state: Carriage, event: Wanted) -> Carriage:
    """As before, and a parcel that nobody has seen for too long is missing until the carrier has answered."""
    match state, event:
        case Underway(), DeadlineReached(name="patience"):
            return Missing()
        case _:
            return carriage.evolve(state, event)


def react(before: Carriage, event: Wanted, after: Carriage, at: datetime) -> list[Do]:
    """As before, apart from looking for a parcel: what the carrier has not answered is not asked a second time."""
    match event:
        case DeadlineReached(name="look", instance=instance):
            return [Ask(CARRIER, FindParcel(shipment_id=parcel_of(instance)))]
        case DeadlineReached():
            return []
        case RequestAnswered(name="FindParcel", instance=instance) if isinstance(after, Missing):
            return [Send(shipment.ReportShipmentLost(shipment_id=parcel_of(instance)))]
        case RequestAnswered(name="FindParcel") | CommandSkipped(name="FindParcel"):
            return [Wait("look", at + NEXT_LOOK)] if isinstance(after, Underway | Missing) else []
        case _:
            return carriage.react(before, event, after, at)


def parcel_of(instance: str) -> UUID:
    """The parcel that an instance carries."""
    return UUID(instance.partition(":")[2])
