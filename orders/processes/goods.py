"""Goods: what a process knows of an order's pieces: set aside, waited for, in a parcel, gone."""

from typing import Literal
from uuid import UUID, uuid5

from msgspec.structs import replace

from eventstore.messages import Event, Message
from orders.domain import order, shipment, stock_item
from orders.domain.money import Money, total
from orders.domain.order import OrderedLine

type Pieces = dict[str, int]
type Stage = Literal["asked", "planned", "picking", "packed", "dispatched", "delivered", "lost", "cancelled"]


class Parcel(Message):
    """A shipment of the order; `missing` pieces were not on the shelf.

    `written_off` are those of them that the stock was told of as they were missed; None where it is told later.
    """

    stage: Stage
    pieces: Pieces
    missing: Pieces = {}
    written_off: Pieces | None = None

    @property
    def open(self) -> bool:
        """Whether it can still be stopped."""
        return self.stage in ("asked", "planned", "picking", "packed")

    @property
    def gone(self) -> bool:
        """Whether it has left."""
        return self.stage in ("dispatched", "delivered", "lost")

    @property
    def missed(self) -> Pieces:
        """What is not on the shelf, as the stock has been told, and will not be in it; a packed one is without it."""
        return self.missing if self.stage == "picking" and self.written_off is not None else {}

    def ready(self, sku: str) -> int:
        """How many pieces of a product are in it, or will be, as far as they are not missing."""
        return self.pieces.get(sku, 0) - (self.missing.get(sku, 0) if self.stage == "picking" else 0)


class Goods(Message):
    """The pieces of an order by their product: ordered, `cancelled`, `claimed` from the stock, `waiting` for it.

    Claimed pieces may be `lost`, as they are not on the shelf, or `leaving`, while the stock does not know it yet.
    `to_the_piece`: of what is missed, no more is cancelled than the customer lacks by it, where it once was all of it.
    """

    order_id: UUID
    lines: dict[str, OrderedLine]
    cancelled: Pieces = {}
    claimed: Pieces = {}
    waiting: Pieces = {}
    lost: Pieces = {}
    leaving: Pieces = {}
    parcels: dict[UUID, Parcel] = {}
    if_short: order.IfShort = "wait"
    to_the_piece: bool = False

    def wanted(self, sku: str) -> int:
        """How many pieces of a product are ordered and not cancelled."""
        return self.lines[sku].quantity - self.cancelled.get(sku, 0)

    def sent(self, sku: str) -> int:
        """How many have left."""
        return sum(parcel.pieces.get(sku, 0) for parcel in self.parcels.values() if parcel.gone)

    def packing(self, sku: str) -> int:
        """How many are meant for a parcel that has not left."""
        return sum(parcel.pieces.get(sku, 0) for parcel in self.parcels.values() if parcel.open)

    def missed(self, sku: str) -> int:
        """How many of those are not on the shelf, as the stock has been told, and will not be in the parcel."""
        return sum(parcel.missed.get(sku, 0) for parcel in self.parcels.values())

    def left_out(self, sku: str) -> int:
        """How many of those the customer wants no others for: they are cancelled once the parcel is packed."""
        return self.given_up(sku, self.missed(sku))

    def given_up(self, sku: str, missing: int) -> int:
        """How many of so many missed pieces are cancelled, as the customer wants no others for them."""
        if self.if_short != "cancel":
            return 0
        return min(missing, self.lacks(sku)) if self.to_the_piece else missing

    def lacks(self, sku: str) -> int:
        """How many are wanted that have not left and are in no parcel: one may hold more than is wanted any longer."""
        ready = sum(parcel.ready(sku) for parcel in self.parcels.values() if parcel.open)
        return max(0, self.wanted(sku) - self.sent(sku) - ready)

    def there(self, sku: str) -> int:
        """How many are set aside, lie on the shelf, and have not left."""
        return self.claimed.get(sku, 0) - self.lost.get(sku, 0) - self.leaving.get(sku, 0)

    @property
    def answered(self) -> bool:
        """Whether the stock has said of every line what it has and what it lacks."""
        return all(self.claimed.get(sku, 0) + self.waiting.get(sku, 0) >= self.wanted(sku) for sku in self.lines)

    @property
    def short(self) -> bool:
        """Whether pieces are waited for."""
        return any(self.waiting.values())

    @property
    def sent_all(self) -> bool:
        """Whether everything that is wanted has left, and no parcel is still being made ready."""
        ready = not any(parcel.open for parcel in self.parcels.values())
        return ready and all(self.sent(sku) >= self.wanted(sku) for sku in self.lines)

    @property
    def worth(self) -> Money:
        """What all pieces cost that are wanted, whether they have left or not."""
        return self.price({sku: self.wanted(sku) for sku in self.lines})

    @property
    def value(self) -> Money:
        """What the pieces cost that are wanted and have not left."""
        return self.price({sku: max(0, self.wanted(sku) - self.sent(sku)) for sku in self.lines})

    def due(self, shipment_id: UUID) -> Money:
        """What a shipment costs."""
        return self.price(self.charged(shipment_id))

    def charged(self, shipment_id: UUID) -> Pieces:
        """The pieces of a shipment that are to be paid; those that were cancelled a moment too late are a present."""
        pieces = self.parcels[shipment_id].pieces
        return {sku: min(n, max(0, self.wanted(sku) - self.sent(sku) + n)) for sku, n in pieces.items()}

    def to_pay(self, settled: frozenset[UUID]) -> set[UUID]:
        """The shipments that have left, cost something, and are not among those that are `settled`."""
        gone = {key for key, parcel in self.parcels.items() if parcel.gone and self.due(key).cents}
        return gone - settled

    def price(self, pieces: Pieces) -> Money:
        """What these pieces cost, at the prices at which they were ordered."""
        return total(self.lines[sku].price * quantity for sku, quantity in pieces.items())

    def seen(self) -> tuple[order.Parcel, ...]:
        """The parcels as other parts of the shop speak of them: what is missed can still be cancelled."""
        return tuple(
            order.Parcel(
                stage="planned" if parcel.stage == "asked" else parcel.stage,
                pieces={sku: n - parcel.missed.get(sku, 0) for sku, n in parcel.pieces.items()},
            )
            for parcel in self.parcels.values()
            if parcel.stage != "cancelled"
        )


