"""The commands and events of orders once they are placed."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyFunction, Sequence, SubFactory
from uuid_utils.compat import uuid7

from orders.domain import order
from tests.factories.order import Address
from tests.factories.product import Money


class ConfirmOrder(Factory[order.ConfirmOrder]):
    class Meta:
        model = order.ConfirmOrder

    order_id = LazyFunction(uuid7)


class RejectOrder(Factory[order.RejectOrder]):
    class Meta:
        model = order.RejectOrder

    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class CompleteOrder(Factory[order.CompleteOrder]):
    class Meta:
        model = order.CompleteOrder

    order_id = LazyFunction(uuid7)
    parcels = ()
    unpaid = SubFactory(Money, cents=0)


class ChangeDeliveryAddress(Factory[order.ChangeDeliveryAddress]):
    class Meta:
        model = order.ChangeDeliveryAddress

    order_id = LazyFunction(uuid7)
    delivery_address = SubFactory(Address)
    parcels = ()


class HoldOrder(Factory[order.HoldOrder]):
    class Meta:
        model = order.HoldOrder

    order_id = LazyFunction(uuid7)
    reason = "An invoice is overdue."


class ReleaseOrder(Factory[order.ReleaseOrder]):
    class Meta:
        model = order.ReleaseOrder

    order_id = LazyFunction(uuid7)


class AnswerBackorder(Factory[order.AnswerBackorder]):
    class Meta:
        model = order.AnswerBackorder

    order_id = LazyFunction(uuid7)
    answer = "wait"


class CancelOrder(Factory[order.CancelOrder]):
    class Meta:
        model = order.CancelOrder

    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."
    parcels = ()


class CancelOrderLines(Factory[order.CancelOrderLines]):
    class Meta:
        model = order.CancelOrderLines

    order_id = LazyFunction(uuid7)
    cancellation_id = LazyFunction(uuid7)
    sku = Sequence("SKU-{:04}".format)
    quantity = 1
    reason = "It is not needed any more."
    parcels = ()


class RefuseCancellation(Factory[order.RefuseCancellation]):
    class Meta:
        model = order.RefuseCancellation

    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class OrderConfirmed(Factory[order.OrderConfirmed]):
    class Meta:
        model = order.OrderConfirmed

    order_id = LazyFunction(uuid7)


class OrderRejected(Factory[order.OrderRejected]):
    class Meta:
        model = order.OrderRejected

    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class OrderCompleted(Factory[order.OrderCompleted]):
    class Meta:
        model = order.OrderCompleted

    order_id = LazyFunction(uuid7)


class DeliveryAddressChanged(Factory[order.DeliveryAddressChanged]):
    class Meta:
        model = order.DeliveryAddressChanged

    order_id = LazyFunction(uuid7)
    customer_id = LazyFunction(uuid7)
    delivery_address = SubFactory(Address)


class OrderHeld(Factory[order.OrderHeld]):
    class Meta:
        model = order.OrderHeld

    order_id = LazyFunction(uuid7)
    reason = "An invoice is overdue."


class OrderReleased(Factory[order.OrderReleased]):
    class Meta:
        model = order.OrderReleased

    order_id = LazyFunction(uuid7)


class BackorderAnswered(Factory[order.BackorderAnswered]):
    class Meta:
        model = order.BackorderAnswered

    order_id = LazyFunction(uuid7)
    answer = "wait"


class OrderCancelled(Factory[order.OrderCancelled]):
    class Meta:
        model = order.OrderCancelled

    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class CancellationRequested(Factory[order.CancellationRequested]):
    class Meta:
        model = order.CancellationRequested

    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class OrderLinesCancelled(Factory[order.OrderLinesCancelled]):
    class Meta:
        model = order.OrderLinesCancelled

    order_id = LazyFunction(uuid7)
    cancellation_id = LazyFunction(uuid7)
    sku = Sequence("SKU-{:04}".format)
    quantity = 1
    in_all = 1
    amount = SubFactory(Money)
    reason = "It is not needed any more."


class CancellationRefused(Factory[order.CancellationRefused]):
    class Meta:
        model = order.CancellationRefused

    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class OfferBackorderChoice(Factory[order.OfferBackorderChoice]):
    class Meta:
        model = order.OfferBackorderChoice

    order_id = LazyFunction(uuid7)


class BackorderChoiceOffered(Factory[order.BackorderChoiceOffered]):
    class Meta:
        model = order.BackorderChoiceOffered

    order_id = LazyFunction(uuid7)
