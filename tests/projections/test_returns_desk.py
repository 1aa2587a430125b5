"""Returns desk: asked for, approved or not, arrived, inspected line by line, closed."""

from typing import Any

import pytest

from eventstore.messages import Event
from orders.domain.money import Money
from orders.domain.order import reference
from projections import returns_desk
from projections.returns_desk import Return, Stage, Why
from tests import factories
from tests.orders.domain.ids import CUSTOMER, ORDER, RETURN
from tests.projections.folding import row_after, rows_after


def of(kind: str, **fields: Any) -> Event:
    event: Event = getattr(factories, kind).build(return_id=RETURN, order_id=ORDER, **fields)
    return event


MUGS = {"sku": "MUG", "name": "Enamel mug", "quantity": 2, "price": {"cents": 1250, "currency": "EUR"}}
KETTLE = {"sku": "KETTLE", "name": "Whistling kettle", "quantity": 1, "price": {"cents": 8900, "currency": "EUR"}}
NOT_YET = {"sellable": None, "damaged": None}
REQUESTED = of(
    "ReturnRequested",
    customer_id=CUSTOMER,
    reason="damaged",
    lines=tuple(
        factories.ReturnedLine.build(**line | {"price": Money(cents=cents)})
        for line, cents in ((MUGS, 1250), (KETTLE, 8900))
    ),
)
APPROVED, ARRIVED = of("ReturnApproved"), of("ReturnArrived")
INSPECTED = of("ReturnInspected", sku="MUG", sellable=1, damaged=1, refund=Money(cents=2500))
CLOSED = of("ReturnClosed", refund=Money(cents=2500))


def test_a_return_waits_to_be_approved() -> None:
    [fact] = factories.history(REQUESTED)
    assert rows_after(returns_desk.PROJECTION, REQUESTED) == {
        RETURN: {
            "return_id": RETURN,
            "order_id": ORDER,
            "reference": reference(ORDER),
            "customer_id": CUSTOMER,
            "stage": Stage.REQUESTED,
            "why": Why.DAMAGED,
            "lines": [MUGS | NOT_YET, KETTLE | NOT_YET],
            "refund": 0,
            "currency": "EUR",
            "rejection": "",
            "requested_at": fact.recorded_at,
            "approved_at": None,
            "arrived_at": None,
            "version": 1,
        }
    }


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([APPROVED], Stage.APPROVED),
        ([of("ReturnRejected")], Stage.REJECTED),
        ([APPROVED, ARRIVED], Stage.ARRIVED),
        ([APPROVED, ARRIVED, INSPECTED], Stage.ARRIVED),
        ([APPROVED, ARRIVED, INSPECTED, CLOSED], Stage.CLOSED),
    ],
)
def test_how_far_it_has_come(events: list[Event], stage: Stage) -> None:
    row = row_after(returns_desk.PROJECTION, REQUESTED, *events)
    assert (row["stage"], row["version"]) == (stage, 1 + len(events))


def test_when_it_was_approved_and_has_arrived() -> None:
    _, approved, arrived = factories.history(REQUESTED, APPROVED, ARRIVED)
    row = row_after(returns_desk.PROJECTION, REQUESTED, APPROVED, ARRIVED)
    assert (row["approved_at"], row["arrived_at"]) == (approved.recorded_at, arrived.recorded_at)


def test_what_was_found_and_what_is_refunded() -> None:
    row = row_after(returns_desk.PROJECTION, REQUESTED, APPROVED, ARRIVED, INSPECTED)
    assert row["lines"] == [MUGS | {"sellable": 1, "damaged": 1}, KETTLE | NOT_YET]
    assert row["refund"] == 2500
    kettle = of("ReturnInspected", sku="KETTLE", sellable=1, damaged=0, refund=Money(cents=8900))
    both = [REQUESTED, APPROVED, ARRIVED, INSPECTED, kettle]
    assert row_after(returns_desk.PROJECTION, *both)["refund"] == 11400
    closed = of("ReturnClosed", refund=Money(cents=11400))
    assert row_after(returns_desk.PROJECTION, *both, closed)["refund"] == 11400


def test_why_it_was_rejected() -> None:
    row = row_after(returns_desk.PROJECTION, REQUESTED, of("ReturnRejected", reason="It was used."))
    assert row["rejection"] == "It was used."


def test_what_nobody_asked_for_is_not_shown() -> None:
    assert rows_after(returns_desk.PROJECTION, ARRIVED) == {}


def test_a_return_by_its_name() -> None:
    row = Return(reference="7K2MQ-4XW9D", stage=Stage.ARRIVED, refund=2500, currency="EUR")
    assert (str(row), row.worth) == ("7K2MQ-4XW9D: To be inspected", Money(cents=2500))
