"""Returns desk: what customers want to send back, what has come, what it was like, and what it is worth."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.returns import (
    ReturnApproved,
    ReturnArrived,
    ReturnClosed,
    ReturnInspected,
    ReturnRejected,
    ReturnRequested,
)
from projections.engine import Projection, ReadModel


class Stage(models.TextChoices):
    """How far a return can have come."""

    REQUESTED = "requested", _("To be approved")
    APPROVED = "approved", _("Expected")
    REJECTED = "rejected", _("Rejected")
    ARRIVED = "arrived", _("To be inspected")
    CLOSED = "closed", _("Closed")


class Why(models.TextChoices):
    """Why somebody can return something."""

    DAMAGED = "damaged", _("Damaged")
    WRONG_ITEM = "wrong_item", _("Wrong item")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    CHANGED_MIND = "changed_mind", _("Changed their mind")


class Return(ReadModel):
    """Goods that come back. Each of its `lines` says how many were found sellable and damaged, None until then."""

    return_id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(_("order"), db_index=True)
    reference = models.CharField(_("order number"), max_length=11, db_index=True)
    customer_id = models.UUIDField(_("customer"))
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    why = models.CharField(_("why"), max_length=20, choices=Why)
    lines = models.JSONField(_("lines"))
    refund = models.BigIntegerField(_("refund in cents"), default=0)
    currency = models.CharField(max_length=3)
    rejection = models.CharField(_("why it was rejected"), max_length=500, default="")
    requested_at = models.DateTimeField(_("requested at"))
    approved_at = models.DateTimeField(_("approved at"), null=True)
    arrived_at = models.DateTimeField(_("arrived at"), null=True)
    version = models.IntegerField(_("version"))

    class Meta:
        db_table = "projections_returns_desk"
        verbose_name = _("return")
        verbose_name_plural = _("returns desk")
        indexes = (
            models.Index(fields=["stage", "requested_at", "return_id"], name="returns_desk_stage"),
            models.Index(fields=["customer_id", "-requested_at", "return_id"], name="returns_desk_customer"),
        )

    def __str__(self) -> str:
        return f"{self.reference}: {self.get_stage_display()}"

    @property
    def worth(self) -> Money:
        """What was paid for the goods that came back."""
        return Money(cents=self.refund, currency=self.currency)


type Wanted = ReturnRequested | ReturnApproved | ReturnRejected | ReturnArrived | ReturnInspected | ReturnClosed


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """The return that the fact is about."""
    return (fact.event.return_id,)


def project(row: Return | None, fact: Recorded[Wanted], return_id: UUID) -> Return | None:
    """The return after the fact."""
    if isinstance(fact.event, ReturnRequested):
        return requested(fact.event, fact)
    return row and changed(row, fact).but(version=fact.version)


def requested(event: ReturnRequested, fact: Recorded[Wanted]) -> Return:
    """A return that waits for somebody to approve it."""
    return Return(
        return_id=event.return_id,
        order_id=event.order_id,
        reference=reference(event.order_id),
        customer_id=event.customer_id,
        stage=Stage.REQUESTED,
        why=event.reason,
        lines=[msgspec.to_builtins(line) | {"sellable": None, "damaged": None} for line in event.lines],
        currency=event.lines[0].price.currency,
        requested_at=fact.recorded_at,
        version=fact.version,
    )


def changed(goods: Return, fact: Recorded[Wanted]) -> Return:
    """The return after an event."""
    match fact.event:
        case ReturnRequested():
            return goods
        case ReturnApproved():
            return goods.but(stage=Stage.APPROVED, approved_at=fact.recorded_at)
        case ReturnRejected(reason=reason):
            return goods.but(stage=Stage.REJECTED, rejection=reason)
        case ReturnArrived():
            return goods.but(stage=Stage.ARRIVED, arrived_at=fact.recorded_at)
        case ReturnInspected(sku=sku, sellable=sellable, damaged=damaged, refund=refund):
            found = {"sellable": sellable, "damaged": damaged}
            lines = [line | found if line["sku"] == sku else line for line in goods.lines]
            return goods.but(lines=lines, refund=goods.refund + refund.cents)
        case ReturnClosed(refund=refund):
            return goods.but(stage=Stage.CLOSED, refund=refund.cents)


PROJECTION = Projection(Return, wants=Wanted, keys=keys, project=project, begins_once=True)
