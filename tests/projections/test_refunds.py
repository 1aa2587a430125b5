"""Refunds: proposed, approved, paid, failed, written off, or credited to what is still owed."""

from typing import Any

import pytest

from eventstore.messages import Event
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.payment import AuthorizationRequest, PaymentOutcomeUnknown, RefundRequest
from projections import refunds
from projections.refunds import Standing
from tests import factories
from tests.orders.domain.ids import ORDER, PARCEL, PARCEL_2, REFUND
from tests.projections.folding import row_after, rows_after


def of(kind: str, **fields: Any) -> Event:
    event: Event = getattr(factories, kind).build(order_id=ORDER, refund_id=REFUND, **fields)
    return event


PROPOSED = of("RefundProposed", amount=Money(cents=6000), proposed_by="sofia", reason="It came late.")
APPROVED = of("RefundApproved", approved_by="felix")
REJECTED = of("RefundRejected", reason="It was in time.")
REQUESTED = of("RefundRequested", amount=Money(cents=6000), reason="It came late.")
AGAIN = of("RefundRequested", amount=Money(cents=6000), attempt=2)
REFUNDED = of("PaymentRefunded")
FAILED = of("RefundFailed", amount=Money(cents=6000), reason="The account is closed.")
WRITTEN_OFF = of("RefundWrittenOff", reason="Paid in cash.")
CREDITED = of("InvoiceCredited", shipment_id=PARCEL, amount=Money(cents=1500))
CREDITED_TOO = of("InvoiceCredited", shipment_id=PARCEL_2, amount=Money(cents=400))
UNANSWERED = PaymentOutcomeUnknown(order_id=ORDER, request=RefundRequest(refund_id=REFUND, attempt=1))


def test_a_refund_that_somebody_else_has_to_approve() -> None:
    [fact] = factories.history(PROPOSED)
    assert rows_after(refunds.PROJECTION, PROPOSED) == {
        REFUND: {
            "refund_id": REFUND,
            "order_id": ORDER,
            "reference": reference(ORDER),
            "standing": Standing.PROPOSED,
            "cents": 6000,
            "credited": 0,
            "currency": "EUR",
            "reason": "It came late.",
            "failure": "",
            "attempt": 0,
            "proposed_by": "sofia",
            "approved_by": "",
            "since": fact.recorded_at,
            "invoices": {},
        }
    }


@pytest.mark.parametrize(
    ("events", "standing", "attempt", "failure"),
    [
        ([PROPOSED, APPROVED, REQUESTED], Standing.REQUESTED, 1, ""),
        ([PROPOSED, REJECTED], Standing.REJECTED, 0, "It was in time."),
        ([REQUESTED, UNANSWERED], Standing.UNANSWERED, 1, ""),
        ([REQUESTED, REFUNDED], Standing.REFUNDED, 1, ""),
        ([REQUESTED, FAILED], Standing.FAILED, 1, "The account is closed."),
        ([REQUESTED, FAILED, AGAIN], Standing.REQUESTED, 2, "The account is closed."),
        ([REQUESTED, FAILED, AGAIN, REFUNDED], Standing.REFUNDED, 2, ""),
        ([REQUESTED, REFUNDED, FAILED], Standing.FAILED, 1, "The account is closed."),
        ([REQUESTED, FAILED, WRITTEN_OFF], Standing.WRITTEN_OFF, 1, "Paid in cash."),
    ],
)
def test_what_becomes_of_it(events: list[Event], standing: Standing, attempt: int, failure: str) -> None:
    row = row_after(refunds.PROJECTION, *events)
    assert (row["standing"], row["attempt"], row["failure"]) == (standing, attempt, failure)
    assert (row["cents"], row["reason"]) == (6000, "It came late.")


def test_of_what_went_back_in_part_the_rest_is_shown_until_it_is_asked_for_anew() -> None:
    rest = of("RefundFailed", amount=Money(cents=2000), gone={"pi_1": Money(cents=4000)})
    assert row_after(refunds.PROJECTION, REQUESTED, rest)["cents"] == 2000
    assert row_after(refunds.PROJECTION, REQUESTED, rest, AGAIN)["cents"] == 6000


def test_who_proposed_and_who_approved_it() -> None:
    row = row_after(refunds.PROJECTION, PROPOSED, APPROVED, REQUESTED)
    assert (row["proposed_by"], row["approved_by"]) == ("sofia", "felix")


def test_what_is_still_owed_is_owed_less_and_the_rest_is_paid() -> None:
    row = row_after(refunds.PROJECTION, CREDITED)
    assert (row["standing"], row["cents"], row["credited"]) == (Standing.CREDITED, 0, 1500)
    row = row_after(refunds.PROJECTION, CREDITED, CREDITED, REQUESTED)
    assert (row["standing"], row["cents"], row["credited"]) == (Standing.REQUESTED, 6000, 3000)


def test_which_invoices_are_owed_less_and_by_how_much() -> None:
    assert row_after(refunds.PROJECTION, PROPOSED)["invoices"] == {}
    row = row_after(refunds.PROJECTION, CREDITED, CREDITED_TOO, REQUESTED)
    assert row["invoices"] == {str(PARCEL): 1500, str(PARCEL_2): 400}
    assert factories.Refund.build(**row).credits == [
        (str(PARCEL), Money(cents=1500)),
        (str(PARCEL_2), Money(cents=400)),
    ]
    assert sum(row["invoices"].values()) == row["credited"]


def test_what_is_not_about_a_refund_is_not_shown() -> None:
    other = PaymentOutcomeUnknown(order_id=ORDER, request=AuthorizationRequest(attempt=1))
    assert rows_after(refunds.PROJECTION, other) == {}
    for event in (APPROVED, REJECTED, REFUNDED, FAILED, WRITTEN_OFF, UNANSWERED):
        assert rows_after(refunds.PROJECTION, event) == {}


def test_a_refund_by_its_name() -> None:
    row = factories.Refund.build(order_id=ORDER, cents=4200)
    assert str(row) == f"{reference(ORDER)}: €42.00"
    assert str(row.but(credited=400)) == f"{reference(ORDER)}: €42.00"
    assert str(row.but(cents=0, credited=400)) == f"{reference(ORDER)}: €4.00"
