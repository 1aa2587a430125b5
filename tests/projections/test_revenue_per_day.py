"""Revenue per day: everything counts on the day on which it happened, where the shop is, in its currency."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.messages import Event
from orders.domain.money import Money, total
from orders.domain.payment import AuthorizationRequest, BankTransfer, CaptureRequest, LatePaymentReceived
from orders.domain.reasons import PAID_OTHERWISE
from orders.streams import PAYMENT
from projections import revenue_per_day
from projections.revenue_per_day import DayOfRevenue
from tests import factories
from tests.orders.domain.anything import Life
from tests.orders.domain.ids import ORDER, PARCEL, REFUND
from tests.projections.folding import rows_of

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATE = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # in Berlin it is the day after
LINE = factories.OrderedLine.build(quantity=2, price=Money(cents=1250))
DAY, NEXT_DAY = "2026-03-02 EUR", "2026-03-03 EUR"


def late(cents: int, request: Any) -> LatePaymentReceived:
    """Money that nobody waited for."""
    return LatePaymentReceived(order_id=ORDER, request=request, amount=Money(cents=cents), reference="DE-1")


def days(*events: tuple[Event, datetime]) -> dict[str, dict[str, Any]]:
    """What each day amounts to, where it is not nothing."""
    facts = [factories.Fact.build(event=event, recorded_at=at) for event, at in events]
    sums = ("orders", "ordered", "charged", "invoiced", "credited", "refunded", "late")
    rows = rows_of(revenue_per_day.PROJECTION, facts)
    return {item: {name: row[name] for name in sums if row[name]} for item, row in rows.items()}


@pytest.mark.parametrize(
    ("event", "sums"),
    [
        (factories.OrderPlaced.build(lines=(LINE,)), {"orders": 1, "ordered": 2500}),
        (factories.PaymentCaptured.build(amount=Money(cents=700)), {"charged": 700}),
        (factories.InvoiceIssued.build(amount=Money(cents=700)), {"invoiced": 700}),
        (factories.InvoiceCredited.build(amount=Money(cents=700)), {"credited": 700}),
        (factories.RefundRequested.build(amount=Money(cents=700)), {"refunded": 700}),
        (factories.RefundWrittenOff.build(amount=Money(cents=700)), {"refunded": -700}),
        (late(700, CaptureRequest(shipment_id=PARCEL, attempt=1)), {"late": 700}),
        (late(700, BankTransfer(shipment_id=PARCEL, transfer="DE-1")), {"late": 700}),
    ],
    ids=lambda value: type(getattr(value, "request", value)).__name__,
)
def test_what_counts(event: Event, sums: dict[str, int]) -> None:
    assert days((event, MORNING)) == {DAY: sums}
    doubled = {name: 2 * value for name, value in sums.items()}
    assert days((event, MORNING), (event, MORNING)) == {DAY: doubled}


def test_a_day_ends_at_midnight_where_the_shop_is() -> None:
    charged = factories.PaymentCaptured.build(amount=Money(cents=700))
    assert days((charged, MORNING), (charged, LATE)) == {DAY: {"charged": 700}, NEXT_DAY: {"charged": 700}}
    [row] = rows_of(revenue_per_day.PROJECTION, [factories.Fact.build(event=charged, recorded_at=LATE)]).values()
    assert (row["day"], row["currency"]) == (date(2026, 3, 3), "EUR")


def test_each_currency_has_a_row_of_its_own() -> None:
    euros, pounds = (factories.PaymentCaptured.build(amount=Money(cents=1, currency=name)) for name in ("EUR", "GBP"))
    assert days((euros, MORNING), (pounds, MORNING)).keys() == {DAY, "2026-03-02 GBP"}


def test_what_is_only_held_on_a_card_is_no_revenue() -> None:
    assert days((late(700, AuthorizationRequest(attempt=1)), MORNING)) == {}


def test_a_refund_counts_once_when_it_is_decided_however_often_it_comes_back() -> None:
    of: Any = {"order_id": ORDER, "refund_id": REFUND, "amount": Money(cents=700)}
    asked, again = (factories.RefundRequested.build(**of, attempt=attempt) for attempt in (1, 2))
    paid, failed = factories.PaymentRefunded.build(**of), factories.RefundFailed.build(**of)
    told = [(asked, MORNING), *((event, LATE) for event in (paid, failed, again, paid))]
    assert days(*told) == {DAY: {"refunded": 700}}
    given_up = factories.RefundWrittenOff.build(**of)
    assert days((asked, MORNING), (failed, LATE), (given_up, LATE)) == {
        DAY: {"refunded": 700},
        NEXT_DAY: {"refunded": -700},
    }


def test_what_was_paid_back_in_another_way_was_given_back() -> None:
    of: Any = {"order_id": ORDER, "refund_id": REFUND, "amount": Money(cents=700)}
    asked = factories.RefundRequested.build(**of)
    settled = factories.RefundWrittenOff.build(**of, reason=PAID_OTHERWISE)
    assert days((asked, MORNING), (settled, LATE)) == {DAY: {"refunded": 700}}


def test_revenue_is_what_was_sold_and_does_not_go_back() -> None:
    row = DayOfRevenue(
        day=date(2026, 3, 2), currency="EUR", charged=1000, invoiced=500, late=40, credited=20, refunded=3
    )
    assert (row.revenue, str(row)) == (Money(cents=1517), "2026-03-02: €15.17")


@given(st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_all_days_come_to_what_came_in_or_is_owed_and_does_not_go_back(seed: int) -> None:
    life = Life(PAYMENT, seed, length=60)
    facts = factories.history(*life.history)
    wanted = [fact for fact in facts if type(fact.event) in revenue_per_day.PROJECTION.wants]
    rows = revenue_per_day.PROJECTION.fold({}, revenue_per_day.PROJECTION.about(wanted))
    ledger = life.state.ledger.without_proposals()
    owed = total(invoice.left for invoice in ledger.invoices.values())
    assert total(row.revenue for row in rows.values() if row) == ledger.refundable + owed
