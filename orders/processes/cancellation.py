"""Cancellation: what is no longer wanted is stopped, its stock released, its payment given up; or it is too late."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from eventstore.messages import State
from eventstore.process import Accept, CommandRefused, Do, Send
from orders.domain import order, payment, shipment, stock_item
from orders.processes.goods import Goods, goods_of, told
from orders.processes.shipping import releases

# What may be refused because somebody was faster: what they did is an event, and answered as such.
LATE = ("CancelShipment", "RefuseCancellation")
OVER = "The order has ended."
FEWER = "Fewer pieces are wanted meanwhile."
TOO_LATE = "The parcel has left. You can return the goods instead."


class Unbegun(State):
    """Nothing has happened."""


class Watching(State):
    """An order that nobody wants to cancel; `attempts` of its payment were asked for."""

    goods: Goods
    attempts: int = 0


class Stopping(State):
    """The customer has asked to cancel while parcels were made ready: they are stopped, or it is too late."""

    goods: Goods
    attempts: int
    reason: str


class Undone(State):
    """The order has ended: whatever still comes of it is undone."""

    goods: Goods
    attempts: int


class Over(State):
    """The order is completed."""


type Cancellation = Unbegun | Watching | Stopping | Undone | Over
type Wanted = (
    order.OrderPlaced
    | order.OrderLinesCancelled
    | order.OrderRejected
    | order.OrderCancelled
    | order.OrderCompleted
    | order.CancellationRequested
    | order.CancellationRefused
    | payment.PaymentRequested
    | stock_item.StockReserved
    | stock_item.Backordered
    | shipment.ShipmentPlanned
    | shipment.PickingStarted
    | shipment.ShortPickReported
    | shipment.ShipmentPacked
    | shipment.ShipmentDispatched
    | shipment.ShipmentCancelled
    | CommandRefused
)

initial: Cancellation = Unbegun()


def evolve(state: Cancellation, event: Wanted) -> Cancellation:
    """How far the cancellation is after an event."""
    match state:
        case Unbegun():
            return Watching(goods=goods_of(event)) if isinstance(event, order.OrderPlaced) else state
        case Watching():
            return watching(state, event)
        case Stopping(goods=goods, attempts=attempts):
            match event:
                case order.OrderCancelled() | order.OrderRejected():
                    return Undone(goods=goods, attempts=attempts)
                case order.CancellationRefused():
                    return Watching(goods=goods, attempts=attempts)
                case _:
                    return replace(state, goods=told(goods, event))
        case Undone():
            return replace(state, goods=told(state.goods, event))
        case Over():
            return state


def watching(state: Watching, event: Wanted) -> Cancellation:
    """How far it is after an event in the life of an order that goes its way."""
    goods, attempts = told(state.goods, event), state.attempts
    match event:
        case payment.PaymentRequested(attempt=attempt):
            return Watching(goods=goods, attempts=attempt)
        case order.CancellationRequested(reason=reason):
            return Stopping(goods=goods, attempts=attempts, reason=reason)
        case order.OrderCancelled() | order.OrderRejected():
            return Undone(goods=goods, attempts=attempts)
        case order.OrderCompleted():
            return Over()
        case _:
            return Watching(goods=goods, attempts=attempts)


def react(before: Cancellation, event: Wanted, after: Cancellation, at: datetime) -> list[Do]:
    """What is to be done next."""
    match after:
        case Unbegun() | Over():
            return []
        case Watching(goods=goods):
            return [*less(goods, event)]
        case Stopping():
            return [*stopping(before, event, after)]
        case Undone():
            return [*undoing(before, event, after)]


def less(goods: Goods, event: Wanted) -> Iterator[Do]:
    """Some pieces are not wanted: the stock gets them back, and parcels that nobody has begun are planned anew."""
    match event:
        case order.OrderLinesCancelled(sku=sku, in_all=in_all):
            less_of = stock_item.ReleaseReservation(sku=sku, order_id=goods.order_id, no_longer_wanted=in_all)
            yield Send(less_of)
            for shipment_id, parcel in goods.parcels.items():
                if parcel.stage == "planned" and sku in parcel.pieces and too_many(goods, sku):
                    yield Send(shipment.CancelShipment(shipment_id=shipment_id, reason=event.reason))
        case shipment.ShipmentPlanned(shipment_id=shipment_id, pieces=pieces):
            if any(too_many(goods, sku) for sku in pieces):
                yield Send(shipment.CancelShipment(shipment_id=shipment_id, reason=FEWER))
        case CommandRefused(name=name) if name in LATE:
            yield Accept()
        case _:
            pass


def too_many(goods: Goods, sku: str) -> bool:
    """Whether more pieces of a product are in parcels than are wanted."""
    return goods.packing(sku) + goods.sent(sku) > goods.wanted(sku)


def stopping(before: Cancellation, event: Wanted, after: Stopping) -> Iterator[Do]:
    """Every parcel is stopped; then the order can be cancelled. Once one has left, it is too late."""
    goods = after.goods
    if isinstance(before, Watching):
        yield from (Send(each) for each in stops(goods, after.reason))
    elif isinstance(event, shipment.ShipmentPlanned):
        yield Send(shipment.CancelShipment(shipment_id=event.shipment_id, reason=after.reason))
    elif isinstance(event, CommandRefused) and event.name in LATE:
        yield Accept()
    if not isinstance(event, order.CancellationRequested | shipment.ShipmentDispatched | shipment.ShipmentCancelled):
        return
    if any(parcel.gone for parcel in goods.parcels.values()):
        yield Send(order.RefuseCancellation(order_id=goods.order_id, reason=TOO_LATE))
    elif not any(parcel.open for parcel in goods.parcels.values()):
        yield Send(order.CancelOrder(order_id=goods.order_id, reason=after.reason, parcels=goods.seen()))


def undoing(before: Cancellation, event: Wanted, after: Undone) -> Iterator[Do]:
    """The stock is released, the parcels are stopped, the payment is given up; also what comes only now."""
    goods, order_id = after.goods, after.goods.order_id
    if not isinstance(before, Undone):
        yield from map(Send, releases(goods))
        yield from map(Send, stops(goods, OVER))
        yield from (
            Send(payment.VoidAuthorization(order_id=order_id, attempt=attempt))
            for attempt in range(1, after.attempts + 1)
        )
        return
    match event:
        case stock_item.StockReserved(sku=sku) | stock_item.Backordered(sku=sku):
            everything = goods.lines[sku].quantity
            yield Send(stock_item.ReleaseReservation(sku=sku, order_id=order_id, no_longer_wanted=everything))
        case shipment.ShipmentPlanned(shipment_id=shipment_id):
            yield Send(shipment.CancelShipment(shipment_id=shipment_id, reason=OVER))
        case payment.PaymentRequested(attempt=attempt):
            yield Send(payment.VoidAuthorization(order_id=order_id, attempt=attempt))
        case CommandRefused(name=name) if name in LATE:
            yield Accept()
        case _:
            pass


def stops(goods: Goods, reason: str) -> Iterator[shipment.CancelShipment]:
    """What the warehouse is told of every parcel that has not left."""
    for shipment_id, parcel in goods.parcels.items():
        if parcel.open:
            yield shipment.CancelShipment(shipment_id=shipment_id, reason=reason)
