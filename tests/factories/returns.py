"""The commands and events of returns, and what these are made of."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from datetime import timedelta

from factory.base import Factory
from factory.declarations import LazyFunction, SubFactory
from uuid_utils.compat import uuid7

from orders.domain import returns
from tests.factories.facts import NOON
from tests.factories.product import Money


class Delivery(Factory[returns.Delivery]):
    class Meta:
        model = returns.Delivery

    sku = "MUG-035"
    name = "Enamel mug"
    price = SubFactory(Money)
    quantity = 2
    delivered_at = NOON


class ReturnedLine(Factory[returns.ReturnedLine]):
    class Meta:
        model = returns.ReturnedLine

    sku = "MUG-035"
    name = "Enamel mug"
    quantity = 2
    price = SubFactory(Money)


class RequestReturn(Factory[returns.RequestReturn]):
    class Meta:
        model = returns.RequestReturn

    return_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    pieces = LazyFunction(lambda: {"MUG-035": 2})
    reason = "changed_mind"
    customer_id = LazyFunction(uuid7)
    deliveries = LazyFunction(lambda: (Delivery.build(),))
    requested_at = NOON + timedelta(days=3)


class ApproveReturn(Factory[returns.ApproveReturn]):
    class Meta:
        model = returns.ApproveReturn

    return_id = LazyFunction(uuid7)


class RejectReturn(Factory[returns.RejectReturn]):
    class Meta:
        model = returns.RejectReturn

    return_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class RecordReturnArrival(Factory[returns.RecordReturnArrival]):
    class Meta:
        model = returns.RecordReturnArrival

    return_id = LazyFunction(uuid7)


class InspectReturn(Factory[returns.InspectReturn]):
    class Meta:
        model = returns.InspectReturn

    return_id = LazyFunction(uuid7)
    sku = "MUG-035"
    sellable = 1
    damaged = 1


class CloseReturn(Factory[returns.CloseReturn]):
    class Meta:
        model = returns.CloseReturn

    return_id = LazyFunction(uuid7)


class ReturnRequested(Factory[returns.ReturnRequested]):
    class Meta:
        model = returns.ReturnRequested

    return_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    customer_id = LazyFunction(uuid7)
    lines = LazyFunction(lambda: (ReturnedLine.build(),))
    reason = "changed_mind"


class ReturnApproved(Factory[returns.ReturnApproved]):
    class Meta:
        model = returns.ReturnApproved

    return_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)


class ReturnRejected(Factory[returns.ReturnRejected]):
    class Meta:
        model = returns.ReturnRejected

    return_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class ReturnArrived(Factory[returns.ReturnArrived]):
    class Meta:
        model = returns.ReturnArrived

    return_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)


class ReturnInspected(Factory[returns.ReturnInspected]):
    class Meta:
        model = returns.ReturnInspected

    return_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    sku = "MUG-035"
    sellable = 1
    damaged = 1
    refund = SubFactory(Money)


class ReturnClosed(Factory[returns.ReturnClosed]):
    class Meta:
        model = returns.ReturnClosed

    return_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    refund = SubFactory(Money)
