"""Order page: each order as its customer and the shop see it, alone and in the list of somebody's orders."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.money import Money
from orders.domain.order import (
    CancellationRefused,
    CancellationRequested,
    DeliveryAddressChanged,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderHeld,
    OrderLinesCancelled,
    OrderPlaced,
    OrderRejected,
    OrderReleased,
    reference,
)
from orders.domain.returns import ReturnInspected
from orders.domain.shipment import (
    LabelPrinted,
    PickingStarted,
    ShipmentCancelled,
    ShipmentDelivered,
    ShipmentDispatched,
    ShipmentLost,
    ShipmentPacked,
    ShipmentPlanned,
)
from orders.domain.stock_item import BackorderAllocated, BackorderCancelled, Backordered, StockDispatched
from projections.engine import Projection, ReadModel


class Status(models.TextChoices):
    """Where an order stands."""

    PLACED = "placed", _("Placed")
    CONFIRMED = "confirmed", _("Confirmed")
    WAITING = "waiting", _("Waiting for stock")
    PACKING = "packing", _("Being packed")
    PARTLY_SENT = "partly_sent", _("Partly sent")
    SENT = "sent", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    COMPLETED = "completed", _("Completed")
    HELD = "held", _("On hold")
    CANCELLING = "cancelling", _("Cancellation requested")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", _("Rejected")


ENDED = frozenset({Status.COMPLETED, Status.CANCELLED, Status.REJECTED})
IN_WORK = frozenset({"picking", "packed", "labelled"})
GONE = frozenset({"dispatched", "delivered", "lost"})


class OrderPage(ReadModel):
    """An order. `delivery_address` is None once the customer was erased; `version` is that of the order's stream.

    Each of its `lines` says how many pieces of it were `cancelled`, `sent` and `returned`, and how many it waits for;
    while it does, how many are `reserved`.
    """

    order_id = models.UUIDField(primary_key=True)
    reference = models.CharField(_("order number"), max_length=11, db_index=True)
    customer_id = models.UUIDField(_("customer"))
    status = models.CharField(_("status"), max_length=20, choices=Status)
    reason = models.CharField(_("reason"), max_length=500, default="")
    placed_at = models.DateTimeField(_("placed at"))
    payment_terms = models.CharField(_("payment terms"), max_length=20)
    lines = models.JSONField(_("lines"))
    cents = models.BigIntegerField(_("total in cents"))
    currency = models.CharField(max_length=3)
    delivery_address = models.JSONField(_("delivery address"), null=True)
    parcels = models.JSONField(_("parcels"), default=list)
    confirmed = models.BooleanField(_("confirmed"), default=False)
    held = models.BooleanField(_("on hold"), default=False)
    cancelling = models.BooleanField(_("cancellation requested"), default=False)
    version = models.IntegerField(_("version"))
    position = models.BigIntegerField(_("position in the log"))

    class Meta:
        db_table = "projections_order_page"
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = (models.Index(fields=["customer_id", "-placed_at", "order_id"], name="order_page_customer"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def total(self) -> Money:
        """What all of it costs, as it was placed."""
        return Money(cents=self.cents, currency=self.currency)


type Wanted = (
    OrderPlaced
    | OrderConfirmed
    | OrderRejected
    | OrderCompleted
    | DeliveryAddressChanged
    | OrderHeld
    | OrderReleased
    | OrderCancelled
    | CancellationRequested
    | OrderLinesCancelled
    | CancellationRefused
    | Backordered
    | BackorderAllocated
    | BackorderCancelled
    | StockDispatched
    | ShipmentPlanned
    | PickingStarted
    | ShipmentPacked
    | LabelPrinted
    | ShipmentDispatched
    | ShipmentCancelled
    | ShipmentDelivered
    | ShipmentLost
    | ReturnInspected
)


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """The order that the fact is about."""
    return (fact.event.order_id,)


def project(row: OrderPage | None, fact: Recorded[Wanted], order_id: UUID) -> OrderPage | None:
    """The order after the fact."""
    if isinstance(fact.event, OrderPlaced):
        return placed(fact.event, fact)
    if row is None:
        return None
    after = changed(row, fact.event)
    version = fact.version if fact.stream == f"order-{order_id}" else row.version
    return after.but(status=status_of(after), version=version, position=fact.position or 0)


def placed(event: OrderPlaced, fact: Recorded[Wanted]) -> OrderPage:
    """The order as it was placed."""
    nothing = {"cancelled": 0, "waiting": 0, "sent": 0, "returned": 0, "reserved": 0}
    return OrderPage(
        order_id=event.order_id,
        reference=reference(event.order_id),
        customer_id=event.customer_id,
        status=Status.PLACED,
        placed_at=fact.recorded_at,
        payment_terms=event.payment_terms,
        lines=[msgspec.to_builtins(line) | nothing for line in event.lines],
        cents=event.total.cents,
        currency=event.total.currency,
        delivery_address=msgspec.to_builtins(event.delivery_address),
        version=fact.version,
        position=fact.position or 0,
    )


def changed(page: OrderPage, event: Wanted) -> OrderPage:
    """The order after an event, but for what follows from all of it together."""
    match event:
        case OrderPlaced():
            return page
        case OrderConfirmed():
            return page.but(confirmed=True)
        case OrderRejected(reason=reason):
            return page.but(status=Status.REJECTED, reason=reason)
        case OrderCancelled(reason=reason):
            return page.but(status=Status.CANCELLED, reason=reason, cancelling=False)
        case OrderCompleted():
            return page.but(status=Status.COMPLETED)
        case DeliveryAddressChanged(delivery_address=address):
            return page.but(delivery_address=msgspec.to_builtins(address))
        case OrderHeld(reason=reason):
            return page.but(held=True, reason=reason)
        case OrderReleased():
            return page.but(held=False, reason="")
        case CancellationRequested(reason=reason):
            return page.but(cancelling=True, reason=reason)
        case CancellationRefused(reason=reason):
            return page.but(cancelling=False, reason=reason)
        case OrderLinesCancelled(sku=sku, quantity=quantity):
            return with_pieces(page, "cancelled", {sku: quantity})
        case Backordered() | BackorderAllocated() | BackorderCancelled() | StockDispatched():
            lines = [line | stock_of(line, event) if line["sku"] == event.sku else line for line in page.lines]
            return page.but(lines=lines)
        case ReturnInspected(sku=sku, sellable=sellable, damaged=damaged):
            return with_pieces(page, "returned", {sku: sellable + damaged})
        case happened:
            return with_parcel(page, happened)


type OfStock = Backordered | BackorderAllocated | BackorderCancelled | StockDispatched


def stock_of(line: dict[str, Any], event: OfStock) -> dict[str, int]:
    """For how many pieces a line waits, and how many are reserved besides, after the stock has said something."""
    waiting, reserved = line["waiting"], line["reserved"]
    match event:
        case Backordered(short_by=pieces):
            return {"waiting": waiting + pieces, "reserved": event.reserved}
        case BackorderAllocated(quantity=pieces):
            return {"waiting": waiting - pieces, "reserved": reserved + pieces}
        case BackorderCancelled(quantity=pieces):
            return {"waiting": waiting - pieces}
        case StockDispatched(quantity=pieces):
            unreserved = min(waiting, max(0, pieces - reserved))
            return {"waiting": waiting - unreserved, "reserved": max(0, reserved - pieces)}


type OfParcel = (
    ShipmentPlanned
    | PickingStarted
    | ShipmentPacked
    | LabelPrinted
    | ShipmentDispatched
    | ShipmentCancelled
    | ShipmentDelivered
    | ShipmentLost
)


def with_parcel(page: OrderPage, event: OfParcel) -> OrderPage:
    """The order after something has happened to a parcel of it."""
    if isinstance(event, ShipmentDispatched):
        page = with_pieces(page, "sent", event.pieces)
    parcels = {parcel["shipment_id"]: parcel for parcel in page.parcels}
    shipment_id = str(event.shipment_id)
    parcels[shipment_id] = parcels.get(shipment_id, {"shipment_id": shipment_id}) | news_of(event)
    return page.but(parcels=list(parcels.values()))


def news_of(event: OfParcel) -> dict[str, Any]:
    """What is known of a parcel by an event."""
    match event:
        case ShipmentPlanned(pieces=pieces):
            return {"status": "planned", "pieces": pieces, "carrier": "", "tracking_number": ""}
        case PickingStarted():
            return {"status": "picking"}
        case ShipmentPacked(pieces=pieces):
            return {"status": "packed", "pieces": pieces}
        case LabelPrinted(carrier=carrier, tracking_number=number):
            return {"status": "labelled", "carrier": carrier, "tracking_number": number}
        case ShipmentDispatched():
            return {"status": "dispatched"}
        case ShipmentDelivered(delivered_at=at):
            return {"status": "delivered", "delivered_at": at.isoformat()}
        case ShipmentLost():
            return {"status": "lost"}
        case ShipmentCancelled():
            return {"status": "cancelled"}


def with_pieces(page: OrderPage, what: str, pieces: dict[str, int]) -> OrderPage:
    """The order with so many more pieces of its lines cancelled, sent, returned or waited for."""
    lines = [line | {what: line[what] + pieces.get(line["sku"], 0)} for line in page.lines]
    return page.but(lines=lines)


def status_of(page: OrderPage) -> str:
    """Where the order stands, from all that is known of it."""
    if page.status in ENDED:
        return page.status
    if page.cancelling:
        return Status.CANCELLING
    return Status.HELD if page.held else progress(page)


def progress(page: OrderPage) -> str:
    """How far an order has come that nobody has stopped."""
    stages = {parcel["status"] for parcel in page.parcels} - {"cancelled"}
    sent = sum(line["sent"] for line in page.lines)
    if sent and stages & GONE:
        if sent < sum(line["quantity"] - line["cancelled"] for line in page.lines):
            return Status.PARTLY_SENT
        return Status.DELIVERED if stages == {"delivered"} else Status.SENT
    if stages & IN_WORK:
        return Status.PACKING
    if "planned" in stages:  # be it that the rest of it is still waited for
        return Status.CONFIRMED
    if any(line["waiting"] > 0 for line in page.lines):
        return Status.WAITING
    return Status.CONFIRMED if page.confirmed else Status.PLACED


PROJECTION = Projection(OrderPage, wants=Wanted, keys=keys, project=project, version=3, begins_once=True)
