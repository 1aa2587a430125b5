"""The published language of events, version 1: what partners are told of, each in a CloudEvent (1.0).

A version that is published stays as it is: what has to change becomes another one. So far each event is told under one
type; before a second one stands beside it, `told` and `OURS` have to know which of them somebody asked for. Addresses,
and what people have written in their own words, are told only to whoever asks for personal data and may see it.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from eventstore.messages import Message
from orders.systems.partners.language import Address, Amount, Moment, Terms

PREFIX = "example.shop."  # our own domain, backwards
SOURCE = "/api/v1/events/"

type Words = Annotated[str | None, Meta(description="In somebody's own words; null without leave to see such data.")]


class ProductListed(Message):
    """A product can be ordered from now on."""

    sku: str
    name: str
    description: str
    price: Amount


class PriceChanged(Message):
    """A product costs something else from now on."""

    sku: str
    price: Amount


class ProductWithdrawn(Message):
    """A product can no longer be ordered."""

    sku: str


class PlacedLine(Message):
    """A line of an order: so many pieces at the price of one."""

    sku: str
    name: str
    quantity: int
    price: Amount


class OrderPlaced(Message):
    """An order of yours was placed. Its address is null without leave to see it, or once the customer was erased."""

    order_id: UUID
    reference: str
    customer_id: UUID
    lines: tuple[PlacedLine, ...]
    total: Amount
    payment_terms: Terms
    delivery_address: Address | None


class OrderConfirmed(Message):
    """The shop fulfils the order."""

    order_id: UUID


class OrderRejected(Message):
    """The shop cannot take the order: nothing is sent, and nothing is charged."""

    order_id: UUID
    reason: Words


class OrderHeld(Message):
    """No parcel of the order leaves for now."""

    order_id: UUID


class OrderReleased(Message):
    """Its parcels leave again."""

    order_id: UUID


class LinesCancelled(Message):
    """Some pieces of a line are not wanted any more; they would have cost so much."""

    order_id: UUID
    sku: str
    quantity: int
    amount: Amount
    reason: Words


class CancellationRequested(Message):
    """The order shall be cancelled: somebody tries to stop its parcels."""

    order_id: UUID
    reason: Words


class CancellationRefused(Message):
    """Its parcels could not be stopped: the order goes on."""

    order_id: UUID
    reason: Words


class OrderCancelled(Message):
    """The order is not wanted any more: nothing more is sent."""

    order_id: UUID
    reason: Words


class OrderCompleted(Message):
    """All of it has left, and is paid."""

    order_id: UUID


class ShipmentDispatched(Message):
    """A parcel of the order is with the carrier; `pieces` counts what is in it by product."""

    order_id: UUID
    shipment_id: UUID
    pieces: dict[str, int]
    tracking_number: str


class ShipmentDelivered(Message):
    """A parcel of the order has arrived."""

    order_id: UUID
    shipment_id: UUID
    delivered_at: Moment


class ShipmentLost(Message):
    """A parcel of the order is gone."""

    order_id: UUID
    shipment_id: UUID


type Published = (
    ProductListed
    | PriceChanged
    | ProductWithdrawn
    | OrderPlaced
    | OrderConfirmed
    | OrderRejected
    | OrderHeld
    | OrderReleased
    | LinesCancelled
    | CancellationRequested
    | CancellationRefused
    | OrderCancelled
    | OrderCompleted
    | ShipmentDispatched
    | ShipmentDelivered
    | ShipmentLost
)

# By what each is called; the names stay for ever.
TYPES: dict[str, type[Message]] = {
    f"{PREFIX}product.listed.v1": ProductListed,
    f"{PREFIX}product.price_changed.v1": PriceChanged,
    f"{PREFIX}product.withdrawn.v1": ProductWithdrawn,
    f"{PREFIX}order.placed.v1": OrderPlaced,
    f"{PREFIX}order.confirmed.v1": OrderConfirmed,
    f"{PREFIX}order.rejected.v1": OrderRejected,
    f"{PREFIX}order.held.v1": OrderHeld,
    f"{PREFIX}order.released.v1": OrderReleased,
    f"{PREFIX}order.lines_cancelled.v1": LinesCancelled,
    f"{PREFIX}order.cancellation_requested.v1": CancellationRequested,
    f"{PREFIX}order.cancellation_refused.v1": CancellationRefused,
    f"{PREFIX}order.cancelled.v1": OrderCancelled,
    f"{PREFIX}order.completed.v1": OrderCompleted,
    f"{PREFIX}shipment.dispatched.v1": ShipmentDispatched,
    f"{PREFIX}shipment.delivered.v1": ShipmentDelivered,
    f"{PREFIX}shipment.lost.v1": ShipmentLost,
}
NAMES = {published: name for name, published in TYPES.items()}


class CloudEvent(Message):
    """Something that has happened (CloudEvents 1.0). The same event always has the same id: take it once.

    `subject` is the order or the product; events of one subject come in their order. `sequence` is the position,
    written so that texts compare as numbers do. How `data` looks is told by `/partners/schemas/<type>.json`.
    """

    id: UUID
    source: str
    type: str
    subject: str
    time: Moment
    sequence: str
    data: Any
    specversion: Literal["1.0"] = "1.0"
    datacontenttype: Literal["application/json"] = "application/json"
