"""Orders whose money has moved, for the tests of the finance clerk's screens."""

from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from accounts.models import User
from orders.domain import payment, shipment
from orders.domain.money import Money
from projections.invoices import Invoice
from tests import factories
from tests.shop import follow, placed_order, send

AMOUNT = Money(cents=2500)


def paid_by_card(customer: User) -> tuple[UUID, UUID]:
    """An order of €250.00 whose only shipment was charged to the card: the order, the shipment."""
    order_id, shipment_id = placed_order(customer), uuid7()
    amount = AMOUNT * 10
    send(payment.RequestPayment(order_id=order_id, attempt=1, amount=amount))
    send(factories.RecordAuthorization.build(order_id=order_id, attempt=1, amount=amount))
    send(shipment.PlanShipment(shipment_id=shipment_id, order_id=order_id, pieces={"MUG-035": 2}))
    send(payment.CapturePayment(order_id=order_id, shipment_id=shipment_id, amount=amount))
    captured = factories.RecordCapture.build(order_id=order_id, shipment_id=shipment_id, attempt=1, amount=amount)
    send(captured)
    follow()
    return order_id, shipment_id


def card_declined(customer: User) -> UUID:
    """An order of €25.00 whose card was declined."""
    order_id = placed_order(customer)
    send(payment.RequestPayment(order_id=order_id, attempt=1, amount=AMOUNT))
    send(payment.RecordDecline(order_id=order_id, attempt=1, reason="The card has no cover."))
    follow()
    return order_id


def capture_failed(customer: User) -> tuple[UUID, UUID]:
    """An order whose only shipment could not be charged to the card: the order, the shipment."""
    order_id, shipment_id = placed_order(customer), uuid7()
    send(payment.RequestPayment(order_id=order_id, attempt=1, amount=AMOUNT))
    send(factories.RecordAuthorization.build(order_id=order_id, attempt=1, amount=AMOUNT))
    send(shipment.PlanShipment(shipment_id=shipment_id, order_id=order_id, pieces={"MUG-035": 2}))
    send(payment.CapturePayment(order_id=order_id, shipment_id=shipment_id, amount=AMOUNT))
    send(
        payment.RecordCaptureFailure(
            order_id=order_id, shipment_id=shipment_id, attempt=1, reason="The card has no cover."
        )
    )
    follow()
    return order_id, shipment_id


def proposed_refund(customer: User, by: User) -> UUID:
    """A refund of €60.00 that somebody proposed, and a second person has to approve."""
    order_id, _ = paid_by_card(customer)
    refund_id: UUID = uuid7()
    granted = payment.GrantGoodwillRefund(
        order_id=order_id,
        refund_id=refund_id,
        amount=Money(cents=6000),
        reason="The parcel came late.",
        granted_by=by.actor.id,
    )
    send(granted, by.actor)
    follow()
    return refund_id


def failed_refund(customer: User, **gone: Money) -> UUID:
    """A refund of €40.00 that the payment provider could not pay, apart from what is gone."""
    order_id, _ = paid_by_card(customer)
    refund_id: UUID = uuid7()
    send(
        payment.RefundPayment(
            order_id=order_id, refund_id=refund_id, amount=Money(cents=4000), reason="A mug was broken."
        )
    )
    failure = payment.RecordRefundFailure(
        order_id=order_id, refund_id=refund_id, attempt=1, reason="The account is closed.", gone=gone
    )
    send(failure)
    follow()
    return refund_id


def refund_to_transfer(customer: User) -> UUID:
    """A refund of €25.00 for what a customer had paid by bank transfer."""
    shipment_id, refund_id = invoiced(customer), uuid7()
    order_id = Invoice.objects.get(shipment_id=shipment_id).order_id
    send(payment.RecordInvoicePayment(order_id=order_id, shipment_id=shipment_id, amount=AMOUNT, transfer="DE-1"))
    send(payment.RefundPayment(order_id=order_id, refund_id=refund_id, amount=AMOUNT, reason="Goods were returned."))
    follow()
    return refund_id


def invoiced(customer: User, *, overdue: bool = False) -> UUID:
    """A shipment for which an invoice of €25.00 was issued."""
    order_id, shipment_id = placed_order(customer), uuid7()
    due_at = factories.NOON + timedelta(days=14)
    send(payment.IssueInvoice(order_id=order_id, shipment_id=shipment_id, amount=AMOUNT, due_at=due_at))
    if overdue:
        send(payment.MarkInvoiceOverdue(order_id=order_id, shipment_id=shipment_id, at=due_at + timedelta(days=1)))
    follow()
    return shipment_id
