"""Work queue: each thing that waits for somebody is there once, for one role, until it is done."""

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from accounts.domain.customer import CustomerErased, CustomerReinstated, CustomerSuspended
from accounts.domain.roles import CARRIER, CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from eventstore.messages import Event
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.payment import (
    AuthorizationRequest,
    CaptureRequest,
    PaymentOutcomeUnknown,
    RefundRequest,
    RefundRequested,
)
from projections import work_queue
from projections.work_queue import GIVES, Task
from tests import factories
from tests.orders.domain.ids import ORDER, PARCEL, REFUND, RETURN
from tests.projections.folding import row_after, rows_after, rows_of

CLARA = UUID(int=5)
IDS = {"order_id": ORDER, "shipment_id": PARCEL, "refund_id": REFUND, "return_id": RETURN}


def of(kind: str, **fields: Any) -> Event:
    """Something that happens to the order, or a shipment, refund or return of it."""
    factory = getattr(factories, kind)
    ids = {name: value for name, value in IDS.items() if name in factory._meta.model.__struct_fields__}
    event: Event = factory.build(**ids | fields)
    return event


def unknown(request: Any) -> Event:
    return PaymentOutcomeUnknown(order_id=ORDER, request=request)


NOTHING = Money(cents=0)
AUTHORIZATION = unknown(AuthorizationRequest(attempt=1))
CAPTURE = unknown(CaptureRequest(shipment_id=PARCEL, attempt=1))
REPAYMENT = unknown(RefundRequest(refund_id=REFUND, attempt=1))

# What gives somebody something to do; what and whose it is; and everything by which it is done.
WORK: list[tuple[Event, Task, str, list[Event]]] = [
    (of("ShipmentPlanned"), Task.PICK_SHIPMENT, WAREHOUSE, [of("ShipmentCancelled")]),
    (of("PickingStarted"), Task.PACK_SHIPMENT, WAREHOUSE, [of("ShipmentCancelled")]),
    (of("ShipmentPacked"), Task.LABEL_SHIPMENT, CARRIER, [of("ShipmentCancelled")]),
    (of("LabelPrinted"), Task.DISPATCH_SHIPMENT, WAREHOUSE, [of("ShipmentDispatched"), of("ShipmentCancelled")]),
    (of("ReturnRequested"), Task.APPROVE_RETURN, CUSTOMER_SERVICE, [of("ReturnRejected")]),
    (of("ReturnApproved"), Task.AWAIT_RETURN, CARRIER, [of("ReturnClosed")]),
    (of("ReturnArrived"), Task.INSPECT_RETURN, WAREHOUSE, [of("ReturnClosed")]),
    (
        of("OrderHeld"),
        Task.RELEASE_ORDER,
        CUSTOMER_SERVICE,
        [of("OrderReleased"), of("OrderCancelled"), of("OrderRejected"), of("OrderCompleted")],
    ),
    (
        of("BackorderChoiceOffered"),
        Task.ANSWER_BACKORDER,
        CUSTOMER_SERVICE,
        [of("BackorderAnswered"), of("OrderCancelled"), of("OrderRejected")],
    ),
    (
        of("CaptureFailed"),
        Task.RETRY_CAPTURE,
        FINANCE,
        [of("CaptureRequested"), of("PaymentCaptured"), of("CaptureWrittenOff")],
    ),
    (of("RefundProposed"), Task.APPROVE_REFUND, FINANCE, [of("RefundApproved"), of("RefundRejected")]),
    (
        of("RefundFailed"),
        Task.RETRY_REFUND,
        FINANCE,
        [of("RefundRequested"), of("PaymentRefunded"), of("RefundWrittenOff")],
    ),
    (of("RefundRequested", way="transfer"), Task.TRANSFER_REFUND, FINANCE, [of("PaymentRefunded")]),
    (
        of("InvoiceOverdue"),
        Task.CHASE_INVOICE,
        FINANCE,
        [of("InvoicePaid"), of("InvoiceWrittenOff"), of("InvoiceCredited", left=NOTHING)],
    ),
    (
        AUTHORIZATION,
        Task.ASK_PROVIDER,
        FINANCE,
        [of("PaymentAuthorized"), of("PaymentDeclined"), of("AuthorizationVoided"), of("PaymentRequested")],
    ),
    (CAPTURE, Task.ASK_PROVIDER, FINANCE, [of("PaymentCaptured")]),
    (REPAYMENT, Task.ASK_PROVIDER, FINANCE, [of("PaymentRefunded")]),
]


