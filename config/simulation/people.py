"""Who trades with the shop: customers, clerks, suppliers, the payment provider, the carrier; each reacts to events."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from accounts.domain import roles
from accounts.domain.address import Address
from config.simulation import bank, staff, van
from config.simulation.plans import Make, Plan, at_once, days, minutes
from config.simulation.scene import Scene
from eventstore.log import Recorded
from eventstore.messages import Command, Event
from orders.domain import order, payment, returns, shipment
from orders.domain.money import Money

ANSWERS: tuple[order.Answer, ...] = ("wait", "take_what_is_there", "cancel")
REASONS: tuple[returns.ReturnReason, ...] = ("damaged", "wrong_item", "not_as_described", "changed_mind")


def plans(fact: Recorded[Event], chance: random.Random) -> Iterator[Plan]:
    """What people and other systems will do about an event."""
    event = fact.event
    yield from customers(event, chance)
    yield from bank.for_others(event, provider(event, chance))
    yield from staff.warehouse(event, chance)
    yield from van.driving(event, chance) if van.drives() else staff.carrier(event, chance)
    yield from staff.office(event, chance)


def customers(event: Event, chance: random.Random) -> Iterator[Plan]:
    """Customers change their minds, answer, pay their invoices, and send goods back."""
    match event:
        case order.OrderPlaced():
            yield from second_thoughts(event, chance)
        case order.BackorderChoiceOffered(order_id=order_id):
            answer: order.Answer = chance.choice(ANSWERS)
            said = order.AnswerBackorder(order_id=order_id, answer=answer)
            yield Plan(days(chance, 0.1, 3), roles.CUSTOMER_SERVICE, at_once(said))
        case payment.PaymentDeclined():
            yield from bank.another_card(event, chance)
        case payment.InvoiceIssued(order_id=order_id, shipment_id=shipment_id, amount=amount):
            fate = chance.random()
            wait = days(chance, 3, 13) if fate < 0.85 else days(chance, 15, 40)
            transfer = payment.RecordInvoicePayment(
                order_id=order_id, shipment_id=shipment_id, amount=amount, transfer=f"T-{shipment_id.hex[:12]}"
            )
            if fate < 0.98:
                yield Plan(wait, roles.FINANCE, at_once(transfer))
        case shipment.ShipmentDelivered(order_id=order_id) if chance.random() < 0.08:
            reason: returns.ReturnReason = chance.choice(REASONS)
            yield Plan(days(chance, 1, 12), roles.CUSTOMER_SERVICE, returning(order_id, reason, chance.random()))
        case returns.ReturnApproved(return_id=return_id) if chance.random() < 0.92:
            arrived = returns.RecordReturnArrival(return_id=return_id)
            yield Plan(days(chance, 2, 9), roles.WAREHOUSE, at_once(arrived))
        case _:
            pass


def second_thoughts(placed: order.OrderPlaced, chance: random.Random) -> Iterator[Plan]:
    """Some customers cancel, at once or later; some want fewer pieces, or have them sent elsewhere."""
    fate, who = chance.random(), str(placed.customer_id)
    wait = chance.choice([minutes(chance, 1, 120), days(chance, 0.2, 1.5), days(chance, 1, 4)])
    if fate < 0.07:
        yield Plan(wait, who, cancelling(placed.order_id))
    elif fate < 0.1:
        yield Plan(wait, who, wanting_less(placed, UUID(int=chance.getrandbits(128), version=4)))
    elif fate < 0.12:
        moved = Address(recipient="Nadine Neuhaus", street="Hafenstraße 3", postcode="24103", city="Kiel", country="DE")
        yield Plan(wait, who, moving(placed.order_id, moved))


def wanting_less(placed: order.OrderPlaced, cancellation_id: UUID) -> Make:
    """A customer who can do without one piece of what has not left yet."""
    sku = placed.lines[-1].sku

    def make(scene: Scene, _now: datetime) -> Command | None:
        goods = scene.goods[placed.order_id]
        if scene.standing[placed.order_id] != "open" or goods.wanted(sku) <= goods.sent(sku):
            return None
        return order.CancelOrderLines(
            order_id=placed.order_id,
            cancellation_id=cancellation_id,
            sku=sku,
            quantity=1,
            reason="One less will do.",
            parcels=goods.seen(),
        )

    return make


def moving(order_id: UUID, address: Address) -> Make:
    """A customer who has moved, and whose parcel is not packed yet."""

    def make(scene: Scene, _now: datetime) -> Command | None:
        parcels = scene.goods[order_id].seen()
        if scene.standing[order_id] != "open" or any(parcel.stage not in ("planned", "picking") for parcel in parcels):
            return None
        return order.ChangeDeliveryAddress(order_id=order_id, delivery_address=address, parcels=parcels)

    return make


def cancelling(order_id: UUID) -> Make:
    """A customer who does not want the order any more, unless it has arrived meanwhile."""

    def make(scene: Scene, _now: datetime) -> Command | None:
        parcels = scene.goods[order_id].seen()
        if scene.standing[order_id] != "open" or any(parcel.stage == "delivered" for parcel in parcels):
            return None
        return order.CancelOrder(order_id=order_id, reason="I have changed my mind.", parcels=parcels)

    return make


def returning(order_id: UUID, reason: returns.ReturnReason, share: float) -> Make:
    """A customer who sends some of what was delivered back."""

    def make(scene: Scene, now: datetime) -> Command | None:
        deliveries = scene.deliveries(order_id)
        if not deliveries:
            return None
        one = deliveries[int(share * len(deliveries))]
        return returns.RequestReturn(
            return_id=UUID(int=order_id.int ^ int(now.timestamp() * 1e6)),
            order_id=order_id,
            pieces={one.sku: 1 + int(share * one.quantity) if one.quantity > 1 else 1},
            reason=reason,
            customer_id=scene.customer[order_id],
            deliveries=deliveries,
            requested_at=now,
        )

    return make


def provider(event: Event, chance: random.Random) -> Iterator[Plan]:
    """The payment provider answers: mostly soon, sometimes no, sometimes late, sometimes twice."""
    match event:
        case payment.PaymentRequested(order_id=order_id, attempt=attempt, amount=amount):
            fate = chance.random()
            if fate < 0.05:
                declined = payment.RecordDecline(order_id=order_id, attempt=attempt, reason="The card has no cover.")
                yield Plan(minutes(chance, 0.1, 1), roles.PROVIDER, at_once(declined))
                return
            wait = minutes(chance, 0.05, 2) if fate < 0.97 else minutes(chance, 31, 90)
            yield Plan(wait, roles.PROVIDER, authorizing(order_id, attempt, amount))
            if fate > 0.9:
                yield Plan(wait * 2, roles.PROVIDER, authorizing(order_id, attempt, amount))
        case payment.CaptureRequested(order_id=order_id, shipment_id=shipment_id, attempt=attempt, amount=amount):
            if chance.random() < 0.03 and attempt == 1:
                failure = payment.RecordCaptureFailure(
                    order_id=order_id, shipment_id=shipment_id, attempt=attempt, reason="Try again later."
                )
                yield Plan(minutes(chance, 0.1, 1), roles.PROVIDER, at_once(failure))
                return
            captured = payment.RecordCapture(
                order_id=order_id,
                shipment_id=shipment_id,
                attempt=attempt,
                amount=amount,
                reference=f"cap-{shipment_id.hex[:12]}-{attempt}",
            )
            yield Plan(minutes(chance, 0.1, 5), roles.PROVIDER, at_once(captured))
        case payment.RefundRequested(order_id=order_id, refund_id=refund_id, attempt=attempt, amount=amount):
            refunded = payment.RecordRefund(
                order_id=order_id,
                refund_id=refund_id,
                attempt=attempt,
                amount=amount,
                reference=f"ref-{refund_id.hex[:12]}-{attempt}",
            )
            yield Plan(minutes(chance, 1, 60), roles.PROVIDER, at_once(refunded))
        case _:
            pass


def authorizing(order_id: UUID, attempt: int, amount: Money) -> Make:
    """The provider, which holds an amount for a week."""
    return lambda _scene, now: payment.RecordAuthorization(
        order_id=order_id,
        attempt=attempt,
        amount=amount,
        expires_at=now + timedelta(days=7),
        reference=f"auth-{order_id.hex[:12]}-{attempt}",
    )
