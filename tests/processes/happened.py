"""What happens to one order, for stories of processes: an order of two mugs and a kettle, and all that may follow."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from eventstore.process import CommandRefused, CompensationAsked, DeadlineReached
from orders.domain import order, payment, shipment, stock_item
from orders.domain.money import Money
from tests import factories

ORDER, CUSTOMER = UUID(int=1), UUID(int=2)
MUG, KETTLE = "MUG-035", "KET-120"
SHIPMENT, SECOND = uuid5(ORDER, "shipment 1"), uuid5(ORDER, "shipment 2")
ALL = {MUG: 2, KETTLE: 1}
PRICE = Money(cents=2 * 1250 + 8900)
NEXT_WEEK = datetime(2026, 3, 9, 12, tzinfo=UTC)


def placed(terms: order.PaymentTerms = "prepaid", if_short: order.IfShort = "wait") -> order.OrderPlaced:
    return order.OrderPlaced(
        order_id=ORDER,
        customer_id=CUSTOMER,
        lines=(
            order.OrderedLine(sku=MUG, name="Enamel mug", quantity=2, price=Money(cents=1250)),
            order.OrderedLine(sku=KETTLE, name="Whistling kettle", quantity=1, price=Money(cents=8900)),
        ),
        total=PRICE,
        delivery_address=factories.Address.build(),
        payment_terms=terms,
        if_short=if_short,
    )


def reserved(sku: str = MUG, quantity: int = 2) -> stock_item.StockReserved:
    return stock_item.StockReserved(sku=sku, order_id=ORDER, quantity=quantity)


def backordered(sku: str = KETTLE, short_by: int = 1, left: int = 0) -> stock_item.Backordered:
    return stock_item.Backordered(sku=sku, order_id=ORDER, short_by=short_by, reserved=left)


def allocated(sku: str = KETTLE, quantity: int = 1) -> stock_item.BackorderAllocated:
    return stock_item.BackorderAllocated(sku=sku, order_id=ORDER, quantity=quantity)


def left_stock(sku: str, quantity: int, shipment_id: UUID = SHIPMENT) -> stock_item.StockDispatched:
    return stock_item.StockDispatched(sku=sku, order_id=ORDER, shipment_id=shipment_id, quantity=quantity)


def planned(shipment_id: UUID = SHIPMENT, **pieces: int) -> shipment.ShipmentPlanned:
    return shipment.ShipmentPlanned(shipment_id=shipment_id, order_id=ORDER, pieces=by_sku(pieces) or ALL)


def picking(shipment_id: UUID = SHIPMENT) -> shipment.PickingStarted:
    return shipment.PickingStarted(shipment_id=shipment_id, order_id=ORDER)


def short(sku: str = MUG, missing: int = 1, shipment_id: UUID = SHIPMENT) -> shipment.ShortPickReported:
    return shipment.ShortPickReported(shipment_id=shipment_id, order_id=ORDER, sku=sku, missing=missing)


def packed(shipment_id: UUID = SHIPMENT, **pieces: int) -> shipment.ShipmentPacked:
    return shipment.ShipmentPacked(shipment_id=shipment_id, order_id=ORDER, pieces=by_sku(pieces) or ALL, grams=900)


def dispatched(shipment_id: UUID = SHIPMENT, **pieces: int) -> shipment.ShipmentDispatched:
    return shipment.ShipmentDispatched(
        shipment_id=shipment_id, order_id=ORDER, pieces=by_sku(pieces) or ALL, tracking_number="P1"
    )


def stopped(shipment_id: UUID = SHIPMENT) -> shipment.ShipmentCancelled:
    return shipment.ShipmentCancelled(shipment_id=shipment_id, order_id=ORDER, reason="Stop.", tracking_number=None)


def lost(shipment_id: UUID = SHIPMENT) -> shipment.ShipmentLost:
    return shipment.ShipmentLost(shipment_id=shipment_id, order_id=ORDER)


def authorized(attempt: int = 1) -> payment.PaymentAuthorized:
    return payment.PaymentAuthorized(
        order_id=ORDER, attempt=attempt, amount=PRICE, expires_at=NEXT_WEEK, reference="hold"
    )


def declined(attempt: int = 1) -> payment.PaymentDeclined:
    return payment.PaymentDeclined(order_id=ORDER, attempt=attempt, amount=PRICE, reason="No cover.")


def replaced(attempt: int = 2) -> payment.CardReplaced:
    return payment.CardReplaced(order_id=ORDER, card="pm_card_mastercard", attempt=attempt)


def captured(amount: Money = PRICE, shipment_id: UUID = SHIPMENT) -> payment.PaymentCaptured:
    return payment.PaymentCaptured(
        order_id=ORDER, shipment_id=shipment_id, attempt=1, amount=amount, reference="capture"
    )


def lines_cancelled(sku: str = KETTLE, quantity: int = 1) -> order.OrderLinesCancelled:
    return order.OrderLinesCancelled(
        order_id=ORDER,
        cancellation_id=UUID(int=9),
        sku=sku,
        quantity=quantity,
        in_all=quantity,
        amount=Money(cents=100),
        reason="Not needed.",
    )


def deadline(name: str, due_at: datetime = NEXT_WEEK) -> DeadlineReached:
    return DeadlineReached(instance=f"prepaid:{ORDER}", name=name, due_at=due_at)


def refused(name: str) -> CommandRefused:
    return CommandRefused(instance=f"prepaid:{ORDER}", command_id=UUID(int=8), name=name, sentence="No.", values={})


def asked_to_compensate() -> CompensationAsked:
    return CompensationAsked(instance=f"prepaid:{ORDER}", reason="The supplier is gone.")


def by_sku(pieces: dict[str, int]) -> dict[str, int]:
    """`mug=2, kettle=1` by the numbers of the products."""
    return {{"mug": MUG, "kettle": KETTLE}[name]: quantity for name, quantity in pieces.items()}


CONFIRMED = order.OrderConfirmed(order_id=ORDER)
COMPLETED = order.OrderCompleted(order_id=ORDER)
CANCELLED = order.OrderCancelled(order_id=ORDER, reason="Not needed.")
REJECTED = order.OrderRejected(order_id=ORDER, reason="Nobody paid.")
ASKED_TO_CANCEL = order.CancellationRequested(order_id=ORDER, reason="Not needed.")
GOES_ON = order.CancellationRefused(order_id=ORDER, reason="It has left.")
