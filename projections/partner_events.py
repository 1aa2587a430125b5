"""Partner events: what partners are told: of the catalogue all of them, of an order whoever placed it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.database import query
from eventstore.log import Recorded
from eventstore.models import Checkpoint, Parked
from orders.domain.order import (
    CancellationRefused,
    CancellationRequested,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderHeld,
    OrderLinesCancelled,
    OrderPlaced,
    OrderRejected,
    OrderReleased,
)
from orders.domain.product import PriceChanged, ProductListed, ProductWithdrawn
from orders.domain.shipment import ShipmentDelivered, ShipmentDispatched, ShipmentLost
from projections.engine import Projection, ReadModel


class PartnerEvent(ReadModel):
    """An event that partners may be told of, by its place in the log. `partner_id` stands with the placing only."""

    position = models.BigIntegerField(_("position in the log"), primary_key=True)
    event_id = models.UUIDField(_("event"))
    name = models.CharField(_("name"), max_length=100)
    order_id = models.UUIDField(_("order"), null=True)
    partner_id = models.UUIDField(_("partner"), null=True)

    class Meta:
        db_table = "projections_partner_events"
        verbose_name = _("event for partners")
        verbose_name_plural = _("events for partners")
        indexes = (
            models.Index(fields=["order_id", "position"], name="partner_events_order"),
            models.Index(
                fields=["partner_id", "position"],
                condition=models.Q(partner_id__isnull=False),
                name="partner_events_partner",
            ),
            models.Index(fields=["position"], condition=models.Q(order_id=None), name="partner_events_catalogue"),
        )

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


type OfCatalogue = ProductListed | PriceChanged | ProductWithdrawn
type OfOrder = (
    OrderPlaced
    | OrderConfirmed
    | OrderRejected
    | OrderHeld
    | OrderReleased
    | OrderLinesCancelled
    | CancellationRequested
    | CancellationRefused
    | OrderCancelled
    | OrderCompleted
    | ShipmentDispatched
    | ShipmentDelivered
    | ShipmentLost
)
type Wanted = OfCatalogue | OfOrder


def keys(fact: Recorded[Wanted]) -> Iterable[int]:
    """Its own position."""
    return (fact.position or 0,)


def project(row: PartnerEvent | None, fact: Recorded[Wanted], position: int) -> PartnerEvent | None:
    """The event, and of which order it tells."""
    event, order_id, partner_id = fact.event, None, None
    match event:
        case ProductListed() | PriceChanged() | ProductWithdrawn():
            pass
        case OrderPlaced():
            order_id, partner_id = event.order_id, event.partner_id
        case _:
            order_id = event.order_id
    return PartnerEvent(position=position, event_id=fact.id, name=fact.name, order_id=order_id, partner_id=partner_id)


PROJECTION = Projection(PartnerEvent, wants=Wanted, keys=keys, project=project, begins_once=True)

TABLE = PartnerEvent._meta.db_table
OF_PARTNER = (
    f"(SELECT position FROM {TABLE} WHERE order_id IS NULL AND position > %s AND position <= %s AND name = ANY(%s)"
    " ORDER BY position LIMIT %s)"
    " UNION ALL "
    f"(SELECT e.position FROM {TABLE} o JOIN {TABLE} e ON e.order_id = o.order_id"
    " WHERE o.partner_id = %s AND e.position > %s AND e.position <= %s AND e.name = ANY(%s)"
    " ORDER BY e.position LIMIT %s)"
    " ORDER BY position LIMIT %s"
)


def of_partner(partner_id: UUID, after: int, until: int, names: Sequence[str], most: int) -> list[int]:
    """The positions of what a partner is told between two positions, under these stored names, the first ones."""
    those = list(names)
    values = (after, until, those, most, partner_id, after, until, those, most, most)
    return [row[0] for row in query(OF_PARTNER, values)]


def placed_by(partner_id: UUID, after: int, most: int) -> list[tuple[int, UUID | None]]:
    """The orders that a partner has placed after a position, the first ones, each with the position of its placing."""
    rows = PartnerEvent.objects.filter(partner_id=partner_id, position__gt=after).order_by("position")
    return list(rows.values_list("position", "order_id")[:most])


def settled_until() -> int:
    """Up to where nothing more comes in between: how far the read model is, or the first event that it had to park."""
    reader = PROJECTION.name
    position = Checkpoint.objects.filter(reader=reader).values_list("position", flat=True).first() or 0
    parked = Parked.objects.filter(reader=reader, skipped_at=None).order_by("position")
    first = parked.values_list("position", flat=True).first()
    return position if first is None else min(position, first - 1)