def tasks(*events: Event) -> set[Task]:
    """What is still to be done."""
    return {row["task"] for row in rows_after(work_queue.PROJECTION, *events).values()}


@pytest.mark.parametrize(("event", "task", "role", "ends"), WORK, ids=[f"{n}-{work[1]}" for n, work in enumerate(WORK)])
def test_it_is_to_be_done_until_it_is_done(event: Event, task: Task, role: str, ends: list[Event]) -> None:
    [fact] = factories.history(event)
    row = row_after(work_queue.PROJECTION, event)
    assert (row["task"], row["role"], row["order_id"]) == (task, role, ORDER)
    assert (row["reference"], row["waiting_since"]) == (reference(ORDER), fact.recorded_at)
    assert row["item"].endswith(str(row["subject"]))
    for end in ends:
        assert task not in tasks(event, end)
        assert tasks(event, end, event) >= {task}


def test_there_is_no_other_work() -> None:
    assert {task for _, task, _, _ in WORK} | {Task.REINSTATE_CUSTOMER} == set(Task)
    assert {type(event) for event, *_ in WORK} | {CustomerSuspended} == GIVES.keys() | {RefundRequested}
    ends = {type(end) for *_, ends in WORK for end in ends} | {CustomerReinstated, CustomerErased}
    steps = {type(step) for step in (TAKEN, GIVEN_BACK, of("ShortPickReported"), PART_PAID)}
    assert ends | GIVES.keys() | steps == set(work_queue.PROJECTION.wants)


@pytest.mark.parametrize(("actor", "told"), [("process:on_account", [Task.REINSTATE_CUSTOMER]), (str(ORDER), [])])
@pytest.mark.parametrize("end", ["CustomerReinstated", "CustomerErased"])
def test_whom_a_process_has_suspended_somebody_looks_at_until_they_may_order_or_are_gone(
    actor: str, told: list[Task], end: str
) -> None:
    suspended, ended = of("CustomerSuspended", customer_id=CLARA), of(end, customer_id=CLARA)
    facts = [replace(fact, actor=actor) for fact in factories.history(suspended, ended)]
    rows = list(rows_of(work_queue.PROJECTION, facts[:1]).values())
    assert [row["task"] for row in rows] == told
    assert {(row["role"], row["subject"], row["order_id"], row["reference"]) for row in rows} <= {
        (CUSTOMER_SERVICE, CLARA, None, "")
    }
    assert rows_of(work_queue.PROJECTION, facts) == {}


WORK_OF_PARCEL = f"shipment:{PARCEL}@1"
TAKEN, GIVEN_BACK = of("WorkTaken", work=WORK_OF_PARCEL), of("WorkGivenBack", work=WORK_OF_PARCEL)
PART_PAID = of("InvoicePartlyPaid", left=Money(cents=500))


def test_whoever_takes_a_parcel_does_all_its_steps_until_they_give_it_back() -> None:
    planned, picking = of("ShipmentPlanned"), of("PickingStarted")
    assert row_after(work_queue.PROJECTION, planned)["taken_by"] == ""
    taken = row_after(work_queue.PROJECTION, planned, TAKEN)
    assert taken["taken_by"] == str(TAKEN.by)  # type: ignore[attr-defined]  # as it was taken
    assert taken["taken_at"] == factories.history(planned, TAKEN)[-1].recorded_at
    assert row_after(work_queue.PROJECTION, planned, TAKEN, picking)["taken_by"] == taken["taken_by"]
    given_back = row_after(work_queue.PROJECTION, planned, TAKEN, picking, GIVEN_BACK)
    assert (given_back["taken_by"], given_back["taken_at"]) == ("", None)


def test_what_comes_up_again_is_another_piece_of_work() -> None:
    again = [of("RefundFailed"), of("RefundRequested"), of("RefundFailed")]
    [row] = [row for row in rows_after(work_queue.PROJECTION, *again).values() if row["task"] == Task.RETRY_REFUND]
    assert row["turn"] == 3
    former = of("WorkTaken", work=f"refund:{REFUND}@1")
    [row] = rows_after(work_queue.PROJECTION, *again, former).values()
    assert row["taken_by"] == ""


