"""Backorder: an order waits for goods; after two weeks its customer is asked whether to wait, split, or cancel."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid5

from eventstore.messages import Command, State
from eventstore.process import Accept, CommandRefused, DeadlineReached, Do, Send, StopWaiting, Wait
from orders.domain import order, shipment, stock_item
from orders.processes.goods import Goods, Pieces, goods_of, told

PATIENCE = timedelta(days=14)
UNWANTED = "The customer did not want to wait any longer."


class Unbegun(State):
    """Nothing has happened."""


class Complete(State):
    """Nothing is waited for; `questions` as below."""

    goods: Goods
    questions: int = 0


class Waiting(State):
    """Goods are waited for; `answers` counts what the customer has said to it, and `questions` what they were asked.

    They may have been `asked`, and not have answered yet. Of a line, so many pieces in all are `given_up`.
    """

    goods: Goods
    answers: int = 0
    questions: int = 0
    asked: bool = False
    given_up: Pieces = {}


class Over(State):
    """The order has ended."""


type Backorder = Unbegun | Complete | Waiting | Over
type Wanted = (
    order.OrderPlaced
    | order.OrderLinesCancelled
    | order.OrderRejected
    | order.OrderCancelled
    | order.OrderCompleted
    | order.BackorderChoiceOffered
    | order.BackorderAnswered
    | stock_item.Backordered
    | stock_item.BackorderAllocated
    | stock_item.BackorderCancelled
    | stock_item.StockDispatched
    | shipment.ShipmentPlanned
    | shipment.PickingStarted
    | shipment.ShortPickReported
    | shipment.ShipmentPacked
    | shipment.ShipmentDispatched
    | shipment.ShipmentCancelled
    | DeadlineReached
    | CommandRefused
)

initial: Backorder = Unbegun()


def evolve(state: Backorder, event: Wanted) -> Backorder:
    """What is waited for after an event."""
    if isinstance(event, order.OrderRejected | order.OrderCancelled | order.OrderCompleted):
        return Over()
    if isinstance(event, stock_item.StockDispatched):
        return state  # it is heeded by later versions only
    match state:
        case Unbegun():
            return Complete(goods=goods_of(event)) if isinstance(event, order.OrderPlaced) else state
        case Complete():
            goods = told(state.goods, event)
            return Waiting(goods=goods) if goods.short else Complete(goods=goods)
        case Waiting():
            goods = told(state.goods, event)
            if not goods.short:
                return Complete(goods=goods)
            answers = state.answers + isinstance(event, order.BackorderAnswered)
            return Waiting(goods=goods, answers=answers)
        case Over():
            return state


def react(before: Backorder, event: Wanted, after: Backorder, at: datetime) -> list[Do]:
    """What is to be done next."""
    match after:
        case Unbegun():
            return []
        case Complete() | Over():
            if isinstance(event, CommandRefused):
                return [Accept()]
            return [StopWaiting("patience")] if isinstance(before, Waiting) else []
        case Waiting(goods=goods):
            match event:
                case stock_item.Backordered() if not isinstance(before, Waiting):
                    return [Wait("patience", at + PATIENCE)]
                case DeadlineReached():
                    offer = order.OfferBackorderChoice(order_id=goods.order_id)
                    return [Send(offer), Wait("patience", at + PATIENCE)]
                case order.BackorderAnswered(answer="cancel"):
                    return [Send(each) for each in given_up(after)]
                case order.BackorderAnswered():
                    return [Wait("patience", at + PATIENCE)]
                case _:
                    return []


def given_up(waiting: Waiting) -> Iterator[Command]:
    """The customer cancels: all of the order, or what is not there of an order of which parcels are on their way."""
    goods = waiting.goods
    if any(parcel.gone or parcel.stage in ("picking", "packed") for parcel in goods.parcels.values()):
        yield from lacking(waiting)
    else:
        yield order.CancelOrder(order_id=goods.order_id, reason=UNWANTED, parcels=goods.seen())


def lacking(waiting: Waiting) -> Iterator[Command]:
    """The customer cancels what is not there, with which an order ends that has nothing else."""
    goods = waiting.goods
    for sku, quantity in goods.waiting.items():
        if quantity:
            yield order.CancelOrderLines(
                order_id=goods.order_id,
                cancellation_id=uuid5(goods.order_id, f"given up {sku} {waiting.answers}"),
                sku=sku,
                quantity=quantity,
                reason=UNWANTED,
                parcels=goods.seen(),
            )
