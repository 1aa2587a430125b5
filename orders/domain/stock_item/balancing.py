"""Balancing: what has come in goes to those who wait, first come, first served; what is missing, the youngest lack."""

from uuid import UUID

from msgspec.structs import replace

from eventstore.messages import Event
from orders.domain.stock_item.states import StockItem


class Backordered(Event):
    """An order waits for `short_by` more pieces, and `reserved` ones are there for it."""

    sku: str
    order_id: UUID
    short_by: int
    reserved: int


class BackorderAllocated(Event):
    sku: str
    order_id: UUID
    quantity: int


class StockShortfallFound(Event):
    sku: str
    short_by: int


type Happening = Backordered | BackorderAllocated | StockShortfallFound


def balance(sku: str, item: StockItem) -> list[Happening]:
    """What has to happen so that nothing is reserved that is not there, and nothing lies there that is waited for."""
    if item.available < 0:
        return find_shortfall(sku, item)
    return allocate_backorders(sku, item)


def find_shortfall(sku: str, item: StockItem) -> list[Happening]:
    """More is reserved than there is: whoever came last waits again."""
    short_by = -item.available
    happened: list[Happening] = [StockShortfallFound(sku=sku, short_by=short_by)]
    for order_id, claim in reversed(item.claims.items()):
        lost = min(claim.reserved, short_by)
        if lost:
            reserved = claim.reserved - lost
            happened.append(Backordered(sku=sku, order_id=order_id, short_by=lost, reserved=reserved))
        short_by -= lost
    return happened


def allocate_backorders(sku: str, item: StockItem) -> list[Happening]:
    """Whoever came first gets what there is, if only a part of what they wait for."""
    available = item.available
    happened: list[Happening] = []
    for order_id, claim in item.claims.items():
        got = min(claim.waiting, available)
        if got:
            happened.append(BackorderAllocated(sku=sku, order_id=order_id, quantity=got))
        available -= got
    return happened


def evolve(item: StockItem, event: Happening) -> StockItem:
    """The stock after an event."""
    match event:
        case Backordered(order_id=order_id):
            claim = item.claim(order_id)
            waiting = claim.waiting + event.short_by
            return item.with_claim(order_id, replace(claim, reserved=event.reserved, waiting=waiting))
        case BackorderAllocated(order_id=order_id, quantity=quantity):
            claim = item.claim(order_id)
            claim = replace(claim, reserved=claim.reserved + quantity, waiting=claim.waiting - quantity)
            return item.with_claim(order_id, claim)
        case StockShortfallFound():
            return item
