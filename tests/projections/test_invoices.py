"""Invoices: issued, paid in parts, credited, overdue, written off."""

from typing import Any

import pytest

from eventstore.messages import Event
from orders.domain.money import Money
from orders.domain.order import reference
from projections import invoices
from projections.invoices import Standing
from tests import factories
from tests.orders.domain.ids import ORDER, PARCEL
from tests.projections.folding import row_after, rows_after


def of(kind: str, **fields: Any) -> Event:
    event: Event = getattr(factories, kind).build(order_id=ORDER, shipment_id=PARCEL, **fields)
    return event


ISSUED = of("InvoiceIssued", amount=Money(cents=9000))
PARTLY = of("InvoicePartlyPaid", left=Money(cents=5000))
PAID = of("InvoicePaid")
CREDITED = of("InvoiceCredited", left=Money(cents=2000))
ALL_CREDITED = of("InvoiceCredited", left=Money(cents=0))
OVERDUE = of("InvoiceOverdue")
WRITTEN_OFF = of("InvoiceWrittenOff")


def test_an_invoice_is_issued() -> None:
    [fact] = factories.history(ISSUED)
    assert rows_after(invoices.PROJECTION, ISSUED) == {
        PARCEL: {
            "shipment_id": PARCEL,
            "order_id": ORDER,
            "reference": reference(ORDER),
            "standing": Standing.OPEN,
            "cents": 9000,
            "left": 9000,
            "currency": "EUR",
            "issued_at": fact.recorded_at,
            "due_at": fact.event.due_at,
        }
    }


@pytest.mark.parametrize(
    ("events", "left", "standing"),
    [
        ([PARTLY], 5000, Standing.OPEN),
        ([PAID], 0, Standing.SETTLED),
        ([PARTLY, PAID], 0, Standing.SETTLED),
        ([OVERDUE], 9000, Standing.OVERDUE),
        ([OVERDUE, PARTLY], 5000, Standing.OVERDUE),
        ([OVERDUE, CREDITED], 2000, Standing.OVERDUE),
        ([OVERDUE, PAID], 0, Standing.SETTLED),
        ([CREDITED], 2000, Standing.OPEN),
        ([ALL_CREDITED], 0, Standing.SETTLED),
        ([OVERDUE, WRITTEN_OFF], 9000, Standing.WRITTEN_OFF),
    ],
    ids=lambda value: "-".join(type(each).__name__ for each in value) if isinstance(value, list) else str(value),
)
def test_what_becomes_of_it(events: list[Event], left: int, standing: Standing) -> None:
    row = row_after(invoices.PROJECTION, ISSUED, *events)
    assert (row["left"], row["standing"], row["cents"]) == (left, standing, 9000)


@pytest.mark.parametrize(
    "event", [PARTLY, PAID, CREDITED, OVERDUE, WRITTEN_OFF], ids=lambda event: type(event).__name__
)
def test_without_an_invoice_there_is_nothing_to_show(event: Event) -> None:
    assert rows_after(invoices.PROJECTION, event) == {}


def test_an_invoice_by_its_name() -> None:
    row = factories.Invoice.build(order_id=ORDER, left=4200)
    assert str(row) == f"{reference(ORDER)}: €42.00"
