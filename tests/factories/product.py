"""The commands and events of products and their stock, and what they cost."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import Sequence, SubFactory

from orders.domain import money, product, stock_item


class Money(Factory[money.Money]):
    class Meta:
        model = money.Money

    cents = 4200


class ListProduct(Factory[product.ListProduct]):
    class Meta:
        model = product.ListProduct

    sku = Sequence("SKU-{:04}".format)
    name = "Enamel mug"
    description = "Holds 350 ml and survives the dishwasher."
    picture = "enamel-mug.svg"
    price = SubFactory(Money)


class ChangePrice(Factory[product.ChangePrice]):
    class Meta:
        model = product.ChangePrice

    sku = Sequence("SKU-{:04}".format)
    price = SubFactory(Money, cents=4500)


class WithdrawProduct(Factory[product.WithdrawProduct]):
    class Meta:
        model = product.WithdrawProduct

    sku = Sequence("SKU-{:04}".format)


class ReceiveStock(Factory[stock_item.ReceiveStock]):
    class Meta:
        model = stock_item.ReceiveStock

    sku = Sequence("SKU-{:04}".format)
    quantity = 10


class ProductListed(Factory[product.ProductListed]):
    class Meta:
        model = product.ProductListed

    sku = Sequence("SKU-{:04}".format)
    name = "Enamel mug"
    description = "Holds 350 ml and survives the dishwasher."
    picture = "enamel-mug.svg"
    price = SubFactory(Money)


class PriceChanged(Factory[product.PriceChanged]):
    class Meta:
        model = product.PriceChanged

    sku = Sequence("SKU-{:04}".format)
    price = SubFactory(Money, cents=4500)


class ProductWithdrawn(Factory[product.ProductWithdrawn]):
    class Meta:
        model = product.ProductWithdrawn

    sku = Sequence("SKU-{:04}".format)


class StockReceived(Factory[stock_item.StockReceived]):
    class Meta:
        model = stock_item.StockReceived

    sku = Sequence("SKU-{:04}".format)
    quantity = 10