def goods_of(placed: order.OrderPlaced, *, to_the_piece: bool = False) -> Goods:
    """The goods of an order that was just placed."""
    lines = {line.sku: line for line in placed.lines}
    return Goods(order_id=placed.order_id, lines=lines, if_short=placed.if_short, to_the_piece=to_the_piece)


def with_plan(goods: Goods, *, split: bool) -> Goods:
    """The goods with one more parcel that is asked for: of what is there, once nothing is waited for, or `split`."""
    if goods.short and not split:
        return goods
    pieces = {sku: free for sku in goods.lines if (free := unplanned(goods, sku)) > 0}
    if not pieces:
        return goods
    shipment_id = nth_parcel(goods.order_id, len(goods.parcels) + 1)
    return replace(goods, parcels=goods.parcels | {shipment_id: Parcel(stage="asked", pieces=pieces)})


def nth_parcel(order_id: UUID, number: int) -> UUID:
    """The id of a shipment of an order, which are counted as they are asked for."""
    return uuid5(order_id, f"shipment {number}")


def unplanned(goods: Goods, sku: str) -> int:
    """How many pieces of a product are there, wanted, and in no parcel."""
    return min(goods.there(sku), goods.wanted(sku) - goods.sent(sku)) - goods.packing(sku)


def told(goods: Goods, event: Event) -> Goods:
    """The goods after an event, which may be about something else."""
    match event:
        case order.OrderLinesCancelled():
            return replace(goods, cancelled=goods.cancelled | {event.sku: event.in_all})
        case (
            stock_item.StockReserved()
            | stock_item.Backordered()
            | stock_item.BackorderAllocated()
            | stock_item.BackorderCancelled()
            | stock_item.ReservationReleased()
            | stock_item.StockDispatched()
        ):
            return with_stock(goods, event)
        case shipment.ShipmentPlanned():
            return with_parcel(goods, event.shipment_id, Parcel(stage="planned", pieces=event.pieces))
        case shipment.PickingStarted():
            return staged(goods, event.shipment_id, "picking")
        case shipment.ShortPickReported():
            parcel = goods.parcels[event.shipment_id]
            missing = plus(parcel.missing, event.sku, event.missing)
            return with_parcel(goods, event.shipment_id, replace(parcel, missing=missing))
        case shipment.ShipmentPacked():
            parcel = goods.parcels[event.shipment_id]
            packed = replace(parcel, stage="packed", pieces=event.pieces)
            return with_parcel(with_losses(goods, parcel), event.shipment_id, packed)
        case shipment.ShipmentCancelled():
            parcel = goods.parcels[event.shipment_id]
            without = goods if parcel.stage == "packed" else with_losses(goods, parcel)
            return staged(without, event.shipment_id, "cancelled")
        case shipment.ShipmentDispatched():
            left = replace(goods.parcels[event.shipment_id], stage="dispatched", pieces=event.pieces)
            leaving = all_plus(goods.leaving, event.pieces)
            return replace(with_parcel(goods, event.shipment_id, left), leaving=leaving)
        case shipment.ShipmentDelivered():
            return staged(goods, event.shipment_id, "delivered")
        case shipment.ShipmentLost():
            return staged(goods, event.shipment_id, "lost")
        case _:
            return goods