def test_work_that_is_done_already_is_not_there_again_because_it_is_taken() -> None:
    assert rows_after(work_queue.PROJECTION, of("ShipmentPlanned"), of("ShipmentCancelled"), TAKEN, GIVEN_BACK) == {}


def test_a_parcel_is_one_thing_to_do_from_picking_to_the_carrier() -> None:
    planned = of("ShipmentPlanned", pieces={"MUG": 3})
    way = [planned, of("PickingStarted"), of("ShipmentPacked"), of("LabelPrinted")]
    for number, task in enumerate(
        (Task.PICK_SHIPMENT, Task.PACK_SHIPMENT, Task.LABEL_SHIPMENT, Task.DISPATCH_SHIPMENT), start=1
    ):
        row = row_after(work_queue.PROJECTION, *way[:number])
        assert (row["task"], row["subject"]) == (task, PARCEL)
        assert row["waiting_since"] == factories.history(*way[:number])[-1].recorded_at
        assert row["lines"] == [{"sku": "MUG", "name": "MUG", "quantity": 3}]


def test_what_is_not_on_the_shelf_is_not_to_be_packed() -> None:
    planned = of("ShipmentPlanned", pieces={"MUG": 3, "KETTLE": 1})
    short = [of("ShortPickReported", sku="MUG", missing=2), of("ShortPickReported", sku="KETTLE", missing=1)]
    way = [planned, of("PickingStarted"), *short, of("ShipmentPacked"), of("LabelPrinted")]
    for number, task in ((4, Task.PACK_SHIPMENT), (6, Task.DISPATCH_SHIPMENT)):
        row = row_after(work_queue.PROJECTION, *way[:number])
        assert (row["task"], row["lines"]) == (task, [{"sku": "MUG", "name": "MUG", "quantity": 1}])


def test_the_pieces_of_a_return() -> None:
    back = (factories.ReturnedLine.build(sku="MUG", name="Enamel mug", quantity=1),)
    [line] = row_after(work_queue.PROJECTION, of("ReturnRequested", lines=back))["lines"]
    assert (line["quantity"], line["name"]) == (1, "Enamel mug")


def test_whoever_inspects_a_return_sees_its_pieces_and_is_nobody_yet() -> None:
    back = (factories.ReturnedLine.build(sku="MUG", name="Enamel mug", quantity=1),)
    requested = of("ReturnRequested", lines=back)
    taken = factories.WorkTaken.build(work=f"return:{RETURN}@1")
    row = row_after(work_queue.PROJECTION, requested, taken, of("ReturnApproved"), of("ReturnArrived"))
    assert [(line["name"], line["quantity"]) for line in row["lines"]] == [("Enamel mug", 1)]
    assert (row["taken_by"], row["turn"]) == ("", 4)


@pytest.mark.parametrize(
    ("event", "cents"),
    [
        (of("CaptureFailed", amount=Money(cents=4200)), 4200),
        (of("RefundProposed", amount=Money(cents=6000)), 6000),
        (of("InvoiceOverdue", left=Money(cents=100)), 100),
        (of("OrderHeld"), None),
    ],
)
def test_how_much_money_it_is_about(event: Event, cents: int | None) -> None:
    row = row_after(work_queue.PROJECTION, event)
    assert (row["cents"], row["currency"]) == (cents, "" if cents is None else "EUR")
    item = factories.WorkItem.build(cents=cents, currency=row["currency"])
    assert item.amount == (None if cents is None else Money(cents=cents))


@pytest.mark.parametrize("part", [PART_PAID, of("InvoiceCredited", left=Money(cents=500))])
def test_an_invoice_that_is_paid_or_credited_in_part_is_still_chased_for_what_is_left(part: Event) -> None:
    overdue = of("InvoiceOverdue", left=Money(cents=2500))
    before, after = row_after(work_queue.PROJECTION, overdue), row_after(work_queue.PROJECTION, overdue, part)
    assert after == before | {"cents": 500}
    assert tasks(part) == set()


def test_what_is_unanswered_and_what_has_failed_are_two_things() -> None:
    assert tasks(CAPTURE, of("CaptureFailed")) == {Task.RETRY_CAPTURE}
    assert tasks(REPAYMENT, of("RefundFailed")) == {Task.RETRY_REFUND}
    assert tasks(AUTHORIZATION, of("PaymentCaptured")) == {Task.ASK_PROVIDER}


def test_work_by_its_name() -> None:
    row = factories.WorkItem.build()
    assert str(row) == f"Pick shipment {row.reference}"
