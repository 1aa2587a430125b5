"""The commands and events of stock: what is reserved, waited for, counted, sent and brought back."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyFunction, Sequence
from uuid_utils.compat import uuid7

from orders.domain import stock_item


class ReserveStock(Factory[stock_item.ReserveStock]):
    class Meta:
        model = stock_item.ReserveStock

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    quantity = 2


class ReleaseReservation(Factory[stock_item.ReleaseReservation]):
    class Meta:
        model = stock_item.ReleaseReservation

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    no_longer_wanted = 1


class DispatchReservedStock(Factory[stock_item.DispatchReservedStock]):
    class Meta:
        model = stock_item.DispatchReservedStock

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    quantity = 2


class WriteOffShortPick(Factory[stock_item.WriteOffShortPick]):
    class Meta:
        model = stock_item.WriteOffShortPick

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    missing = 1


class CountStock(Factory[stock_item.CountStock]):
    class Meta:
        model = stock_item.CountStock

    sku = Sequence("SKU-{:04}".format)
    counted = 10


class WriteOffStock(Factory[stock_item.WriteOffStock]):
    class Meta:
        model = stock_item.WriteOffStock

    sku = Sequence("SKU-{:04}".format)
    quantity = 2
    reason = "It is not needed any more."


class RestockReturn(Factory[stock_item.RestockReturn]):
    class Meta:
        model = stock_item.RestockReturn

    sku = Sequence("SKU-{:04}".format)
    return_id = LazyFunction(uuid7)
    sellable = 1
    damaged = 1


class StockReserved(Factory[stock_item.StockReserved]):
    class Meta:
        model = stock_item.StockReserved

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    quantity = 2


class ReservationReleased(Factory[stock_item.ReservationReleased]):
    class Meta:
        model = stock_item.ReservationReleased

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    quantity = 2


class StockDispatched(Factory[stock_item.StockDispatched]):
    class Meta:
        model = stock_item.StockDispatched

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    quantity = 2


class Backordered(Factory[stock_item.Backordered]):
    class Meta:
        model = stock_item.Backordered

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    short_by = 2
    reserved = 0


class BackorderAllocated(Factory[stock_item.BackorderAllocated]):
    class Meta:
        model = stock_item.BackorderAllocated

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    quantity = 2


class BackorderCancelled(Factory[stock_item.BackorderCancelled]):
    class Meta:
        model = stock_item.BackorderCancelled

    sku = Sequence("SKU-{:04}".format)
    order_id = LazyFunction(uuid7)
    quantity = 2


class StockShortfallFound(Factory[stock_item.StockShortfallFound]):
    class Meta:
        model = stock_item.StockShortfallFound

    sku = Sequence("SKU-{:04}".format)
    short_by = 2


class StockCounted(Factory[stock_item.StockCounted]):
    class Meta:
        model = stock_item.StockCounted

    sku = Sequence("SKU-{:04}".format)
    counted = 10
    difference = -2


class StockWrittenOff(Factory[stock_item.StockWrittenOff]):
    class Meta:
        model = stock_item.StockWrittenOff

    sku = Sequence("SKU-{:04}".format)
    quantity = 2
    reason = "It is not needed any more."


class StockReturned(Factory[stock_item.StockReturned]):
    class Meta:
        model = stock_item.StockReturned

    sku = Sequence("SKU-{:04}".format)
    return_id = LazyFunction(uuid7)
    quantity = 2
