"""Recording: what the payment provider says of an intent or a refund, as the commands that tell the business."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from eventstore import clock
from eventstore.messages import Command
from orders.domain import payment
from orders.domain.money import Money
from orders.systems.payment_provider.port import Intent, Refund


def recorded(found: Intent) -> Iterator[Command]:
    """What the business is told of an intent. Nothing of it is news a second time, and its order does not matter."""
    if found.shipment_id:
        if found.standing == "declined":
            yield not_taken(found.order_id, found.shipment_id, found.attempt, found.reason)
    elif found.standing in ("held", "taken"):
        yield authorized(found)
    elif found.standing == "declined":
        yield payment.RecordDecline(order_id=found.order_id, attempt=found.attempt, reason=found.reason)
    for shipment_id, (attempt, amount) in found.shares.items():
        yield taken(found, shipment_id, attempt, amount)
    if found.standing == "expired" and not found.shipment_id:
        yield payment.ExpireAuthorization(order_id=found.order_id, attempt=found.attempt)


def authorized(found: Intent) -> Command:
    """The amount is held. Until when is reckoned by our own clock, as it need not agree with the provider's."""
    return payment.RecordAuthorization(
        order_id=found.order_id,
        attempt=found.attempt,
        amount=found.amount,
        expires_at=(found.told_at or clock.now()) + timedelta(seconds=found.seconds),
        reference=found.id,
    )


def taken(found: Intent, shipment_id: UUID, attempt: int, amount: Money) -> Command:
    """A shipment's share is taken."""
    return payment.RecordCapture(
        order_id=found.order_id,
        shipment_id=shipment_id,
        attempt=attempt,
        amount=amount,
        reference=f"{found.id}/{shipment_id.hex[-8:]}-{attempt}",
    )


def not_taken(order_id: UUID, shipment_id: UUID, attempt: int, reason: str) -> Command:
    """A shipment's share could not be taken."""
    return payment.RecordCaptureFailure(order_id=order_id, shipment_id=shipment_id, attempt=attempt, reason=reason)


def refunded(found: Refund) -> Iterator[Command]:
    """What the business is told of a refund that goes back in one piece, or of a piece that cannot.

    How all the pieces of a refund stand is found by looking into it.
    """
    if found.standing == "failed":
        yield replace(not_refunded(found, {}), piece=found.amount != found.whole)
    elif found.standing == "paid" and found.amount == found.whole:
        yield paid_back(found.order_id, found.refund_id, found.attempt, found.whole, found.id)


def not_refunded(found: Refund, gone: dict[str, Money]) -> payment.RecordRefundFailure:
    """A refund could not go back, apart from what has gone under these intents."""
    return payment.RecordRefundFailure(
        order_id=found.order_id, refund_id=found.refund_id, attempt=found.attempt, reason=found.reason, gone=gone
    )


def paid_back(order_id: UUID, refund_id: UUID, attempt: int, amount: Money, reference: str) -> Command:
    """A refund has gone back."""
    return payment.RecordRefund(
        order_id=order_id, refund_id=refund_id, attempt=attempt, amount=amount, reference=reference
    )
