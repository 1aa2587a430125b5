"""Backorders: which orders wait for pieces of a product, for how many, and since when."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.order import reference
from orders.domain.stock_item import (
    BackorderAllocated,
    BackorderCancelled,
    Backordered,
    ReservationReleased,
    StockDispatched,
)
from projections.engine import Projection, ReadModel


class Backorder(ReadModel):
    """An order waits for so many pieces of a product, and so many are reserved for it."""

    item = models.CharField(primary_key=True, max_length=80)
    sku = models.CharField(_("product number"), max_length=40)
    order_id = models.UUIDField(_("order"))
    reference = models.CharField(_("order number"), max_length=11)
    waiting = models.IntegerField(_("waits for"))
    reserved = models.IntegerField(_("reserved"))
    waiting_since = models.DateTimeField(_("waiting since"))

    class Meta:
        db_table = "projections_backorders"
        verbose_name = _("backorder")
        verbose_name_plural = _("backorders")
        indexes = (
            models.Index(fields=["waiting_since", "item"], name="backorders_oldest"),
            models.Index(fields=["order_id"], name="backorders_order"),
        )

    def __str__(self) -> str:
        return f"{self.reference}: {self.waiting} × {self.sku}"


type Wanted = Backordered | BackorderAllocated | BackorderCancelled | ReservationReleased | StockDispatched


def keys(fact: Recorded[Wanted]) -> Iterable[str]:
    """The order and the product that the fact is about."""
    return (f"{fact.event.sku}:{fact.event.order_id}",)


def project(row: Backorder | None, fact: Recorded[Wanted], item: str) -> Backorder | None:
    """What the order waits for after the fact; None for nothing."""
    if isinstance(fact.event, Backordered):
        backorder = row or began(fact.event, fact, item)
        return backorder.but(waiting=backorder.waiting + fact.event.short_by, reserved=fact.event.reserved)
    if row is None:
        return None
    after = got(row, fact.event)
    return after if after.waiting > 0 else None


def began(event: Backordered, fact: Recorded[Wanted], item: str) -> Backorder:
    """An order that begins to wait."""
    return Backorder(
        item=item,
        sku=event.sku,
        order_id=event.order_id,
        reference=reference(event.order_id),
        waiting=0,
        reserved=event.reserved,
        waiting_since=fact.recorded_at,
    )


def got(
    row: Backorder, event: BackorderAllocated | BackorderCancelled | ReservationReleased | StockDispatched
) -> Backorder:
    """The backorder of an order that gets pieces, or does not want them any more."""
    match event:
        case BackorderAllocated(quantity=pieces):
            return row.but(waiting=row.waiting - pieces, reserved=row.reserved + pieces)
        case BackorderCancelled(quantity=pieces):
            return row.but(waiting=row.waiting - pieces)
        case ReservationReleased(quantity=pieces):
            return row.but(reserved=row.reserved - pieces)
        case StockDispatched(quantity=pieces):
            unreserved = max(0, pieces - row.reserved)
            return row.but(waiting=row.waiting - unreserved, reserved=max(0, row.reserved - pieces))


PROJECTION = Projection(Backorder, wants=Wanted, keys=keys, project=project)
