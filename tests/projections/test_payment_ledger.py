"""Payment ledger: every booking of an order, and sums that are the payment's own, to the cent."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.messages import Event
from orders.domain import reasons
from orders.domain.money import Money, total
from orders.domain.order import reference
from orders.domain.payment import (
    AuthorizationRequest,
    BankTransfer,
    CaptureRequest,
    LatePaymentReceived,
    PaymentAuthorized,
    RefundFailed,
)
from orders.streams import PAYMENT
from projections import payment_ledger
from projections.payment_ledger import Booking
from tests import factories
from tests.orders.domain.anything import Life
from tests.orders.domain.ids import ORDER, PARCEL, PARCEL_2, REFUND
from tests.projections.folding import row_after, rows_after


def of(kind: str, cents: int, **fields: Any) -> Event:
    """Some money of the order."""
    event: Event = getattr(factories, kind).build(order_id=ORDER, amount=Money(cents=cents), **fields)
    return event


def late(cents: int, request: Any) -> LatePaymentReceived:
    """Money that nobody waited for."""
    return LatePaymentReceived(order_id=ORDER, request=request, amount=Money(cents=cents), reference="pi_2")


def ledger(*events: Event) -> dict[str, Any]:
    """What the bookings add up to, where it is not nothing."""
    row = row_after(payment_ledger.PROJECTION, *events)
    sums = ("held", "captured", "invoiced", "paid", "owed", "late", "refunded")
    return {name: row[name] for name in sums if row[name]}


def booked(*events: Event) -> list[tuple[str, int]]:
    """The bookings, and their amounts."""
    bookings = row_after(payment_ledger.PROJECTION, *events)["bookings"]
    return [(booking["booking"], booking["cents"]) for booking in bookings]


HELD = of("PaymentAuthorized", 9000)
ASKED = of("CaptureRequested", 3000, shipment_id=PARCEL, authorization=1)
TAKEN = of("PaymentCaptured", 3000, shipment_id=PARCEL)
INVOICED = of("InvoiceIssued", 9000, shipment_id=PARCEL)
PARTLY_PAID = of("InvoicePartlyPaid", 4000, shipment_id=PARCEL, left=Money(cents=5000))
REFUNDED = of("PaymentRefunded", 1000, refund_id=REFUND)


def test_what_is_held_is_taken_shipment_by_shipment() -> None:
    rest = [
        of("CaptureRequested", 6000, shipment_id=PARCEL_2, authorization=1),
        of("PaymentCaptured", 6000, shipment_id=PARCEL_2),
    ]
    assert ledger(HELD) == {"held": 9000}
    assert ledger(HELD, ASKED) == {"held": 9000}
    assert ledger(HELD, ASKED, TAKEN) == {"held": 6000, "captured": 3000}
    assert ledger(HELD, ASKED, TAKEN, *rest) == {"captured": 9000}
    assert booked(HELD, ASKED, TAKEN) == [(Booking.AUTHORIZED, 9000), (Booking.CAPTURED, 3000)]


@pytest.mark.parametrize(
    ("kind", "booking"), [("AuthorizationExpired", Booking.EXPIRED), ("AuthorizationVoided", Booking.VOIDED)]
)
def test_what_is_no_longer_held(kind: str, booking: Booking) -> None:
    assert ledger(HELD, ASKED, TAKEN, of(kind, 6000)) == {"captured": 3000}
    assert booked(HELD, of(kind, 9000))[-1] == (booking, 9000)
    assert booked(of(kind, 9000)) == []


def test_two_authorizations_are_held_side_by_side() -> None:
    again = of("PaymentAuthorized", 5000, attempt=2)
    assert ledger(HELD, again) == {"held": 14000}
    assert ledger(HELD, again, of("AuthorizationVoided", 5000, attempt=2)) == {"held": 9000}
    second = of("CaptureRequested", 3000, shipment_id=PARCEL, authorization=2)
    row = row_after(payment_ledger.PROJECTION, HELD, again, second, TAKEN)
    assert row["holds"] == {"1": 9000, "2": 2000}


def test_what_could_not_be_taken_is_written_off_and_stays_held() -> None:
    written_off = of("CaptureWrittenOff", 3000, shipment_id=PARCEL)
    assert ledger(HELD, ASKED, written_off) == {"held": 9000}
    assert booked(HELD, ASKED, written_off)[-1] == (Booking.CAPTURE_WRITTEN_OFF, 3000)


def test_an_invoice_is_paid_in_parts() -> None:
    paid = of("InvoicePaid", 5000, shipment_id=PARCEL)
    assert ledger(INVOICED) == {"invoiced": 9000, "owed": 9000}
    assert ledger(INVOICED, PARTLY_PAID) == {"invoiced": 9000, "owed": 5000, "paid": 4000}
    assert ledger(INVOICED, PARTLY_PAID, paid) == {"invoiced": 9000, "paid": 9000}
    assert booked(INVOICED, PARTLY_PAID, paid) == [
        (Booking.INVOICED, 9000),
        (Booking.PAID, 4000),
        (Booking.PAID, 5000),
    ]


def test_an_invoice_is_credited_or_written_off_and_may_be_paid_even_then() -> None:
    credited = of("InvoiceCredited", 2000, shipment_id=PARCEL, left=Money(cents=7000))
    written_off = of("InvoiceWrittenOff", 9000, shipment_id=PARCEL)
    assert ledger(INVOICED, credited) == {"invoiced": 9000, "owed": 7000}
    assert booked(INVOICED, credited)[-1] == (Booking.CREDITED, 2000)
    assert ledger(INVOICED, written_off) == {"invoiced": 9000}
    assert ledger(INVOICED, written_off, PARTLY_PAID) == {"invoiced": 9000, "paid": 4000}
    assert booked(INVOICED, written_off)[-1] == (Booking.WRITTEN_OFF, 9000)


def test_money_that_nobody_waited_for() -> None:
    assert ledger(late(500, CaptureRequest(shipment_id=PARCEL, attempt=1))) == {"late": 500}
    assert ledger(late(500, BankTransfer(shipment_id=PARCEL, transfer="SEPA-1"))) == {"late": 500}
    held = late(500, AuthorizationRequest(attempt=3))
    assert ledger(held) == {"held": 500}
    assert ledger(held, of("AuthorizationExpired", 500, attempt=3)) == {}
    assert booked(held) == [(Booking.LATE, 500)]


def test_a_refund_is_paid_and_comes_back_and_is_paid_again() -> None:
    failed = of("RefundFailed", 1000, refund_id=REFUND)
    assert ledger(REFUNDED) == {"refunded": 1000}
    assert ledger(REFUNDED, failed) == {}
    assert ledger(REFUNDED, failed, REFUNDED) == {"refunded": 1000}
    assert ledger(failed, failed) == {}
    assert booked(REFUNDED, failed, failed) == [(Booking.REFUNDED, 1000), (Booking.CAME_BACK, 1000)]


def test_what_went_back_of_a_refund_that_failed_is_booked_once() -> None:
    rest = of("RefundFailed", 400, refund_id=REFUND, gone={"pi_1": Money(cents=600)})
    assert ledger(rest) == ledger(rest, rest) == {"refunded": 600}
    assert ledger(rest, REFUNDED) == {"refunded": 1000}
    assert booked(rest, REFUNDED) == [(Booking.REFUNDED, 600), (Booking.REFUNDED, 400)]
    assert booked(REFUNDED, rest) == [(Booking.REFUNDED, 1000), (Booking.CAME_BACK, 400)]


def test_what_was_paid_back_in_another_way_counts_as_refunded() -> None:
    rest = of("RefundFailed", 400, refund_id=REFUND, gone={"pi_1": Money(cents=600)})
    otherwise = of("RefundWrittenOff", 400, refund_id=REFUND, reason=reasons.PAID_OTHERWISE)
    assert ledger(rest, otherwise) == {"refunded": 1000}
    assert booked(rest, otherwise) == [(Booking.REFUNDED, 600), (Booking.PAID_OTHERWISE, 400)]
    given_up = of("RefundWrittenOff", 400, refund_id=REFUND)
    assert ledger(rest, given_up) == {"refunded": 600}
    assert booked(rest, given_up) == [(Booking.REFUNDED, 600)]


def test_a_booking_says_what_it_was_for() -> None:
    [fact] = factories.history(REFUNDED)
    [booking] = row_after(payment_ledger.PROJECTION, of("InvoiceWrittenOff", 1, shipment_id=PARCEL))["bookings"]
    assert (booking["shipment_id"], booking["reason"]) == (str(PARCEL), "It is not needed any more.")
    [booking] = row_after(payment_ledger.PROJECTION, REFUNDED)["bookings"]
    assert (booking["refund_id"], booking["at"]) == (str(REFUND), fact.recorded_at.isoformat())
    [booking] = row_after(payment_ledger.PROJECTION, late(1, AuthorizationRequest(attempt=1)))["bookings"]
    assert booking["reference"] == "pi_2"
    [booking] = row_after(payment_ledger.PROJECTION, of("InvoicePaid", 1, transfer="SEPA-1"))["bookings"]
    assert booking["reference"] == "SEPA-1"


def test_a_ledger_by_its_name() -> None:
    row = factories.PaymentLedger.build(order_id=ORDER, captured=3000, paid=200, late=10)
    assert str(row) == f"{reference(ORDER)}: €32.10"


@given(st.integers(0, 2**32))
@settings(max_examples=100)
def test_the_sums_are_those_of_the_payment(seed: int) -> None:
    life = Life(PAYMENT, seed, length=60)
    for row in rows_after(payment_ledger.PROJECTION, *life.history).values():
        state = life.state.ledger
        assert row["captured"] + row["paid"] + row["late"] == state.received.cents
        assert row["refunded"] == total(refund.back + refund.otherwise for refund in state.refunds.values()).cents
        assert row["owed"] == total(invoice.left for _, invoice in state.owed()).cents
        assert row["owed"] <= row["invoiced"]
        assert min(row["holds"].values(), default=0) >= 0
        if not any(isinstance(event, LatePaymentReceived | RefundFailed) for event in life.history):
            authorized = total(event.amount for event in life.history if isinstance(event, PaymentAuthorized))
            assert 0 <= row["refunded"] <= row["captured"] + row["paid"]
            assert row["captured"] <= authorized.cents
        assert all(UUID(shipment_id) in state.invoices for shipment_id in row["dues"])
