"""Products: the catalogue with today's prices, and how many pieces are there."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.money import Money
from orders.domain.product import PriceChanged, ProductListed, ProductWithdrawn
from orders.domain.stock_item import StockReceived
from projections.engine import Projection, ReadModel


class Product(ReadModel):
    """A product as a customer sees it. Stock may arrive before the product is listed: `name` is empty until then."""

    sku = models.CharField(_("product number"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=200, default="")
    description = models.TextField(_("description"), default="")
    picture = models.CharField(max_length=200, default="")
    cents = models.BigIntegerField(_("price in cents"), default=0)
    currency = models.CharField(max_length=3, default="EUR")
    available = models.IntegerField(_("available"), default=0)
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


type Wanted = ProductListed | PriceChanged | ProductWithdrawn | StockReceived


def keys(fact: Recorded[Wanted]) -> Iterable[str]:
    """The product that the fact is about."""
    match fact.event:
        case ProductListed() | PriceChanged() | ProductWithdrawn() | StockReceived():
            yield fact.event.sku


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
        case StockReceived(quantity=quantity):
            return product.but(available=product.available + quantity)


PROJECTION = Projection(Product, wants=Wanted, keys=keys, project=project)
