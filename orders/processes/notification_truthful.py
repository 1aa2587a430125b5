"""Notification, as it is decided now: where a parcel is lost, an e-mail does not say that the rest follows."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Ask, Do
from orders.domain import shipment
from orders.processes import notification
from orders.processes.notification import Notification, Tell, Told, Wanted, initial

__all__ = ["evolve", "initial", "react"]


def evolve(state: Notification, event: Wanted) -> Notification:
    """As before, and a lost parcel is remembered until it is found."""
    after = notification.evolve(state, event)
    match after, event:
        case Told(lost=lost), shipment.ShipmentLost(shipment_id=shipment_id):
            return replace(after, lost=lost | {shipment_id})
        case Told(lost=lost), shipment.ShipmentDelivered(shipment_id=shipment_id):
            return replace(after, lost=lost - {shipment_id})
        case _:
            return after


def react(before: Notification, event: Wanted, after: Notification, at: datetime) -> list[Do]:
    """As before, but for a parcel that arrives while another one is lost."""
    todo = notification.react(before, event, after, at)
    return [without_promise(each) for each in todo] if isinstance(after, Told) and after.lost else todo


def without_promise(do: Do) -> Do:
    """A parcel has arrived, and nothing is said of the rest."""
    match do:
        case Ask(request=Tell(kind="parcel_delivered") as tell):
            return Ask(do.system, replace(tell, kind="one_parcel_delivered"))
        case _:
            return do
