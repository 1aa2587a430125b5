"""Notification: a customer is told by e-mail what they want to hear of their order, once each."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from eventstore.messages import Event, Request, State
from eventstore.process import Accept, Ask, CommandRefused, Do
from orders.domain import order, payment, returns, shipment
from orders.domain.moment import Moment
from orders.domain.money import Money

MAIL = "mail"

type Pieces = dict[str, int]
type Kind = Literal[
    "order_received",
    "order_confirmed",
    "order_rejected",
    "order_cancelled",
    "card_declined",
    "charge_declined",
    "charge_declined_all_sent",
    "pieces_cancelled",
    "last_pieces_cancelled",
    "cancellation_refused",
    "backorder_choice",
    "parcel_sent",
    "parcel_delivered",
    "one_parcel_delivered",
    "order_delivered",
    "parcel_lost",
    "lost_parcel_delivered",
    "refund_made",
    "invoice_issued",
    "invoice_reminded",
    "invoice_credited",
    "return_approved",
    "return_rejected",
]


class Tell(Request):
    """What a customer is to be told of an order. Who they are, and what they ordered, is looked up as it is written."""

    kind: Kind
    order_id: UUID
    customer_id: UUID
    pieces: Pieces = {}
    amount: Money | None = None
    reason: str = ""
    tracking_number: str = ""
    due_at: Moment | None = None
    reminder: int = 0
    invoice: UUID | UnsetType = UNSET  # or what is recorded of all e-mails before would read otherwise


class Unbegun(State):
    """Nothing was ordered."""


class Told(State):
    """Whose order it is, and the pieces that have not arrived, that are in a parcel, and that are to be `returned`.

    `lost` are the parcels that are believed so. It may be `confirmed`, and its card `declined` since then.
    """

    order_id: UUID
    customer_id: UUID
    expected: Pieces
    parcels: dict[UUID, Pieces] = {}
    lost: frozenset[UUID] = frozenset()
    returned: dict[UUID, Pieces] = {}
    confirmed: bool = False
    declined: bool = False


type Notification = Unbegun | Told
type Wanted = (
    order.OrderPlaced
    | order.OrderConfirmed
    | order.OrderRejected
    | order.OrderCancelled
    | order.OrderLinesCancelled
    | order.CancellationRefused
    | order.BackorderChoiceOffered
    | shipment.ShipmentDispatched
    | shipment.ShipmentDelivered
    | shipment.ShipmentLost
    | payment.PaymentAuthorized
    | payment.CardReplaced
    | payment.PaymentDeclined
    | payment.PaymentRefunded
    | payment.InvoiceIssued
    | payment.InvoiceReminded
    | payment.InvoiceCredited
    | returns.ReturnRequested
    | returns.ReturnApproved
    | returns.ReturnRejected
    | CommandRefused
)

initial: Notification = Unbegun()


def evolve(state: Notification, event: Wanted) -> Notification:
    """What is still expected after an event."""
    if isinstance(event, order.OrderPlaced):
        expected = {line.sku: line.quantity for line in event.lines}
        return Told(order_id=event.order_id, customer_id=event.customer_id, expected=expected)
    if not isinstance(state, Told):
        return state
    match event:
        case order.OrderLinesCancelled(sku=sku, quantity=quantity):
            return replace(state, expected=without(state.expected, {sku: quantity}))
        case shipment.ShipmentDispatched(shipment_id=shipment_id, pieces=pieces):
            return replace(state, parcels=state.parcels | {shipment_id: pieces})
        case shipment.ShipmentDelivered(shipment_id=shipment_id):
            arrived = state.parcels.get(shipment_id, {})
            return replace(state, expected=without(state.expected, arrived), parcels=state.parcels | {shipment_id: {}})
        case _:
            return state


def without(pieces: Pieces, those: Pieces) -> Pieces:
    """Pieces, without those."""
    left = {sku: quantity - those.get(sku, 0) for sku, quantity in pieces.items()}
    return {sku: quantity for sku, quantity in left.items() if quantity > 0}


def react(before: Notification, event: Wanted, after: Notification, at: datetime) -> list[Do]:
    """The e-mail that is to be written."""
    if isinstance(event, CommandRefused):
        return [Accept()]
    quiet = returns.ReturnRequested | payment.PaymentAuthorized | payment.CardReplaced
    if not isinstance(after, Told) or isinstance(event, quiet):
        return []
    received = Tell(kind="order_received", order_id=after.order_id, customer_id=after.customer_id)
    return [Ask(MAIL, about(before, event, after, received))]


def about(before: Notification, event: Event, after: Told, tell: Tell) -> Tell:
    """What a customer is told of an event."""
    match event:
        case order.OrderConfirmed():
            return replace(tell, kind="order_confirmed")
        case order.OrderRejected(reason=reason):
            return replace(tell, kind="order_rejected", reason=reason)
        case order.OrderCancelled(reason=reason):
            return replace(tell, kind="order_cancelled", reason=reason)
        case order.OrderLinesCancelled(sku=sku, quantity=quantity, amount=amount, reason=reason):
            return replace(tell, kind="pieces_cancelled", pieces={sku: quantity}, amount=amount, reason=reason)
        case order.CancellationRefused(reason=reason):
            return replace(tell, kind="cancellation_refused", reason=reason)
        case order.BackorderChoiceOffered():
            return replace(tell, kind="backorder_choice")
        case shipment.ShipmentDispatched(pieces=pieces, tracking_number=number):
            return replace(tell, kind="parcel_sent", pieces=pieces, tracking_number=number)
        case shipment.ShipmentDelivered(shipment_id=shipment_id):
            pieces = before.parcels.get(shipment_id, {}) if isinstance(before, Told) else {}
            return replace(tell, kind="parcel_delivered" if after.expected else "order_delivered", pieces=pieces)
        case shipment.ShipmentLost(shipment_id=shipment_id):
            return replace(tell, kind="parcel_lost", pieces=after.parcels.get(shipment_id, {}))
        case _:
            return about_money(event, tell)


def about_money(event: Event, tell: Tell) -> Tell:
    """What a customer is told of money, and of what they send back."""
    match event:
        case payment.PaymentDeclined(amount=amount, reason=reason):
            return replace(tell, kind="card_declined", amount=amount, reason=reason)
        case payment.PaymentRefunded(amount=amount):
            return replace(tell, kind="refund_made", amount=amount)
        case payment.InvoiceIssued(amount=amount, due_at=due_at):
            return replace(tell, kind="invoice_issued", amount=amount, due_at=due_at)
        case payment.InvoiceReminded(left=left, reminder=reminder):
            return replace(tell, kind="invoice_reminded", amount=left, reminder=reminder)
        case payment.InvoiceCredited(amount=amount, reason=reason):
            return replace(tell, kind="invoice_credited", amount=amount, reason=reason)
        case returns.ReturnApproved():
            return replace(tell, kind="return_approved")
        case returns.ReturnRejected(reason=reason):
            return replace(tell, kind="return_rejected", reason=reason)
        case _:
            return tell
