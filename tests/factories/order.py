"""The commands and events of orders, and what these are made of."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from uuid_utils.compat import uuid7

from orders.domain import money, order
from tests.factories.product import Money


class Address(Factory[order.Address]):
    class Meta:
        model = order.Address

    recipient = "Clara Vogel"
    street = "Lindenallee 7"
    postcode = "10115"
    city = "Berlin"
    country = "DE"


class Line(Factory[order.Line]):
    class Meta:
        model = order.Line

    sku = Sequence("SKU-{:04}".format)
    quantity = 2
    shown = SubFactory(Money)


class Offer(Factory[order.Offer]):
    class Meta:
        model = order.Offer

    sku = Sequence("SKU-{:04}".format)
    name = "Enamel mug"
    price = SubFactory(Money)


class OrderedLine(Factory[order.OrderedLine]):
    class Meta:
        model = order.OrderedLine

    sku = Sequence("SKU-{:04}".format)
    name = "Enamel mug"
    quantity = 2
    price = SubFactory(Money)


class PlaceOrder(Factory[order.PlaceOrder]):
    """Of one line, unless told; the offers are those at which the lines can be had."""

    class Meta:
        model = order.PlaceOrder

    order_id = LazyFunction(uuid7)
    customer_id = LazyFunction(uuid7)
    lines = LazyFunction(lambda: (Line.build(),))
    delivery_address = SubFactory(Address)
    payment_terms = "prepaid"
    offers = LazyAttribute(lambda made: tuple(Offer.build(sku=line.sku, price=line.shown) for line in made.lines))
    suspended = False


class OrderPlaced(Factory[order.OrderPlaced]):
    class Meta:
        model = order.OrderPlaced

    order_id = LazyFunction(uuid7)
    customer_id = LazyFunction(uuid7)
    lines = LazyFunction(lambda: (OrderedLine.build(),))
    total = LazyAttribute(lambda made: money.total(line.price * line.quantity for line in made.lines))
    delivery_address = SubFactory(Address)
    payment_terms = "prepaid"
