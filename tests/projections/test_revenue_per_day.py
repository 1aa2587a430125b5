"""Revenue per day: everything counts on the day on which it happened, where the shop is, in its currency."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from eventstore.messages import Event
from orders.domain.money import Money
from projections import revenue_per_day
from projections.revenue_per_day import DayOfRevenue
from tests import factories
from tests.projections.folding import rows_of

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATE = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # in Berlin it is the day after
LINE = factories.OrderedLine.build(quantity=2, price=Money(cents=1250))
DAY, NEXT_DAY = "2026-03-02 EUR", "2026-03-03 EUR"


def days(*events: tuple[Event, datetime]) -> dict[str, dict[str, Any]]:
    """What each day amounts to, where it is not nothing."""
    facts = [factories.Fact.build(event=event, recorded_at=at) for event, at in events]
    sums = ("orders", "ordered", "charged", "invoiced", "credited", "refunded")
    rows = rows_of(revenue_per_day.PROJECTION, facts)
    return {item: {name: row[name] for name in sums if row[name]} for item, row in rows.items()}


@pytest.mark.parametrize(
    ("event", "sums"),
    [
        (factories.OrderPlaced.build(lines=(LINE,)), {"orders": 1, "ordered": 2500}),
        (factories.PaymentCaptured.build(amount=Money(cents=700)), {"charged": 700}),
        (factories.InvoiceIssued.build(amount=Money(cents=700)), {"invoiced": 700}),
        (factories.InvoiceCredited.build(amount=Money(cents=700)), {"credited": 700}),
        (factories.PaymentRefunded.build(amount=Money(cents=700)), {"refunded": 700}),
    ],
    ids=lambda value: type(value).__name__,
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


def test_revenue_is_what_was_sold_and_not_given_back() -> None:
    row = DayOfRevenue(day=date(2026, 3, 2), currency="EUR", charged=1000, invoiced=500, credited=20, refunded=3)
    assert (row.revenue, str(row)) == (Money(cents=1477), "2026-03-02: €14.77")
