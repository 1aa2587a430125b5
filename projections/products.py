"""Products: the catalogue with today's prices, how many pieces there are of each, and which orders want them."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain import stock_item
from orders.domain.money import Money
from orders.domain.product import PriceChanged, ProductListed, ProductWithdrawn
from orders.domain.stock_item import (
    BackorderAllocated,
    BackorderCancelled,
    Backordered,
    ReservationReleased,
    StockCounted,
    StockDispatched,
    StockItem,
    StockReceived,
    StockReserved,
    StockReturned,
    StockWrittenOff,
)
from orders.domain.stock_item.states import Claim
from projections.engine import Projection, ReadModel


class Product(ReadModel):
    """A product as customers see it, with its stock as the warehouse does; `name` is empty until it is listed.

    `claims` are the pieces that each open order has reserved, waits for, and has let go.
    """

    sku = models.CharField(_("product number"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=200, default="")
    description = models.TextField(_("description"), default="")
    picture = models.CharField(max_length=200, default="")
    cents = models.BigIntegerField(_("price in cents"), default=0)
    currency = models.CharField(max_length=3, default="EUR")
    available = models.IntegerField(_("available"), default=0)
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    waited_for = models.IntegerField(_("waited for"), default=0)
    claims = models.JSONField(_("orders that want it"), default=dict)
    listed = models.BooleanField(_("in the catalogue"), default=False)

    class Meta:
        db_table = "projections_products"
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = (models.Index(fields=["listed", "name", "sku"], name="products_listed_name"),)

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def withdrawn(self) -> bool:
        """Whether it can no longer be ordered."""
        return not self.listed

    @property
    def price(self) -> Money:
        """What one piece costs today."""
        return Money(cents=self.cents, currency=self.currency)


type Wanted = (
    ProductListed
    | PriceChanged
    | ProductWithdrawn
    | StockReceived
    | StockCounted
    | StockWrittenOff
    | StockReturned
    | StockReserved
    | ReservationReleased
    | StockDispatched
    | Backordered
    | BackorderAllocated
    | BackorderCancelled
)


def keys(fact: Recorded[Wanted]) -> Iterable[str]:
    """The product that the fact is about."""
    return (fact.event.sku,)


def project(row: Product | None, fact: Recorded[Wanted], sku: str) -> Product | None:
    """The product after the fact."""
    product = row or Product(sku=sku)
    match fact.event:
        case ProductListed() as listed:
            return product.but(
                name=listed.name,
                description=listed.description,
                picture=listed.picture,
                cents=listed.price.cents,
                currency=listed.price.currency,
                listed=True,
            )
        case PriceChanged(price=price):
            return product.but(cents=price.cents, currency=price.currency)
        case ProductWithdrawn():
            return product.but(listed=False)
        case happened:
            return stocked(product, happened)


def stocked(product: Product, happened: stock_item.Happening) -> Product:
    """The product with its stock after an event: reckoned as the stock item does, for the one order it is about."""
    order_id = str(getattr(happened, "order_id", ""))
    before = msgspec.convert(product.claims.get(order_id, {}), Claim)
    claimed = {UUID(order_id): before} if order_id else {}
    item = stock_item.evolve(StockItem(on_hand=product.on_hand, claims=claimed), happened)
    after = item.claim(UUID(order_id)) if order_id else before
    claims = {other: claim for other, claim in product.claims.items() if other != order_id}
    if after.reserved or after.waiting:
        claims[order_id] = msgspec.to_builtins(after)
    reserved = product.reserved + after.reserved - before.reserved
    return product.but(
        on_hand=item.on_hand,
        reserved=reserved,
        available=item.on_hand - reserved,
        waited_for=product.waited_for + after.waiting - before.waiting,
        claims=claims,
    )


PROJECTION = Projection(Product, wants=Wanted, keys=keys, project=project)
