"""Cancellation, as it is run now: what is not wanted goes back, whenever the stock sets it aside."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Do, Send
from orders.domain import order, stock_item
from orders.processes import cancellation, cancellation_to_the_last
from orders.processes.cancellation import Cancellation, Over, Stopping, Undone, Wanted, Watching, initial
from orders.processes.shelf import to_the_piece

__all__ = ["evolve", "initial", "react"]


def evolve(state: Cancellation, event: Wanted) -> Cancellation:
    """As before, and of what is missed, no more counts as cancelled than is wanted: no parcel is stopped for it."""
    if isinstance(state, Watching | Stopping | Undone):
        state = replace(state, goods=to_the_piece(state.goods))
    return cancellation_to_the_last.evolve(state, event)


def react(before: Cancellation, event: Wanted, after: Cancellation, at: datetime) -> list[Do]:
    """As before, and the stock lets go of what was cancelled before it had it, or while parcels are stopped."""
    return [*cancellation.react(before, event, after, at), *map(Send, let_go(event, after))]


def let_go(event: Wanted, after: Cancellation) -> Iterator[stock_item.ReleaseReservation]:
    """What the stock is told of a line: all that was cancelled of it, or, once the order is completed, all it has."""
    match event, after:
        case stock_item.StockReserved() | stock_item.Backordered(), Watching(goods=goods) | Stopping(goods=goods):
            unwanted = goods.cancelled.get(event.sku, 0)
        case order.OrderLinesCancelled(in_all=in_all), Stopping():
            unwanted = in_all
        case stock_item.StockReserved(quantity=quantity), Over():
            unwanted = quantity
        case stock_item.Backordered(short_by=short_by, reserved=reserved), Over():
            unwanted = short_by + reserved
        case _:
            return
    if unwanted:
        yield stock_item.ReleaseReservation(sku=event.sku, order_id=event.order_id, no_longer_wanted=unwanted)
