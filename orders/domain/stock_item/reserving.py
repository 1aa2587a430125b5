"""Reserving: pieces are set aside for an order, wait for it, leave with it, or are let go."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.roles import PROCESS
from eventstore.messages import Command, Event, Refused
from orders.domain.product import ask_number
from orders.domain.stock_item import balancing, shelving
from orders.domain.stock_item.balancing import Backordered, balance
from orders.domain.stock_item.shelving import StockWrittenOff
from orders.domain.stock_item.states import StockItem


class ReserveStock(Command):
    sent_by = frozenset({PROCESS})

    sku: str
    order_id: UUID
    quantity: int


class ReleaseReservation(Command):
    """`no_longer_wanted` counts all pieces that the order has ever let go: to repeat it changes nothing."""

    sent_by = frozenset({PROCESS})

    sku: str
    order_id: UUID
    no_longer_wanted: int


class DispatchReservedStock(Command):
    sent_by = frozenset({PROCESS})

    sku: str
    order_id: UUID
    shipment_id: UUID
    quantity: int


class WriteOffShortPick(Command):
    """`missing` counts all pieces that the shipment has ever missed: to repeat it changes nothing."""

    sent_by = frozenset({PROCESS})

    sku: str
    order_id: UUID
    shipment_id: UUID
    missing: int


class StockReserved(Event):
    sku: str
    order_id: UUID
    quantity: int


class ReservationReleased(Event):
    sku: str
    order_id: UUID
    quantity: int


class BackorderCancelled(Event):
    sku: str
    order_id: UUID
    quantity: int


class StockDispatched(Event):
    sku: str
    order_id: UUID
    shipment_id: UUID
    quantity: int


type Message = ReserveStock | ReleaseReservation | DispatchReservedStock | WriteOffShortPick
type Happening = StockReserved | ReservationReleased | BackorderCancelled | StockDispatched


def decide(command: Message, item: StockItem) -> list[Happening | shelving.Happening | balancing.Happening]:
    """What comes of a command."""
    match command:
        case ReserveStock():
            return [*reserve(command, item)]
        case ReleaseReservation():
            return [*release(command, item)]
        case DispatchReservedStock():
            return [*dispatch(command, item)]
        case WriteOffShortPick():
            return [*write_off(command, item)]


def reserve(command: ReserveStock, item: StockItem) -> list[Happening | balancing.Happening]:
    """An order gets what is available, and waits for the rest: once, however often it asks."""
    ask_number(command.sku)
    ask_quantity(command.quantity)
    sku, order_id = command.sku, command.order_id
    if order_id in item.claims or item.has_done(f"settled {order_id}"):
        return []
    got = min(command.quantity, item.available)
    short_by = command.quantity - got
    happened: list[Happening | balancing.Happening] = []
    if got:
        happened.append(StockReserved(sku=sku, order_id=order_id, quantity=got))
    if short_by:
        happened.append(Backordered(sku=sku, order_id=order_id, short_by=short_by, reserved=got))
    return happened


def release(command: ReleaseReservation, item: StockItem) -> list[Happening | balancing.Happening]:
    """An order lets go of pieces: first of those that it only waits for."""
    sku, order_id = command.sku, command.order_id
    claim = item.claim(order_id)
    more = max(0, min(command.no_longer_wanted - claim.released, claim.waiting + claim.reserved))
    waiting = min(more, claim.waiting)
    happened: list[Happening] = []
    if waiting:
        happened.append(BackorderCancelled(sku=sku, order_id=order_id, quantity=waiting))
    if more > waiting:
        happened.append(ReservationReleased(sku=sku, order_id=order_id, quantity=more - waiting))
    for event in happened:
        item = evolve(item, event)
    return [*happened, *balance(sku, item)]


def dispatch(
    command: DispatchReservedStock, item: StockItem
) -> list[Happening | shelving.StockCounted | balancing.Happening]:
    """Pieces have left with a shipment of an order: once for each shipment."""
    ask_quantity(command.quantity)
    if item.has_done(f"dispatched {command.shipment_id}"):
        return []
    there = were_there(command, item)
    for counted in there:
        item = shelving.evolve(item, counted)
    dispatched = StockDispatched(
        sku=command.sku,
        order_id=command.order_id,
        shipment_id=command.shipment_id,
        quantity=command.quantity,
    )
    # Pieces that nobody had reserved may have left, when a cancellation came a moment too late: then others lack them.
    return [*there, dispatched, *balance(command.sku, evolve(item, dispatched))]


def were_there(command: DispatchReservedStock, item: StockItem) -> list[shelving.StockCounted]:
    """What has left was there, although somebody has counted less: without the packed parcel, or once it had left."""
    more = command.quantity - item.on_hand
    if more <= 0:
        return []
    return [shelving.StockCounted(sku=command.sku, counted=command.quantity, difference=more)]


def write_off(command: WriteOffShortPick, item: StockItem) -> list[shelving.Happening | balancing.Happening]:
    """Pieces were not where the books have them: they are gone, and the order for which they were picked lacks them."""
    ask_quantity(command.missing)
    missing = min(command.missing - item.missed(command.shipment_id), item.on_hand)
    if missing < 1:
        return []
    gone = StockWrittenOff(
        sku=command.sku, quantity=missing, reason="Missing when picked.", missed_by=command.shipment_id
    )
    item = shelving.evolve(item, gone)
    claim = item.claim(command.order_id)
    lost = min(missing, claim.reserved)
    if not lost:
        return [gone, *balance(command.sku, item)]
    lacks = Backordered(sku=command.sku, order_id=command.order_id, short_by=lost, reserved=claim.reserved - lost)
    return [gone, lacks, *balance(command.sku, balancing.evolve(item, lacks))]


def ask_quantity(quantity: int) -> None:
    """Refused, unless there is something to do."""
    if quantity < 1:
        raise Refused("Enter a quantity of 1 or more.")


def evolve(item: StockItem, event: Happening) -> StockItem:
    """The stock after an event."""
    claim = item.claim(event.order_id)
    match event:
        case StockReserved():
            return item.with_claim(event.order_id, replace(claim, reserved=claim.reserved + event.quantity))
        case ReservationReleased(quantity=quantity):
            claim = replace(claim, reserved=claim.reserved - quantity, released=claim.released + quantity)
            return item.with_claim(event.order_id, claim)
        case BackorderCancelled(quantity=quantity):
            claim = replace(claim, waiting=claim.waiting - quantity, released=claim.released + quantity)
            return item.with_claim(event.order_id, claim)
        case StockDispatched(quantity=quantity):
            from_waiting = min(claim.waiting, max(0, quantity - claim.reserved))
            claim = replace(claim, reserved=max(0, claim.reserved - quantity), waiting=claim.waiting - from_waiting)
            left = replace(item, on_hand=item.on_hand - quantity).with_claim(event.order_id, claim)
            return left.with_deed(f"dispatched {event.shipment_id}")
