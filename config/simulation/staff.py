"""Who works for the shop: the warehouse, its supplier and carrier, and the office."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from accounts.domain import roles
from config.simulation.plans import Make, Plan, at_once, days, minutes
from config.simulation.scene import Scene
from eventstore.messages import Command, Event
from orders.domain import order, payment, returns, shipment, stock_item


def warehouse(event: Event, chance: random.Random) -> Iterator[Plan]:
    """Clerks pick, pack, dispatch and inspect; the supplier sends what is short."""
    match event:
        case shipment.ShipmentPlanned():
            yield from picking(event, chance)
        case shipment.LabelPrinted(shipment_id=shipment_id, order_id=order_id):
            yield Plan(minutes(chance, 10, 300), roles.WAREHOUSE, dispatching(shipment_id, order_id))
        case stock_item.Backordered(sku=sku, short_by=short_by):
            wait = days(chance, 16, 25) if is_hard_to_get(sku) else days(chance, 2, 9)
            arrival = stock_item.ReceiveStock(sku=sku, quantity=short_by + chance.randrange(20, 60))
            yield Plan(wait, roles.WAREHOUSE, at_once(arrival))
        case shipment.ShortPickReported():
            counted = counting(event, missing=chance.choice([0, 0, 1]))
            yield Plan(days(chance, 0.2, 1), roles.WAREHOUSE, counted)
        case returns.ReturnArrived(return_id=return_id):
            yield Plan(minutes(chance, 30, 600), roles.WAREHOUSE, inspecting(return_id, broken=chance.random() < 0.3))
        case _:
            pass


def is_hard_to_get(sku: str) -> bool:
    """Whether the supplier of a product is a slow one."""
    return sum(sku.encode()) % 8 == 0


def carrier(event: Event, chance: random.Random) -> Iterator[Plan]:
    """The carrier prints labels, and delivers nearly every parcel."""
    match event:
        case shipment.ShipmentPacked(shipment_id=shipment_id):
            number = f"GP{shipment_id.hex[:12].upper()}"
            label = shipment.RecordLabel(shipment_id=shipment_id, carrier="Gelbe Post", tracking_number=number)
            yield Plan(minutes(chance, 0.1, 3), roles.CARRIER, at_once(label))
        case shipment.ShipmentDispatched(shipment_id=shipment_id):
            if chance.random() < 0.01:
                lost = shipment.ReportShipmentLost(shipment_id=shipment_id)
                yield Plan(days(chance, 8, 12), roles.CARRIER, at_once(lost))
            else:
                yield Plan(days(chance, 0.8, 3), roles.CARRIER, delivering(shipment_id))
        case _:
            pass


def picking(planned: shipment.ShipmentPlanned, chance: random.Random) -> Iterator[Plan]:
    """Clerks fetch what is on the shelf, and report what is not."""
    shipment_id = planned.shipment_id
    missing = {sku: 1 for sku in planned.pieces if chance.random() < 0.01}
    begin = minutes(chance, 30, 1200)
    yield Plan(begin, roles.WAREHOUSE, at_once(shipment.StartPicking(shipment_id=shipment_id)))
    for sku, quantity in planned.pieces.items():
        short = missing.get(sku, 0)
        if short:
            report = shipment.ReportShortPick(shipment_id=shipment_id, sku=sku, missing=short)
            yield Plan(begin + timedelta(minutes=20), roles.WAREHOUSE, at_once(report))
        if quantity > short:
            pick = shipment.RecordPick(shipment_id=shipment_id, sku=sku, quantity=quantity - short)
            yield Plan(begin + timedelta(minutes=20), roles.WAREHOUSE, at_once(pick))
    yield Plan(begin + timedelta(minutes=40), roles.WAREHOUSE, packing(planned, missing))


def packing(planned: shipment.ShipmentPlanned, missing: dict[str, int]) -> Make:
    """A clerk who packs what was picked, or gives up where nothing was there."""
    nothing = all(quantity <= missing.get(sku, 0) for sku, quantity in planned.pieces.items())

    def make(scene: Scene, _now: datetime) -> Command | None:
        if scene.goods[planned.order_id].parcels[planned.shipment_id].stage != "picking":
            return None
        if nothing:
            return shipment.CancelShipment(shipment_id=planned.shipment_id, reason="The goods cannot be found.")
        return shipment.PackShipment(
            shipment_id=planned.shipment_id, grams=200 + 350 * sum(planned.pieces.values()) % 30_000
        )

    return make


def dispatching(shipment_id: UUID, order_id: UUID) -> Make:
    """A clerk who hands a parcel over, where nobody wants it back."""

    def make(scene: Scene, _now: datetime) -> Command | timedelta | None:
        if scene.goods[order_id].parcels[shipment_id].stage == "cancelled":
            return None
        if scene.standing[order_id] != "open":
            return timedelta(hours=6)
        return shipment.DispatchShipment(shipment_id=shipment_id, order="open")

    return make


def delivering(shipment_id: UUID) -> Make:
    """The carrier at somebody's door."""
    return lambda _scene, now: shipment.RecordDelivery(shipment_id=shipment_id, delivered_at=now)


def counting(short: shipment.ShortPickReported, *, missing: int) -> Make:
    """A clerk who counts what is left on a shelf where something was missing, and may miss even more."""
    return lambda scene, _now: stock_item.CountStock(sku=short.sku, counted=max(0, scene.on_hand[short.sku] - missing))


def inspecting(return_id: UUID, *, broken: bool) -> Make:
    """A clerk who looks at what has come back."""

    def make(scene: Scene, _now: datetime) -> Command | None:
        (line,) = scene.returns[return_id].lines
        sellable = line.quantity - int(broken)
        return returns.InspectReturn(return_id=return_id, sku=line.sku, sellable=sellable, damaged=int(broken))

    return make


def office(event: Event, chance: random.Random) -> Iterator[Plan]:
    """Customer service decides on returns and lets held orders go; finance tries what failed once more."""
    match event:
        case returns.ReturnRequested(return_id=return_id):
            no = returns.RejectReturn(return_id=return_id, reason="The goods were used.")
            yes = returns.ApproveReturn(return_id=return_id)
            yield Plan(minutes(chance, 20, 900), roles.CUSTOMER_SERVICE, at_once(no if chance.random() < 0.1 else yes))
        case payment.CaptureFailed(order_id=order_id, shipment_id=shipment_id, attempt=attempt):
            again = payment.RetryCapture(order_id=order_id, shipment_id=shipment_id, attempt=attempt + 1)
            yield Plan(minutes(chance, 60, 600), roles.FINANCE, at_once(again))
        case payment.InvoiceReminded(order_id=order_id, shipment_id=shipment_id, reminder=3):
            gone = payment.WriteOffInvoice(
                order_id=order_id, shipment_id=shipment_id, reason="The customer cannot be found."
            )
            yield Plan(days(chance, 3, 12), roles.FINANCE, at_once(gone))
        case order.OrderPlaced(order_id=order_id) if chance.random() < 0.01:
            held = order.HoldOrder(order_id=order_id, reason="The address looks strange.")
            yield Plan(minutes(chance, 5, 600), roles.CUSTOMER_SERVICE, at_once(held))
        case order.OrderHeld(order_id=order_id):
            yield Plan(days(chance, 0.5, 2), roles.CUSTOMER_SERVICE, at_once(order.ReleaseOrder(order_id=order_id)))
        case _:
            pass
