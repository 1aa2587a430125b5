"""Order page: each order as its customer and the shop see it."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.money import Money
from orders.domain.order import OrderPlaced, reference
from projections.engine import Projection, ReadModel


class Status(models.TextChoices):
    """Where an order stands."""

    PLACED = "placed", _("Placed")


class OrderPage(ReadModel):
    """An order. `delivery_address` is None once the customer was erased."""

    order_id = models.UUIDField(primary_key=True)
    reference = models.CharField(_("order number"), max_length=11, db_index=True)
    customer_id = models.UUIDField(_("customer"))
    status = models.CharField(_("status"), max_length=20, choices=Status)
    placed_at = models.DateTimeField(_("placed at"))
    payment_terms = models.CharField(_("payment terms"), max_length=20)
    lines = models.JSONField(_("lines"))
    cents = models.BigIntegerField(_("total in cents"))
    currency = models.CharField(max_length=3)
    delivery_address = models.JSONField(_("delivery address"), null=True)
    version = models.IntegerField(_("version"))

    class Meta:
        db_table = "projections_order_page"
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = (models.Index(fields=["customer_id", "-placed_at", "order_id"], name="order_page_customer"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def total(self) -> Money:
        """What all of it costs."""
        return Money(cents=self.cents, currency=self.currency)


type Wanted = OrderPlaced


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """The order that the fact is about."""
    match fact.event:
        case OrderPlaced(order_id=order_id):
            yield order_id


def project(row: OrderPage | None, fact: Recorded[Wanted], order_id: UUID) -> OrderPage | None:
    """The order after the fact."""
    match fact.event:
        case OrderPlaced() as placed:
            return OrderPage(
                order_id=order_id,
                reference=reference(order_id),
                customer_id=placed.customer_id,
                status=Status.PLACED,
                placed_at=fact.recorded_at,
                payment_terms=placed.payment_terms,
                lines=msgspec.to_builtins(placed.lines),
                cents=placed.total.cents,
                currency=placed.total.currency,
                delivery_address=msgspec.to_builtins(placed.delivery_address),
                version=fact.version,
            )


PROJECTION = Projection(OrderPage, wants=Wanted, keys=keys, project=project)
