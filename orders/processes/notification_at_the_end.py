"""Notification, as it is decided now: what an e-mail says still holds where little of an order is left to come."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Ask, Do
from orders.domain import order, payment
from orders.processes import notification_by_return
from orders.processes.notification import Notification, Tell, Told, Wanted, initial, without

__all__ = ["evolve", "initial", "react"]


def evolve(state: Notification, event: Wanted) -> Notification:
    """As before, and it is remembered whether the order is confirmed, and whether its card has been declined since."""
    after = notification_by_return.evolve(state, event)
    match after, event:
        case Told(), order.OrderConfirmed():
            return replace(after, confirmed=True)
        case Told(), payment.PaymentAuthorized() | payment.CardReplaced():
            return replace(after, declined=False)
        case Told(confirmed=True), payment.PaymentDeclined():
            return replace(after, declined=True)
        case _:
            return after


def react(before: Notification, event: Wanted, after: Notification, at: datetime) -> list[Do]:
    """As before, but for a card that is to be charged anew, each day; for the last pieces; and which invoice it is."""
    match before, event, after:
        case Told(declined=True), payment.PaymentDeclined(), _:
            return []  # they were told, and it is asked again each day
        case Told(confirmed=True), payment.PaymentDeclined(), Told():
            kind = "charge_declined" if left_to_send(after) else "charge_declined_all_sent"
            return [with_more(each, kind=kind) for each in so_far(before, event, after, at)]
        case _, order.OrderLinesCancelled(), Told(expected=expected) if not expected:
            return [with_more(each, kind="last_pieces_cancelled") for each in so_far(before, event, after, at)]
        case _, payment.InvoiceIssued(shipment_id=invoice) | payment.InvoiceReminded(shipment_id=invoice), _:
            return [with_more(each, invoice=invoice) for each in so_far(before, event, after, at)]
        case _:
            return so_far(before, event, after, at)


so_far = notification_by_return.react


def left_to_send(told: Told) -> bool:
    """Whether some of what has not arrived is in no parcel either."""
    missing = told.expected
    for pieces in told.parcels.values():
        missing = without(missing, pieces)
    return bool(missing)


def with_more(do: Do, **more: object) -> Do:
    """The same e-mail, with something else in it."""
    match do:
        case Ask(request=Tell() as tell):
            return Ask(do.system, replace(tell, **more))
        case _:
            return do
