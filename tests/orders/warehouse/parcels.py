"""Parcels of real orders for the tests of the warehouse's screens, as far as a test wants them to have come."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from accounts.models import User
from eventstore.rest import to_rest
from orders.domain import shipment
from orders.domain.order import Line, Offer
from projections.shipments import Shipment
from tests import factories
from tests.shop import CATALOGUE, KETTLE, MUG, follow, send

STAGES = ("planned", "picking", "picked", "packed", "labelled", "dispatched", "delivered")


def parcel(customer: User, stage: str = "planned", pieces: Mapping[str, int] | None = None) -> UUID:
    """A shipment of an order on account for two mugs and a kettle, or these pieces, which has come to this stage."""
    wanted = pieces or {MUG: 2, KETTLE: 1}
    place(customer, wanted)
    row = Shipment.objects.order_by("-planned_at").first()
    assert row is not None
    for reached in STAGES[1 : STAGES.index(stage) + 1]:
        for command in steps(row.shipment_id, reached, wanted):
            send(command)
    settle()
    return row.shipment_id


def place(customer: User, wanted: Mapping[str, int], **changes: Any) -> UUID:
    """An order on account, and what the shop does by itself when it has come in."""
    found = [CATALOGUE[sku] for sku in wanted]
    command = factories.PlaceOrder.build(
        customer_id=customer.id,
        lines=tuple(Line(sku=each.sku, quantity=wanted[each.sku], shown=each.price) for each in found),
        offers=tuple(Offer(sku=each.sku, name=each.name, price=each.price) for each in found),
        payment_terms="on_account",
        **changes,
    )
    send(command, customer.actor)
    settle()
    order_id: UUID = command.order_id
    return order_id


def settle() -> None:
    """Whatever follows by itself has followed, and every read model shows it."""
    to_rest()
    follow()


def steps(shipment_id: UUID, reached: str, wanted: Mapping[str, int]) -> list[shipment.Message]:
    """What is done so that a shipment comes to its next stage."""
    match reached:
        case "picking":
            return [factories.StartPicking.build(shipment_id=shipment_id)]
        case "picked":
            return [
                factories.RecordPick.build(shipment_id=shipment_id, sku=sku, quantity=n) for sku, n in wanted.items()
            ]
        case "packed":
            return [factories.PackShipment.build(shipment_id=shipment_id, grams=2350)]
        case "labelled":
            return [factories.RecordLabel.build(shipment_id=shipment_id, carrier="Parcel Post", tracking_number="PP77")]
        case "dispatched":
            return [factories.DispatchShipment.build(shipment_id=shipment_id, order="open")]
        case _:
            return [factories.RecordDelivery.build(shipment_id=shipment_id)]


def coming_back(customer: User, *, approved: bool = True) -> UUID:
    """A return of a delivered parcel: two mugs and a kettle."""
    delivered = Shipment.objects.get(shipment_id=parcel(customer, "delivered"))
    return_id: UUID = uuid7()
    deliveries = tuple(
        factories.Delivery.build(sku=sku, name=name, quantity=n)
        for sku, name, n in ((MUG, "Enamel mug", 2), (KETTLE, "Whistling kettle", 1))
    )
    request = factories.RequestReturn.build(
        return_id=return_id,
        order_id=delivered.order_id,
        customer_id=customer.id,
        pieces={MUG: 2, KETTLE: 1},
        deliveries=deliveries,
    )
    send(request)
    if approved:
        send(factories.ApproveReturn.build(return_id=return_id))
    settle()
    return return_id
