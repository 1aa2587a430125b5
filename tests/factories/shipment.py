"""The commands and events of shipments."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyFunction, Sequence
from uuid_utils.compat import uuid7

from orders.domain import shipment
from tests.factories.facts import NOON


class PlanShipment(Factory[shipment.PlanShipment]):
    class Meta:
        model = shipment.PlanShipment

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    pieces = LazyFunction(lambda: {"MUG-035": 2})


class StartPicking(Factory[shipment.StartPicking]):
    class Meta:
        model = shipment.StartPicking

    shipment_id = LazyFunction(uuid7)


class RecordPick(Factory[shipment.RecordPick]):
    class Meta:
        model = shipment.RecordPick

    shipment_id = LazyFunction(uuid7)
    sku = "MUG-035"
    quantity = 1


class ReportShortPick(Factory[shipment.ReportShortPick]):
    class Meta:
        model = shipment.ReportShortPick

    shipment_id = LazyFunction(uuid7)
    sku = "MUG-035"
    missing = 1


class PackShipment(Factory[shipment.PackShipment]):
    class Meta:
        model = shipment.PackShipment

    shipment_id = LazyFunction(uuid7)
    grams = 1200


class RecordLabel(Factory[shipment.RecordLabel]):
    class Meta:
        model = shipment.RecordLabel

    shipment_id = LazyFunction(uuid7)
    carrier = "Parcel Post"
    tracking_number = Sequence("PP{:08}DE".format)


class DispatchShipment(Factory[shipment.DispatchShipment]):
    class Meta:
        model = shipment.DispatchShipment

    shipment_id = LazyFunction(uuid7)
    order = "open"


class CancelShipment(Factory[shipment.CancelShipment]):
    class Meta:
        model = shipment.CancelShipment

    shipment_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class RecordDelivery(Factory[shipment.RecordDelivery]):
    class Meta:
        model = shipment.RecordDelivery

    shipment_id = LazyFunction(uuid7)
    delivered_at = NOON


class ReportShipmentLost(Factory[shipment.ReportShipmentLost]):
    class Meta:
        model = shipment.ReportShipmentLost

    shipment_id = LazyFunction(uuid7)


class ShipmentPlanned(Factory[shipment.ShipmentPlanned]):
    class Meta:
        model = shipment.ShipmentPlanned

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    pieces = LazyFunction(lambda: {"MUG-035": 2})


class PickingStarted(Factory[shipment.PickingStarted]):
    class Meta:
        model = shipment.PickingStarted

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)


class ItemsPicked(Factory[shipment.ItemsPicked]):
    class Meta:
        model = shipment.ItemsPicked

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    sku = "MUG-035"
    quantity = 1


class ShortPickReported(Factory[shipment.ShortPickReported]):
    class Meta:
        model = shipment.ShortPickReported

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    sku = "MUG-035"
    missing = 1


class ShipmentPacked(Factory[shipment.ShipmentPacked]):
    class Meta:
        model = shipment.ShipmentPacked

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    pieces = LazyFunction(lambda: {"MUG-035": 2})
    grams = 1200


class LabelPrinted(Factory[shipment.LabelPrinted]):
    class Meta:
        model = shipment.LabelPrinted

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    carrier = "Parcel Post"
    tracking_number = Sequence("PP{:08}DE".format)


class ShipmentDispatched(Factory[shipment.ShipmentDispatched]):
    class Meta:
        model = shipment.ShipmentDispatched

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    pieces = LazyFunction(lambda: {"MUG-035": 2})
    tracking_number = Sequence("PP{:08}DE".format)


class ShipmentCancelled(Factory[shipment.ShipmentCancelled]):
    class Meta:
        model = shipment.ShipmentCancelled

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    reason = "It is not needed any more."
    tracking_number = Sequence("PP{:08}DE".format)


class ShipmentDelivered(Factory[shipment.ShipmentDelivered]):
    class Meta:
        model = shipment.ShipmentDelivered

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    delivered_at = NOON


class ShipmentLost(Factory[shipment.ShipmentLost]):
    class Meta:
        model = shipment.ShipmentLost

    shipment_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