type FromStock = (
    stock_item.StockReserved
    | stock_item.Backordered
    | stock_item.BackorderAllocated
    | stock_item.BackorderCancelled
    | stock_item.ReservationReleased
    | stock_item.StockDispatched
)


def with_stock(goods: Goods, event: FromStock) -> Goods:
    """The goods after the stock has said something."""
    sku = event.sku
    match event:
        case stock_item.StockReserved():
            return replace(goods, claimed=plus(goods.claimed, sku, event.quantity))
        case stock_item.Backordered():
            return replace(
                goods,
                claimed=goods.claimed | {sku: event.reserved},
                waiting=plus(goods.waiting, sku, event.short_by),
                lost=goods.lost | {sku: 0},
            )
        case stock_item.BackorderAllocated():
            return replace(
                goods,
                claimed=plus(goods.claimed, sku, event.quantity),
                waiting=plus(goods.waiting, sku, -event.quantity),
            )
        case stock_item.BackorderCancelled():
            return replace(goods, waiting=plus(goods.waiting, sku, -event.quantity))
        case stock_item.ReservationReleased():
            return replace(goods, claimed=plus(goods.claimed, sku, -event.quantity))
        case stock_item.StockDispatched():
            return replace(
                goods,
                claimed=plus(goods.claimed, sku, -event.quantity),
                leaving=plus(goods.leaving, sku, -event.quantity),
            )


def with_parcel(goods: Goods, shipment_id: UUID, parcel: Parcel) -> Goods:
    """The goods with a parcel as it is now."""
    return replace(goods, parcels=goods.parcels | {shipment_id: parcel})


def staged(goods: Goods, shipment_id: UUID, stage: Stage) -> Goods:
    """The goods with a parcel that has come further."""
    return with_parcel(goods, shipment_id, replace(goods.parcels[shipment_id], stage=stage))


def with_losses(goods: Goods, parcel: Parcel) -> Goods:
    """The goods, of which some that the books have are not on the shelf; the customer may want no others then."""
    lost = all_plus(goods.lost, parcel.missing) if parcel.written_off is None else goods.lost
    given_up = {sku: n for sku, missing in parcel.missing.items() if (n := goods.given_up(sku, missing))}
    return replace(goods, lost=lost, cancelled=all_plus(goods.cancelled, given_up))


def plus(pieces: Pieces, sku: str, quantity: int) -> Pieces:
    """The pieces with some more, or some less."""
    return pieces | {sku: max(0, pieces.get(sku, 0) + quantity)}


def all_plus(pieces: Pieces, more: Pieces) -> Pieces:
    """The pieces with more of several products."""
    for sku, quantity in more.items():
        pieces = plus(pieces, sku, quantity)
    return pieces
