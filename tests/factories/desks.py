"""Rows of the read models that the people who work here look at: `build` them, or `create` them in the database."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.declarations import LazyAttribute, LazyFunction, Sequence
from factory.django import DjangoModelFactory
from uuid_utils.compat import uuid7

from orders.domain.order import reference
from projections import (
    backorders,
    customer_page,
    partner_events,
    returns_desk,
    revenue_per_day,
    search,
    shipments,
    stock_movements,
)
from tests.factories.facts import NOON


class Backorder(DjangoModelFactory[backorders.Backorder]):
    class Meta:
        model = backorders.Backorder

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    item = LazyAttribute(lambda made: f"{made.sku}:{made.order_id}")
    reference = LazyAttribute(lambda made: reference(made.order_id))
    waiting = 2
    reserved = 1
    waiting_since = NOON


class StockMovement(DjangoModelFactory[stock_movements.StockMovement]):
    class Meta:
        model = stock_movements.StockMovement

    event_id = LazyFunction(uuid7)
    sku = Sequence("SKU-{:04}".format)
    at = NOON
    actor = "wim"
    movement = stock_movements.Movement.RECEIVED
    pieces = 10
    on_hand = 10
    version = 1


class Shipment(DjangoModelFactory[shipments.Shipment]):
    class Meta:
        model = shipments.Shipment

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    reference = LazyAttribute(lambda made: reference(made.order_id))
    stage = shipments.Stage.PLANNED
    lines = LazyFunction(lambda: [{"sku": "SKU-0001", "quantity": 2, "picked": 0, "missing": 0}])
    planned_at = NOON
    version = 1


class Return(DjangoModelFactory[returns_desk.Return]):
    class Meta:
        model = returns_desk.Return

    return_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    reference = LazyAttribute(lambda made: reference(made.order_id))
    customer_id = LazyFunction(uuid7)
    stage = returns_desk.Stage.REQUESTED
    why = returns_desk.Why.DAMAGED
    lines = LazyFunction(
        lambda: [{"sku": "SKU-0001", "name": "Enamel mug", "quantity": 1, "sellable": None, "damaged": None}]
    )
    currency = "EUR"
    requested_at = NOON
    version = 1


class CustomerPage(DjangoModelFactory[customer_page.CustomerPage]):
    class Meta:
        model = customer_page.CustomerPage

    customer_id = LazyFunction(uuid7)
    name = "Clara Vogel"
    email = Sequence("clara-{}@example.com".format)
    standing = customer_page.Standing.ACTIVE
    registered_at = NOON
    version = 1


class SearchTerm(DjangoModelFactory[search.SearchTerm]):
    class Meta:
        model = search.SearchTerm

    subject = LazyFunction(uuid7)
    kind = search.Kind.RECIPIENT
    text = "vogel"
    item = LazyAttribute(lambda made: f"{made.kind}:{made.subject}:{made.text}")


class DayOfRevenue(DjangoModelFactory[revenue_per_day.DayOfRevenue]):
    class Meta:
        model = revenue_per_day.DayOfRevenue

    day = NOON.date()
    currency = "EUR"
    item = LazyAttribute(lambda made: f"{made.day}:{made.currency}")
    orders = 1
    ordered = 8400


class PartnerEvent(DjangoModelFactory[partner_events.PartnerEvent]):
    class Meta:
        model = partner_events.PartnerEvent

    position = Sequence(lambda n: n + 1)
    event_id = LazyFunction(uuid7)
    name = "OrderPlaced"
    order_id = LazyFunction(uuid7)
    partner_id = LazyFunction(uuid7)
