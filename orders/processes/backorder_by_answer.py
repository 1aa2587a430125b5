"""Backorder, as it is decided now: who cancels what is not there does so also while a parcel is said to hold it.

And of what is missed, no more counts as cancelled than is wanted.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid5

from msgspec.structs import replace

from eventstore.process import Do, Send
from orders.domain import order, shipment
from orders.processes import backorder_by_shelf
from orders.processes.backorder import UNWANTED, Backorder, Complete, Waiting, Wanted, initial
from orders.processes.backorder_anew import lacking
from orders.processes.goods import Goods
from orders.processes.shelf import to_the_piece

__all__ = ["evolve", "initial", "react"]


def evolve(state: Backorder, event: Wanted) -> Backorder:
    """As before, and what is given up is remembered while goods are lacking, unless the customer says otherwise."""
    if isinstance(state, Complete | Waiting):
        state = replace(state, goods=to_the_piece(state.goods))
    after = backorder_by_shelf.evolve(state, event)
    if not isinstance(state, Waiting) or not isinstance(after, Waiting):
        return after
    match event:
        case order.BackorderAnswered(answer="cancel"):
            goods = after.goods
            in_all = {sku: goods.cancelled.get(sku, 0) + n for sku in goods.lines if (n := lacking(goods, sku)) > 0}
            return replace(after, given_up=in_all)
        case order.BackorderAnswered():
            return after
        case _:
            return replace(after, given_up=state.given_up)


def react(before: Backorder, event: Wanted, after: Backorder, at: datetime) -> list[Do]:
    """As before; what a parcel that is picked is said to hold is cancelled once it turns out to be without it."""
    match after, event:
        case (
            Waiting(),
            order.BackorderAnswered(answer="cancel")
            | shipment.ShortPickReported()
            | shipment.ShipmentPacked()
            | shipment.ShipmentCancelled(),
        ):
            return [*cancelled(after)]
        case _:
            return backorder_by_shelf.react(before, event, after, at)


def cancelled(waiting: Waiting) -> Iterator[Do]:
    """What is given up, and still lacking, is cancelled as far as no parcel is said to hold it."""
    goods = waiting.goods
    for sku, most in waiting.given_up.items():
        before = goods.cancelled.get(sku, 0)
        in_all = min(most, before + lacking(goods, sku), before + unbegun(goods, sku))
        if in_all > before:
            command = order.CancelOrderLines(
                order_id=goods.order_id,
                cancellation_id=uuid5(goods.order_id, f"given up {sku} {in_all}"),
                sku=sku,
                quantity=in_all - before,
                reason=UNWANTED,
                parcels=goods.seen(),
                in_all=in_all,
            )
            yield Send(command)


def unbegun(goods: Goods, sku: str) -> int:
    """How many pieces are wanted that nobody has begun to pick: the order lets no others be cancelled."""
    return goods.wanted(sku) - sum(parcel.pieces.get(sku, 0) for parcel in goods.seen() if parcel.begun)
