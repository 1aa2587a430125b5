"""Notification, as it is decided now: no e-mail promises what is not kept, such as to take back a found parcel."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Ask, Do
from orders.domain import returns, shipment
from orders.processes import notification_truthful
from orders.processes.days import end_of_day
from orders.processes.notification import Notification, Tell, Told, Wanted, initial
from orders.processes.notification_truthful import evolve
from orders.processes.returning import PATIENCE

__all__ = ["evolve", "initial", "react"]


def react(before: Notification, event: Wanted, after: Notification, at: datetime) -> list[Do]:
    """As before, but for a parcel that is found after it was lost, and paid back, and for when a return has to come."""
    todo = notification_truthful.react(before, event, after, at)
    match before, event:
        case Told(lost=lost), shipment.ShipmentDelivered(shipment_id=shipment_id) if shipment_id in lost:
            return [found(each) for each in todo]
        case Told(), returns.ReturnApproved():
            return [by_day(each, end_of_day(at + PATIENCE)) for each in todo]
        case _:
            return todo


def found(do: Do) -> Do:
    """A lost parcel has arrived, whatever else of the order has."""
    match do:
        case Ask(request=Tell() as tell):
            return Ask(do.system, replace(tell, kind="lost_parcel_delivered"))
        case _:
            return do


def by_day(do: Do, due_at: datetime) -> Do:
    """The customer is told until when, however late the e-mail leaves."""
    match do:
        case Ask(request=Tell() as tell):
            return Ask(do.system, replace(tell, due_at=due_at))
        case _:
            return do
