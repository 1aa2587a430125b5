"""Shipments: every parcel, what goes into it, how far it has come, and where the carrier has it."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.order import reference
from orders.domain.shipment import (
    ItemsPicked,
    LabelPrinted,
    PickingStarted,
    ShipmentCancelled,
    ShipmentDelivered,
    ShipmentDispatched,
    ShipmentLost,
    ShipmentPacked,
    ShipmentPlanned,
    ShortPickReported,
)
from projections.engine import Projection, ReadModel


class Stage(models.TextChoices):
    """How far a parcel can have come."""

    PLANNED = "planned", _("To be picked")
    PICKING = "picking", _("Being picked")
    PACKED = "packed", _("Packed")
    LABELLED = "labelled", _("To be dispatched")
    DISPATCHED = "dispatched", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    LOST = "lost", _("Lost")
    CANCELLED = "cancelled", _("Cancelled")


class Shipment(ReadModel):
    """A parcel of an order. Each of its `lines` says how many pieces are to go into it, are picked, and are missing."""

    shipment_id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(_("order"), db_index=True)
    reference = models.CharField(_("order number"), max_length=11, db_index=True)
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    lines = models.JSONField(_("lines"))
    picker = models.CharField(_("picked by"), max_length=200, default="")
    grams = models.IntegerField(_("grams"), default=0)
    carrier = models.CharField(_("carrier"), max_length=100, default="")
    tracking_number = models.CharField(_("tracking number"), max_length=100, default="", db_index=True)
    reason = models.CharField(_("reason"), max_length=500, default="")
    planned_at = models.DateTimeField(_("planned at"))
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    version = models.IntegerField(_("version"))

    class Meta:
        db_table = "projections_shipments"
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        indexes = (models.Index(fields=["stage", "planned_at", "shipment_id"], name="shipments_stage"),)

    def __str__(self) -> str:
        return f"{self.reference}: {self.get_stage_display()}"


type Wanted = (
    ShipmentPlanned
    | PickingStarted
    | ItemsPicked
    | ShortPickReported
    | ShipmentPacked
    | LabelPrinted
    | ShipmentDispatched
    | ShipmentCancelled
    | ShipmentDelivered
    | ShipmentLost
)


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """The shipment that the fact is about."""
    yield fact.event.shipment_id


def project(row: Shipment | None, fact: Recorded[Wanted], shipment_id: UUID) -> Shipment | None:
    """The shipment after the fact."""
    if isinstance(fact.event, ShipmentPlanned):
        return planned(fact.event, fact)
    return row and changed(row, fact).but(version=fact.version)


def planned(event: ShipmentPlanned, fact: Recorded[Wanted]) -> Shipment:
    """A shipment that waits for somebody to pick it."""
    lines = [{"sku": sku, "quantity": pieces, "picked": 0, "missing": 0} for sku, pieces in event.pieces.items()]
    return Shipment(
        shipment_id=event.shipment_id,
        order_id=event.order_id,
        reference=reference(event.order_id),
        stage=Stage.PLANNED,
        lines=lines,
        planned_at=fact.recorded_at,
        version=fact.version,
    )


def changed(shipment: Shipment, fact: Recorded[Wanted]) -> Shipment:
    """The shipment after an event."""
    match fact.event:
        case ShipmentPlanned():
            return shipment
        case PickingStarted():
            return shipment.but(stage=Stage.PICKING, picker=fact.actor)
        case ItemsPicked(sku=sku, quantity=pieces):
            return with_pieces(shipment, "picked", sku, pieces)
        case ShortPickReported(sku=sku, missing=pieces):
            return with_pieces(shipment, "missing", sku, pieces)
        case ShipmentPacked(grams=grams):
            return shipment.but(stage=Stage.PACKED, grams=grams)
        case LabelPrinted(carrier=carrier, tracking_number=number):
            return shipment.but(stage=Stage.LABELLED, carrier=carrier, tracking_number=number)
        case ShipmentDispatched():
            return shipment.but(stage=Stage.DISPATCHED, dispatched_at=fact.recorded_at)
        case ShipmentDelivered(delivered_at=at):
            return shipment.but(stage=Stage.DELIVERED, delivered_at=at)
        case ShipmentLost():
            return shipment.but(stage=Stage.LOST)
        case ShipmentCancelled(reason=reason):
            return shipment.but(stage=Stage.CANCELLED, reason=reason)


def with_pieces(shipment: Shipment, what: str, sku: str, pieces: int) -> Shipment:
    """The shipment with so many more pieces of a product picked, or missing."""
    return shipment.but(
        lines=[line | {what: line[what] + pieces} if line["sku"] == sku else line for line in shipment.lines]
    )


PROJECTION = Projection(Shipment, wants=Wanted, keys=keys, project=project, begins_once=True)
