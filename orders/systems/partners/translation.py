"""Translation: what has happened here, in the language that is published. Pure: of one event, always the same."""

import msgspec

from accounts.domain.address import Address
from eventstore.log import Recorded
from orders.domain import order, product, shipment
from orders.domain.money import Money
from orders.systems.partners import language, published
from orders.systems.partners.published import NAMES, SOURCE, CloudEvent, Published
from projections.partner_events import OfCatalogue, OfOrder, Wanted


def told(fact: Recorded[Wanted], *, personal: bool) -> CloudEvent:
    """An event as partners are told of it; with what is `personal` in it, or without."""
    event = fact.event
    match event:
        case product.ProductListed() | product.PriceChanged() | product.ProductWithdrawn():
            subject, data = event.sku, of_catalogue(event)
        case _:
            subject, data = str(event.order_id), of_order(event, personal=personal)
    return CloudEvent(
        id=fact.id,
        source=SOURCE,
        type=NAMES[type(data)],
        subject=subject,
        time=fact.recorded_at,
        sequence=f"{fact.position or 0:020}",
        data=data,
    )


def of_catalogue(event: OfCatalogue) -> Published:
    """What all partners are told."""
    match event:
        case product.ProductListed():
            return published.ProductListed(
                sku=event.sku, name=event.name, description=event.description, price=amount(event.price)
            )
        case product.PriceChanged():
            return published.PriceChanged(sku=event.sku, price=amount(event.price))
        case product.ProductWithdrawn():
            return published.ProductWithdrawn(sku=event.sku)


def of_order(event: OfOrder, *, personal: bool) -> Published:  # noqa: C901, PLR0911, PLR0912  # one case for each
    """What the partner is told who has placed the order."""
    match event:
        case order.OrderPlaced():
            return placed(event, personal=personal)
        case order.OrderConfirmed():
            return published.OrderConfirmed(order_id=event.order_id)
        case order.OrderRejected():
            return published.OrderRejected(order_id=event.order_id, reason=event.reason if personal else None)
        case order.OrderHeld():
            return published.OrderHeld(order_id=event.order_id)
        case order.OrderReleased():
            return published.OrderReleased(order_id=event.order_id)
        case order.OrderLinesCancelled():
            return published.LinesCancelled(
                order_id=event.order_id,
                sku=event.sku,
                quantity=event.quantity,
                amount=amount(event.amount),
                reason=event.reason if personal else None,
            )
        case order.CancellationRequested():
            return published.CancellationRequested(order_id=event.order_id, reason=event.reason if personal else None)
        case order.CancellationRefused():
            return published.CancellationRefused(order_id=event.order_id, reason=event.reason if personal else None)
        case order.OrderCancelled():
            return published.OrderCancelled(order_id=event.order_id, reason=event.reason if personal else None)
        case order.OrderCompleted():
            return published.OrderCompleted(order_id=event.order_id)
        case shipment.ShipmentDispatched():
            return published.ShipmentDispatched(
                order_id=event.order_id,
                shipment_id=event.shipment_id,
                pieces=event.pieces,
                tracking_number=event.tracking_number,
            )
        case shipment.ShipmentDelivered():
            return published.ShipmentDelivered(
                order_id=event.order_id, shipment_id=event.shipment_id, delivered_at=event.delivered_at
            )
        case shipment.ShipmentLost():
            return published.ShipmentLost(order_id=event.order_id, shipment_id=event.shipment_id)


def placed(event: order.OrderPlaced, *, personal: bool) -> published.OrderPlaced:
    """An order as it was placed."""
    return published.OrderPlaced(
        order_id=event.order_id,
        reference=order.reference(event.order_id),
        customer_id=event.customer_id,
        lines=tuple(
            published.PlacedLine(sku=line.sku, name=line.name, quantity=line.quantity, price=amount(line.price))
            for line in event.lines
        ),
        total=amount(event.total),
        payment_terms=event.payment_terms,
        delivery_address=address(event.delivery_address) if personal else None,
    )


def amount(money: Money) -> language.Amount:
    """An amount of money in the partners' language."""
    return language.Amount(cents=money.cents, currency=money.currency)


def address(ours: Address | None) -> language.Address | None:
    """An address in the partners' language."""
    return None if ours is None else msgspec.convert(msgspec.to_builtins(ours), language.Address)
