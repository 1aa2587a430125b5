"""Shelf: what a process of today knows of an order's pieces sooner than those that began before."""

from msgspec.structs import replace

from eventstore.messages import Event
from orders.domain import shipment, stock_item
from orders.processes.goods import Goods, plus, with_parcel


def by_shelf(goods: Goods, event: Event) -> Goods:
    """The goods as they are to be told of an event: what only today's processes know by it is in them."""
    match event:
        case shipment.ShortPickReported():
            return with_written_off(goods, event)
        case stock_item.StockDispatched(sku=sku, quantity=quantity):
            # What left unreserved, as a count had given it to others meanwhile, is not waited for any more.
            unreserved = max(0, quantity - goods.claimed.get(sku, 0))
            return replace(goods, waiting=plus(goods.waiting, sku, -unreserved))
        case _:
            return goods


def to_the_piece(goods: Goods) -> Goods:
    """The goods, of which no more is cancelled, as it is missed, than the customer lacks by it."""
    return goods if goods.to_the_piece else replace(goods, to_the_piece=True)


def meant(goods: Goods, sku: str) -> int:
    """How many pieces lie in parcels that have not left; to the piece, without those that are not wanted any longer."""
    packing = goods.packing(sku)
    return min(packing, goods.wanted(sku) - goods.sent(sku)) if goods.to_the_piece else packing


def with_written_off(goods: Goods, event: shipment.ShortPickReported) -> Goods:
    """The goods, of which some more are written off as they are missed: who counts the shelf then counts none of them.

    What a count has found before, so that the order lacks it already, is not written off once more.
    """
    sku, parcel = event.sku, goods.parcels[event.shipment_id]
    counted = max(0, meant(goods, sku) - goods.missed(sku) - goods.there(sku))
    gone = max(0, event.missing - counted)
    parcel = replace(parcel, written_off=plus(parcel.written_off or {}, sku, gone))
    return replace(with_parcel(goods, event.shipment_id, parcel), lost=plus(goods.lost, sku, gone))
