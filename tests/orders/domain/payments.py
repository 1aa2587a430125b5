"""A payment of €90.00 by card, how far it can have come, and how to ask something of it."""

from datetime import UTC, datetime, timedelta
from functools import reduce

from orders.domain import payment
from orders.domain.money import Money
from orders.domain.payment import (
    AuthorizationExpired,
    AuthorizationRequest,
    AuthorizationVoided,
    CaptureFailed,
    CaptureRequested,
    CaptureWrittenOff,
    InvoiceIssued,
    Payment,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentDeclined,
    PaymentOutcomeUnknown,
    PaymentRequested,
)
from tests.orders.domain.ids import ORDER, PARCEL
from tests.scenario import Scenario

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def eur(cents: int) -> Money:
    """So many cents."""
    return Money(cents=cents)


ALL = eur(9000)
SHARE = eur(3000)

REQUESTED = PaymentRequested(order_id=ORDER, attempt=1, amount=ALL)
AUTHORIZED = PaymentAuthorized(order_id=ORDER, attempt=1, amount=ALL, expires_at=NOON + WEEK, reference="pi_1")
DECLINED = PaymentDeclined(order_id=ORDER, attempt=1, amount=ALL, reason="No money.")
UNANSWERED = PaymentOutcomeUnknown(order_id=ORDER, request=AuthorizationRequest(attempt=1))
VOIDED = AuthorizationVoided(order_id=ORDER, attempt=1, amount=ALL)
EXPIRED = AuthorizationExpired(order_id=ORDER, attempt=1, amount=ALL)

CAPTURING = CaptureRequested(order_id=ORDER, shipment_id=PARCEL, authorization=1, attempt=1, amount=SHARE)
CAPTURED = PaymentCaptured(order_id=ORDER, shipment_id=PARCEL, attempt=1, amount=SHARE, reference="ch_1")
FAILED = CaptureFailed(order_id=ORDER, shipment_id=PARCEL, attempt=1, amount=SHARE, reason="Card expired.")
WRITTEN_OFF = CaptureWrittenOff(order_id=ORDER, shipment_id=PARCEL, amount=SHARE, reason="Tried enough.")

INVOICED = InvoiceIssued(order_id=ORDER, shipment_id=PARCEL, amount=ALL, due_at=NOON + 2 * WEEK)

STAGES: dict[str, tuple[payment.Happening, ...]] = {
    "unrequested": (),
    "requested": (REQUESTED,),
    "unanswered": (REQUESTED, UNANSWERED),
    "declined": (REQUESTED, DECLINED),
    "authorized": (REQUESTED, AUTHORIZED),
    "expired": (REQUESTED, AUTHORIZED, EXPIRED),
    "voided": (REQUESTED, AUTHORIZED, VOIDED),
    "given up": (REQUESTED, VOIDED),
    "on account": (INVOICED,),
}


def when(stage: str, command: payment.Message) -> Scenario:
    """Something is asked of the payment, which has come this far."""
    return Scenario(payment).given(*STAGES[stage]).when(command)


def card(*events: payment.Happening) -> Scenario:
    """A payment that is authorized, and what has happened since."""
    return Scenario(payment).given(REQUESTED, AUTHORIZED, *events)


def after(state: Payment, *commands: payment.Message) -> Payment:
    """A payment of which all this was asked, one after the other."""
    for command in commands:
        state = reduce(payment.evolve, payment.decide(command, state), state)
    return state
