"""The shop at work, for tests: people and other systems do their part, and everything else comes to rest by itself."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from accounts.domain.customer import RegisterCustomer
from accounts.models import User
from eventstore import clock, log
from eventstore.dispatch import load
from eventstore.log import Recorded
from eventstore.messages import Event
from eventstore.models import OwedCommand
from eventstore.rest import to_rest
from orders import streams
from orders.domain import payment, shipment, stock_item
from orders.domain.order import IfShort, Line, Offer, PaymentTerms, PlaceOrder
from orders.domain.payment.states import Ledger
from orders.screens.order_now import order_now
from tests import factories
from tests.shop import CATALOGUE, MUG, SHOPKEEPER, send


def place(
    basket: Mapping[str, int] | None = None,
    terms: PaymentTerms = "prepaid",
    if_short: IfShort = "wait",
    customer: User | None = None,
) -> UUID:
    """Somebody orders, who is a customer already or not; the id of the order, once all else was done by itself."""
    order_id, customer_id = uuid7(), customer.id if customer else uuid7()
    if customer is None:
        send(RegisterCustomer(customer_id=customer_id, name="Clara Vogel", email=f"{customer_id}@example.com"))
    command = placing(order_id, customer_id, basket or {MUG: 2}, terms, if_short)
    send(command, customer.actor if customer else SHOPKEEPER)
    to_rest()
    return order_id


def placing(
    order_id: UUID,
    customer_id: UUID,
    wanted: Mapping[str, int],
    terms: PaymentTerms = "prepaid",
    if_short: IfShort = "wait",
) -> PlaceOrder:
    """What is sent by somebody who orders."""
    return PlaceOrder(
        order_id=order_id,
        customer_id=customer_id,
        lines=tuple(Line(sku=sku, quantity=n, shown=CATALOGUE[sku].price) for sku, n in wanted.items()),
        delivery_address=factories.Address.build(),
        payment_terms=terms,
        offers=tuple(Offer(sku=sku, name=CATALOGUE[sku].name, price=CATALOGUE[sku].price) for sku in wanted),
        suspended=False,
        if_short=if_short,
    )


def authorize(order_id: UUID, attempt: int = 1, days: int = 7) -> None:
    """The payment provider holds what it was asked for."""
    asked = [each.event for each in happened(order_id) if isinstance(each.event, payment.PaymentRequested)]
    send(
        payment.RecordAuthorization(
            order_id=order_id,
            attempt=attempt,
            amount=asked[attempt - 1].amount,
            expires_at=clock.now() + timedelta(days=days),
            reference=f"hold-{attempt}",
        )
    )
    to_rest()


def decline(order_id: UUID, attempt: int = 1) -> None:
    """The payment provider says no."""
    send(payment.RecordDecline(order_id=order_id, attempt=attempt, reason="The card has no cover."))
    to_rest()


def pay_with_another_card(customer: User, order_id: UUID) -> None:
    """The customer pays with another card."""
    price = order_now(order_id).goods.worth
    card = "pm_card_mastercard"
    send(payment.PayWithAnotherCard(order_id=order_id, customer_id=customer.id, card=card, price=price), customer.actor)
    to_rest()


def capture(order_id: UUID) -> None:
    """The payment provider takes what it was asked for."""
    for each in happened(order_id):
        if isinstance(each.event, payment.CaptureRequested):
            send(
                payment.RecordCapture(
                    order_id=order_id,
                    shipment_id=each.event.shipment_id,
                    attempt=each.event.attempt,
                    amount=each.event.amount,
                    reference=f"capture-{each.event.shipment_id}",
                )
            )
    to_rest()


def pick(shipment_id: UUID, missing: Mapping[str, int] | None = None) -> None:
    """The warehouse picks a shipment and packs what is there; the carrier sends its label."""
    planned = shipments(shipment_id)
    send(shipment.StartPicking(shipment_id=shipment_id))
    for sku, quantity in planned.pieces.items():
        short = (missing or {}).get(sku, 0)
        if short:
            send(shipment.ReportShortPick(shipment_id=shipment_id, sku=sku, missing=short))
        if quantity > short:
            send(shipment.RecordPick(shipment_id=shipment_id, sku=sku, quantity=quantity - short))
    send(shipment.PackShipment(shipment_id=shipment_id, grams=1200))
    send(shipment.RecordLabel(shipment_id=shipment_id, carrier="Post", tracking_number=f"P{shipment_id.hex[:10]}"))
    to_rest()


def dispatch(shipment_id: UUID) -> None:
    """The warehouse hands a shipment to the carrier."""
    send(shipment.DispatchShipment(shipment_id=shipment_id, order="open"))
    to_rest()


def shipments(shipment_id: UUID) -> shipment.ShipmentPlanned:
    """A shipment as it was planned."""
    events = [each.event for each in log.read_stream(f"shipment-{shipment_id}")]
    return next(event for event in events if isinstance(event, shipment.ShipmentPlanned))


def happened(order_id: UUID) -> list[Recorded[Event]]:
    """All events that name an order, in the order of the log."""
    return [each for each in log.read_log() if getattr(each.event, "order_id", None) == order_id]


def planned(order_id: UUID) -> list[UUID]:
    """The shipments of an order, in the order in which they were planned."""
    return [each.event.shipment_id for each in happened(order_id) if isinstance(each.event, shipment.ShipmentPlanned)]


def names(order_id: UUID) -> list[str]:
    """The names of the events of an order."""
    return [each.name for each in happened(order_id) if not each.stream.startswith("process-")]


def item(sku: str) -> stock_item.StockItem:
    """The stock of a product."""
    found: stock_item.StockItem = load(streams.STOCK_ITEM, f"stock_item-{sku}").state
    return found


def ledger(order_id: UUID) -> Ledger:
    """What was taken and given back for an order."""
    found: Ledger = load(streams.PAYMENT, f"payment-{order_id}").state.ledger
    return found


def owed() -> list[str]:
    """What processes owe and could not send."""
    return [f"{each.name}: {each.error}" for each in OwedCommand.objects.all()]
