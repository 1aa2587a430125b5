"""Notification, as it is decided now: no e-mail promises what is not kept, such as to take back a found parcel."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Ask, Do
from orders.domain import shipment
from orders.processes import notification_truthful
from orders.processes.notification import Notification, Tell, Told, Wanted, initial
from orders.processes.notification_truthful import evolve

__all__ = ["evolve", "initial", "react"]


def react(before: Notification, event: Wanted, after: Notification, at: datetime) -> list[Do]:
    """As before, but for a parcel that is found after it was lost, and paid back."""
    todo = notification_truthful.react(before, event, after, at)
    match before, event:
        case Told(lost=lost), shipment.ShipmentDelivered(shipment_id=shipment_id) if shipment_id in lost:
            return [found(each) for each in todo]
        case _:
            return todo


def found(do: Do) -> Do:
    """A lost parcel has arrived, whatever else of the order has."""
    match do:
        case Ask(request=Tell() as tell):
            return Ask(do.system, replace(tell, kind="lost_parcel_delivered"))
        case _:
            return do
