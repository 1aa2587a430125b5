"""Shipping: what a process tells the stock and the warehouse, as an order's pieces come and go."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from eventstore.messages import Command, Event
from eventstore.process import CommandRefused, CompensationAsked, DeadlineReached
from orders.domain import order, payment, shipment, stock_item
from orders.processes.goods import Goods, unplanned

# What every fulfilment is told, however the order is paid.
type OfFulfilment = (
    order.OrderPlaced
    | order.OrderLinesCancelled
    | order.OrderRejected
    | order.OrderCancelled
    | order.OrderCompleted
    | order.CancellationRequested
    | order.CancellationRefused
    | order.BackorderAnswered
    | stock_item.StockReserved
    | stock_item.Backordered
    | stock_item.BackorderAllocated
    | stock_item.BackorderCancelled
    | stock_item.ReservationReleased
    | stock_item.StockDispatched
    | shipment.ShipmentPlanned
    | shipment.PickingStarted
    | shipment.ShortPickReported
    | shipment.ShipmentPacked
    | shipment.ShipmentDispatched
    | shipment.ShipmentCancelled
    | shipment.ShipmentDelivered
    | shipment.ShipmentLost
    | DeadlineReached
    | CommandRefused
    | CompensationAsked
)

LOST = "The parcel was lost on its way."
NOT_THERE = "There are not as many left as our books said."


def shipping(before: Goods, event: Event, after: Goods) -> Iterable[Command]:
    """What is to be done about the parcels of an order after an event."""
    yield from new_parcels(before, after)
    match event:
        case shipment.ShipmentDispatched():
            yield from departures(event)
        case shipment.ShortPickReported():
            yield from losses_at_once(after, event)
            yield from let_go(after, event.sku)
        case order.OrderLinesCancelled(sku=sku):
            yield from let_go(after, sku)
            yield from still_left_out(before, event, after)
        case shipment.ShipmentPacked():
            yield from losses(before, after, event.shipment_id)
        case shipment.ShipmentCancelled():
            if before.parcels[event.shipment_id].stage != "packed":
                yield from losses(before, after, event.shipment_id)
        case stock_item.Backordered(sku=sku) if unplanned(after, sku) + after.missed(sku) < 0:
            yield from stops(after, sku)
        case _:
            pass


def stops(goods: Goods, sku: str) -> Iterable[shipment.CancelShipment]:
    """The parcels that were meant to hold pieces which turned out not to be there; what is there is planned anew."""
    for shipment_id, parcel in goods.parcels.items():
        if parcel.stage in ("asked", "planned") and sku in parcel.pieces:
            yield shipment.CancelShipment(shipment_id=shipment_id, reason=NOT_THERE)


def reservations(goods: Goods) -> Iterable[stock_item.ReserveStock]:
    """What the stock is asked for: a command a line."""
    for sku, line in goods.lines.items():
        yield stock_item.ReserveStock(sku=sku, order_id=goods.order_id, quantity=line.quantity)


def releases(goods: Goods) -> Iterable[stock_item.ReleaseReservation]:
    """What the stock is told of an order that is not wanted any more."""
    for sku, line in goods.lines.items():
        yield stock_item.ReleaseReservation(sku=sku, order_id=goods.order_id, no_longer_wanted=line.quantity)


def new_parcels(before: Goods, after: Goods) -> Iterable[shipment.PlanShipment]:
    """The shipments that are asked for since."""
    for shipment_id, parcel in after.parcels.items():
        if parcel.stage == "asked" and shipment_id not in before.parcels:
            yield shipment.PlanShipment(shipment_id=shipment_id, order_id=after.order_id, pieces=parcel.pieces)


def losses_at_once(goods: Goods, event: shipment.ShortPickReported) -> Iterable[stock_item.WriteOffShortPick]:
    """What the stock is told as pieces are missed, where it is told so soon."""
    sku, shipment_id = event.sku, event.shipment_id
    if missing := (goods.parcels[shipment_id].written_off or {}).get(sku):
        yield stock_item.WriteOffShortPick(sku=sku, order_id=goods.order_id, shipment_id=shipment_id, missing=missing)


def let_go(goods: Goods, sku: str) -> Iterable[stock_item.ReleaseReservation]:
    """What is missed and left out is not waited for: the stock lets it go, in one number with what was cancelled."""
    if left_out := goods.left_out(sku):
        in_all = goods.cancelled.get(sku, 0) + left_out
        yield stock_item.ReleaseReservation(sku=sku, order_id=goods.order_id, no_longer_wanted=in_all)


def losses(
    before: Goods, after: Goods, shipment_id: UUID
) -> Iterable[stock_item.WriteOffShortPick | order.CancelOrderLines]:
    """What becomes of pieces that were not on the shelf: the stock lets them go, and so may the customer."""
    parcel, order_id = after.parcels[shipment_id], after.order_id
    for sku, missing in parcel.missing.items():
        if parcel.written_off is None:
            yield stock_item.WriteOffShortPick(sku=sku, order_id=order_id, shipment_id=shipment_id, missing=missing)
        cancelled = after.cancelled.get(sku, 0)
        if given_up := cancelled - before.cancelled.get(sku, 0):
            yield order.CancelOrderLines(
                order_id=order_id,
                cancellation_id=uuid5(shipment_id, sku),
                sku=sku,
                quantity=given_up,
                reason=NOT_THERE,
                parcels=after.seen(),
                in_all=cancelled if after.to_the_piece else None,
            )


def still_left_out(before: Goods, event: order.OrderLinesCancelled, after: Goods) -> Iterable[order.CancelOrderLines]:
    """What is to be cancelled as it was missed, where others were cancelled before the order was told of it.

    What was sent of it names a number in all that the order has reached by then, and so comes to nothing.
    """
    sku, by_us = event.sku, {uuid5(shipment_id, event.sku) for shipment_id in after.parcels}
    if not after.to_the_piece or event.cancellation_id in by_us:
        return
    not_told = before.cancelled.get(sku, 0) - (event.in_all - event.quantity)
    if (quantity := min(not_told, after.lacks(sku))) > 0:
        yield order.CancelOrderLines(
            order_id=after.order_id,
            cancellation_id=uuid5(event.cancellation_id, sku),
            sku=sku,
            quantity=quantity,
            reason=NOT_THERE,
            parcels=after.seen(),
            in_all=event.in_all + quantity,
        )


def departures(event: shipment.ShipmentDispatched) -> Iterable[stock_item.DispatchReservedStock]:
    """What the stock is told of pieces that have left."""
    for sku, quantity in event.pieces.items():
        yield stock_item.DispatchReservedStock(
            sku=sku, order_id=event.order_id, shipment_id=event.shipment_id, quantity=quantity
        )


def refund_of_lost(goods: Goods, shipment_id: UUID) -> payment.RefundPayment:
    """What the customer paid, or owes, for a shipment that got lost."""
    return payment.RefundPayment(
        order_id=goods.order_id, refund_id=shipment_id, amount=goods.due(shipment_id), reason=LOST
    )
