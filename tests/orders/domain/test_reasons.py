"""Payment: what the provider gives as its reason can be given as a reason by whoever acts on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.reason import ask_reason
from orders.domain.payment import (
    CaptureFailed,
    PaymentDeclined,
    RecordCaptureFailure,
    RecordDecline,
    RecordRefundFailure,
    RefundFailed,
    RefundRequested,
)
from orders.domain.payment.provider import told
from tests.orders.domain.ids import ORDER, PARCEL, REFUND
from tests.orders.domain.payments import ALL, CAPTURED, CAPTURING, SHARE, card, when

SAID = [
    ("Card expired. ", "Card expired."),
    (" ", "The payment provider gave no reason."),
    ("x" * 501, "x" * 500),
]


@pytest.mark.parametrize(("reason", "kept"), SAID, ids=["words", "none", "too many"])
def test_a_no_has_a_reason(reason: str, kept: str) -> None:
    when("requested", RecordDecline(order_id=ORDER, attempt=1, reason=reason)).then(
        PaymentDeclined(order_id=ORDER, attempt=1, amount=ALL, reason=kept)
    )
    card(CAPTURING).when(RecordCaptureFailure(order_id=ORDER, shipment_id=PARCEL, attempt=1, reason=reason)).then(
        CaptureFailed(order_id=ORDER, shipment_id=PARCEL, attempt=1, amount=SHARE, reason=kept)
    )
    asked = RefundRequested(order_id=ORDER, refund_id=REFUND, attempt=1, amount=SHARE, reason="Returned.")
    failure = RecordRefundFailure(order_id=ORDER, refund_id=REFUND, attempt=1, reason=reason)
    card(CAPTURING, CAPTURED, asked).when(failure).then(
        RefundFailed(order_id=ORDER, refund_id=REFUND, attempt=1, amount=SHARE, reason=kept)
    )


@given(st.text())
def test_whatever_is_told_is_a_reason(reason: str) -> None:
    ask_reason(told(reason))
