"""Notification, as it is decided now: of several returns of an order, each e-mail says which goods it is about."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Ask, Do
from orders.domain import returns
from orders.processes import notification_kept
from orders.processes.notification import Notification, Pieces, Tell, Told, Wanted, initial

__all__ = ["evolve", "initial", "react"]


def evolve(state: Notification, event: Wanted) -> Notification:
    """As before, and what a customer wants to return is remembered."""
    after = notification_kept.evolve(state, event)
    match after, event:
        case Told(returned=returned), returns.ReturnRequested(return_id=return_id, lines=lines):
            return replace(after, returned=returned | {return_id: {line.sku: line.quantity for line in lines}})
        case _:
            return after


def react(before: Notification, event: Wanted, after: Notification, at: datetime) -> list[Do]:
    """As before, but for whether a return may come."""
    todo = notification_kept.react(before, event, after, at)
    match after, event:
        case Told(), returns.ReturnApproved(return_id=return_id) | returns.ReturnRejected(return_id=return_id):
            return [with_pieces(each, after.returned.get(return_id, {})) for each in todo]
        case _:
            return todo


def with_pieces(do: Do, pieces: Pieces) -> Do:
    """The customer reads which pieces are meant."""
    match do:
        case Ask(request=Tell() as tell):
            return Ask(do.system, replace(tell, pieces=pieces))
        case _:
            return do
