"""Stock movements: what happened to the pieces of a product, one after the other, and for which order."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.stock_item import (
    BackorderAllocated,
    BackorderCancelled,
    Backordered,
    ReservationReleased,
    StockCounted,
    StockDispatched,
    StockReceived,
    StockReserved,
    StockReturned,
    StockShortfallFound,
    StockWrittenOff,
)
from projections.engine import Projection, ReadModel


class Movement(models.TextChoices):
    """What can happen to pieces. Only some of it changes how many are on hand."""

    RECEIVED = "received", _("Received")
    COUNTED = "counted", _("Counted")
    WRITTEN_OFF = "written_off", _("Written off")
    RETURNED = "returned", _("Came back")
    DISPATCHED = "dispatched", _("Left")
    RESERVED = "reserved", _("Reserved")
    RELEASED = "released", _("Released")
    BACKORDERED = "backordered", _("Waited for")
    ALLOCATED = "allocated", _("Reserved for who waited")
    NOT_WANTED = "not_wanted", _("No longer waited for")
    SHORTFALL = "shortfall", _("Reserved, but not there")


class StockMovement(ReadModel):
    """`pieces` moved, by which so many more, or fewer, are `on_hand`; `order_id` names the order they are for."""

    event_id = models.UUIDField(primary_key=True)
    sku = models.CharField(_("product number"), max_length=40)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("who"), max_length=200)
    movement = models.CharField(_("movement"), max_length=20, choices=Movement)
    pieces = models.IntegerField(_("pieces"))
    on_hand = models.IntegerField(_("more on hand"), default=0)
    order_id = models.UUIDField(_("order"), null=True)
    reason = models.CharField(_("reason"), max_length=500, default="")
    version = models.IntegerField(_("version"))

    class Meta:
        db_table = "projections_stock_movements"
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = (models.Index(fields=["sku", "version"], name="stock_movements_sku"),)

    def __str__(self) -> str:
        return f"{self.sku}: {self.get_movement_display()}, {self.pieces}"


type Wanted = (
    StockReceived
    | StockCounted
    | StockWrittenOff
    | StockReturned
    | StockDispatched
    | StockReserved
    | ReservationReleased
    | Backordered
    | BackorderAllocated
    | BackorderCancelled
    | StockShortfallFound
)


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """Each event is a movement of its own."""
    yield fact.id


def project(row: StockMovement | None, fact: Recorded[Wanted], event_id: UUID) -> StockMovement | None:
    """The movement of an event."""
    return StockMovement(
        event_id=event_id,
        sku=fact.event.sku,
        at=fact.recorded_at,
        actor=fact.actor,
        version=fact.version,
        **moved(fact.event),
    )


def moved(event: Wanted) -> dict[str, Any]:
    """What moved, and how that changes what is on hand."""
    match event:
        case StockReceived(quantity=pieces):
            return {"movement": Movement.RECEIVED, "pieces": pieces, "on_hand": pieces}
        case StockCounted(counted=pieces, difference=difference):
            return {"movement": Movement.COUNTED, "pieces": pieces, "on_hand": difference}
        case StockWrittenOff(quantity=pieces, reason=reason):
            return {"movement": Movement.WRITTEN_OFF, "pieces": pieces, "on_hand": -pieces, "reason": reason}
        case StockReturned(quantity=pieces):
            return {"movement": Movement.RETURNED, "pieces": pieces, "on_hand": pieces}
        case StockDispatched(order_id=order_id, quantity=pieces):
            return {"movement": Movement.DISPATCHED, "pieces": pieces, "on_hand": -pieces, "order_id": order_id}
        case StockReserved(order_id=order_id, quantity=pieces):
            return {"movement": Movement.RESERVED, "pieces": pieces, "order_id": order_id}
        case ReservationReleased(order_id=order_id, quantity=pieces):
            return {"movement": Movement.RELEASED, "pieces": pieces, "order_id": order_id}
        case Backordered(order_id=order_id, short_by=pieces):
            return {"movement": Movement.BACKORDERED, "pieces": pieces, "order_id": order_id}
        case BackorderAllocated(order_id=order_id, quantity=pieces):
            return {"movement": Movement.ALLOCATED, "pieces": pieces, "order_id": order_id}
        case BackorderCancelled(order_id=order_id, quantity=pieces):
            return {"movement": Movement.NOT_WANTED, "pieces": pieces, "order_id": order_id}
        case StockShortfallFound(short_by=pieces):
            return {"movement": Movement.SHORTFALL, "pieces": pieces}


PROJECTION = Projection(StockMovement, wants=Wanted, keys=keys, project=project, begins_once=True)
