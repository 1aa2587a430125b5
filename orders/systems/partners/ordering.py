"""Orders of partners: placed for their customers, sent elsewhere, cancelled; by the same commands as on our screens."""

from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.utils.translation import gettext_lazy

from accounts.domain.address import Address
from accounts.domain.customer import Suspended
from eventstore import personal
from eventstore.dispatch import load
from orders.domain import order, shipment
from orders.domain.money import Money
from orders.domain.order.lines import Stage
from orders.domain.reasons import NOT_WANTED
from orders.screens import catalogue
from orders.streams import ORDER, SHIPMENT
from orders.systems.partners import language
from orders.systems.partners.asking import Asked, Given, Operation
from orders.systems.partners.customers import held
from orders.systems.partners.problems import Problem
from projections.shipments import Shipment

STAGES: dict[type[shipment.Shipment], Stage] = {
    shipment.Planned: "planned",
    shipment.Picking: "picking",
    shipment.Packed: "packed",
    shipment.Labelled: "packed",
    shipment.Dispatched: "dispatched",
    shipment.Delivered: "delivered",
    shipment.Lost: "lost",
}
NO_ORDER = gettext_lazy("There is no such order, or you have not placed it.")


def place_order(asked: Asked) -> Given:
    """An order for a customer of the partner. It is told at once; what shows it follows."""
    said: language.NewOrder = asked.body
    order_id = uuid5(asked.command_id, "order")
    with personal.holding(str(said.customer_id)):  # or they may be erased meanwhile
        customer = held(asked, said.customer_id)
        answer = asked.send(
            order.PlaceOrder(
                order_id=order_id,
                customer_id=said.customer_id,
                lines=tuple(map(wanted, said.lines)),
                delivery_address=address(said.delivery_address),
                payment_terms=said.payment_terms,
                offers=catalogue.offers({line.sku for line in said.lines}),
                suspended=isinstance(customer, Suspended),
                if_short=said.if_short,
                partner_id=asked.partner.id,
                card=said.card,
            )
        )
    taken = language.OrderTaken(order_id=order_id, reference=order.reference(order_id), position=answer.position)
    return Given(taken, 201, {"Location": f"/api/v1/orders/{order_id}/?after={answer.position}"})


def wanted(line: language.WantedLine) -> order.Line:
    """A line in our own words."""
    return order.Line(sku=line.sku, quantity=line.quantity, shown=Money(**msgspec.structs.asdict(line.price)))


def address(said: language.Address) -> Address:
    """An address in our own words."""
    return Address(**msgspec.structs.asdict(said))


def change_delivery_address(asked: Asked) -> Given:
    """The parcels go somewhere else."""
    order_id = placed(asked)
    answer = asked.send(
        order.ChangeDeliveryAddress(
            order_id=order_id, delivery_address=address(asked.body), parcels=parcels_of(order_id)
        )
    )
    return Given(language.Done(position=answer.position))


def cancel_order(asked: Asked) -> Given:
    """Nothing of it is wanted any more."""
    order_id = placed(asked)
    said: language.Reason = asked.body
    command = order.CancelOrder(order_id=order_id, reason=NOT_WANTED[said.reason], parcels=parcels_of(order_id))
    answer = asked.send(command)
    cancelled = isinstance(load(ORDER, f"{ORDER.name}-{order_id}").state, order.Cancelled)
    told = language.Cancellation(
        order_id=order_id, outcome="cancelled" if cancelled else "requested", position=answer.position
    )
    return Given(told)


def placed(asked: Asked) -> UUID:
    """The order that is asked about, which the partner has placed; others are as if they were not there."""
    order_id: UUID = asked.path["order_id"]
    state: order.Order = load(ORDER, f"{ORDER.name}-{order_id}").state
    if isinstance(state, order.Unplaced) or state.partner_id != asked.partner.id:
        raise Problem("not_there", NO_ORDER)
    return order_id


def parcels_of(order_id: UUID) -> tuple[order.Parcel, ...]:
    """What the warehouse says of an order's shipments: the read model knows which there are, the log how they are."""
    found = (
        parcel_of(load(SHIPMENT, f"{SHIPMENT.name}-{row.shipment_id}").state, row.lines)
        for row in Shipment.objects.filter(order_id=order_id).order_by("planned_at", "shipment_id")
    )
    return tuple(parcel for parcel in found if parcel is not None)


def parcel_of(state: shipment.Shipment, lines: list[dict[str, Any]]) -> order.Parcel | None:
    """A shipment as orders speak of it, unless it was cancelled; what has left holds what was picked for its lines."""
    stage = STAGES.get(type(state))
    if stage is None:
        return None
    match state:
        case shipment.Planned() | shipment.Picking():
            return order.Parcel(stage=stage, pieces=state.pieces)
        case shipment.Packed() | shipment.Labelled():
            return order.Parcel(stage=stage, pieces=state.picked)
        case _:
            return order.Parcel(stage=stage, pieces={row["sku"]: row["picked"] for row in lines if row["picked"]})


PLACE_ORDER = Operation(
    name="placeOrder",
    method="POST",
    summary="Place an order for a customer of yours, at the prices that you were told.",
    scope="orders:write",
    body=language.NewOrder,
    answers={201: language.OrderTaken},
    problems=("not_there",),
    do=place_order,
)
CHANGE_DELIVERY_ADDRESS = Operation(
    name="changeDeliveryAddress",
    method="POST",
    summary="Send what is not packed yet to another address.",
    scope="orders:write",
    body=language.Address,
    answers={200: language.Done},
    problems=("not_there",),
    do=change_delivery_address,
)
CANCEL_ORDER = Operation(
    name="cancelOrder",
    method="POST",
    summary="Cancel an order. Once somebody has begun to pick it, they try to stop the parcel first.",
    scope="orders:write",
    body=language.Reason,
    answers={200: language.Cancellation},
    problems=("not_there",),
    do=cancel_order,
)
