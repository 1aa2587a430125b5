"""Return and refund, and reconciliation, as equations."""

from datetime import timedelta
from uuid import UUID, uuid5

import pytest

from eventstore.messages import Event
from eventstore.process import Accept, DeadlineReached, Send, StopWaiting, Wait
from orders.domain import payment, returns, stock_item
from orders.domain.money import Money
from orders.domain.payment.provider import AuthorizationRequest, BankTransfer, CaptureRequest, RefundRequest
from orders.processes import PROCESSES, reconciliation, reconciliation_by_invoice, returning
from tests.processes import happened as h
from tests.processes.happened import CUSTOMER, KETTLE, MUG, NEXT_WEEK, ORDER, PRICE, SECOND, SHIPMENT
from tests.processes.story import NOON, Story
from tests.scenario import Scenario

RETURN = UUID(int=5)
LINES = (
    returns.ReturnedLine(sku=MUG, name="Enamel mug", quantity=2, price=Money(cents=1250)),
    returns.ReturnedLine(sku=KETTLE, name="Whistling kettle", quantity=1, price=Money(cents=8900)),
)
REQUESTED = returns.ReturnRequested(
    return_id=RETURN, order_id=ORDER, customer_id=CUSTOMER, lines=LINES, reason="damaged"
)
APPROVED = returns.ReturnApproved(return_id=RETURN, order_id=ORDER)
ARRIVED = returns.ReturnArrived(return_id=RETURN, order_id=ORDER)
CLOSE = returns.CloseReturn(return_id=RETURN)


def inspected(sku: str, sellable: int, damaged: int) -> returns.ReturnInspected:
    return returns.ReturnInspected(
        return_id=RETURN, order_id=ORDER, sku=sku, sellable=sellable, damaged=damaged, refund=Money(cents=100)
    )


def closed(cents: int) -> returns.ReturnClosed:
    return returns.ReturnClosed(return_id=RETURN, order_id=ORDER, refund=Money(cents=cents))


def story(*events: Event) -> Story:
    return Story(returning).given(*events)


def test_a_return_waits_for_somebody_to_decide() -> None:
    story().when(REQUESTED).then()


def test_approved_goods_are_expected_for_three_weeks() -> None:
    story(REQUESTED).when(APPROVED).then(Wait("arrival", NOON + timedelta(minutes=2, days=21)))


def test_what_has_not_come_by_then_is_closed() -> None:
    late = DeadlineReached(instance=f"returning:{RETURN}", name="arrival", due_at=NEXT_WEEK)
    story(REQUESTED, APPROVED).when(late).then(CLOSE)


def test_what_has_come_is_not_waited_for() -> None:
    story(REQUESTED, APPROVED).when(ARRIVED).then(StopWaiting("arrival"))


def test_every_line_that_was_inspected_goes_to_the_shelf_or_is_written_off_and_the_last_one_closes_the_return() -> None:
    told = story(REQUESTED, APPROVED, ARRIVED)
    mugs = stock_item.RestockReturn(sku=MUG, return_id=RETURN, sellable=1, damaged=1)
    kettle = stock_item.RestockReturn(sku=KETTLE, return_id=RETURN, sellable=0, damaged=1)
    told.when(inspected(MUG, 1, 1)).then(mugs)
    told.when(inspected(KETTLE, 0, 1)).then(kettle, CLOSE)


def test_what_was_sent_back_is_refunded() -> None:
    back = payment.RefundPayment(order_id=ORDER, refund_id=RETURN, amount=PRICE, reason="Goods were returned.")
    refunding = story(REQUESTED, APPROVED, ARRIVED).when(closed(PRICE.cents))
    refunding.then(back)
    assert isinstance(refunding.state, returning.Refunding)


def test_what_never_came_is_not() -> None:
    nothing = story(REQUESTED, APPROVED).when(closed(0))
    nothing.then()
    assert isinstance(nothing.state, returning.Closed)


@pytest.mark.parametrize(
    "end",
    [
        payment.PaymentRefunded(order_id=ORDER, refund_id=RETURN, attempt=1, amount=PRICE, reference="R"),
        payment.RefundWrittenOff(order_id=ORDER, refund_id=RETURN, amount=PRICE, reason="No account."),
        payment.InvoiceCredited(
            order_id=ORDER, shipment_id=SHIPMENT, refund_id=RETURN, amount=PRICE, left=PRICE, reason="Returned."
        ),
        payment.NothingLeftToRefund(order_id=ORDER, refund_id=RETURN, reason="Returned."),
    ],
)
def test_the_return_ends_with_the_money(end: Event) -> None:
    assert isinstance(story(REQUESTED, APPROVED, ARRIVED, closed(100)).when(end).state, returning.Closed)


def test_only_money_of_what_came_back_ends_it() -> None:
    credit = payment.InvoiceCredited(
        order_id=ORDER, shipment_id=SHIPMENT, refund_id=RETURN, amount=PRICE, left=PRICE, reason="Returned."
    )
    assert isinstance(story(REQUESTED).when(credit).state, returning.Requested)


def test_nothing_comes_back_that_nobody_has_asked_to_return() -> None:
    for event in (APPROVED, ARRIVED, inspected(MUG, 1, 0)):
        assert isinstance(story(event).state, returning.Unbegun)


def test_a_refusal_changes_nothing() -> None:
    assert isinstance(story(REQUESTED, APPROVED).when(h.refused("RestockReturn")).state, returning.Expected)


def test_a_rejected_return_ends_at_once() -> None:
    no = returns.ReturnRejected(return_id=RETURN, order_id=ORDER, reason="Used.")
    assert isinstance(story(REQUESTED).when(no).state, returning.Closed)


def late(request: AuthorizationRequest | CaptureRequest | BankTransfer) -> payment.LatePaymentReceived:
    return payment.LatePaymentReceived(order_id=ORDER, request=request, amount=PRICE, reference="R-1")


def unknown(request: AuthorizationRequest | CaptureRequest | RefundRequest) -> payment.PaymentOutcomeUnknown:
    return payment.PaymentOutcomeUnknown(order_id=ORDER, request=request)


CAPTURE = CaptureRequest(shipment_id=SHIPMENT, attempt=1)
REFUND = RefundRequest(refund_id=RETURN, attempt=1)


def test_what_is_unknown_stays_so_until_it_is_answered() -> None:
    both = Story(reconciliation_by_invoice).given(unknown(CAPTURE), unknown(REFUND))
    for other in (late(AuthorizationRequest(attempt=2)), h.refused("VoidAuthorization")):
        assert isinstance(both.when(other).state, reconciliation.Unknown)
    assert isinstance(both.when(h.captured()).state, reconciliation.Unknown)
    back = payment.PaymentRefunded(order_id=ORDER, refund_id=RETURN, attempt=1, amount=PRICE, reference="R")
    assert isinstance(both.when(back).state, reconciliation.Settled)
    came = Story(reconciliation_by_invoice).when(late(AuthorizationRequest(attempt=2)))
    assert isinstance(came.state, reconciliation.Settled)


def test_a_hold_that_comes_too_late_is_let_go() -> None:
    void = payment.VoidAuthorization(order_id=ORDER, attempt=2)
    Story(reconciliation_by_invoice).when(late(AuthorizationRequest(attempt=2))).then(void)


def back(refund_id: UUID, amount: Money = PRICE) -> payment.RefundPayment:
    reason = "The money came in when nobody waited for it any more."
    return payment.RefundPayment(order_id=ORDER, refund_id=refund_id, amount=amount, reason=reason)


TRANSFER = BankTransfer(shipment_id=SHIPMENT, transfer="R-1")


@pytest.mark.parametrize(
    ("request_", "refund_id"), [(CAPTURE, uuid5(ORDER, "R-1")), (TRANSFER, uuid5(SHIPMENT, "R-1"))]
)
def test_money_that_comes_too_late_goes_back(request_: CaptureRequest | BankTransfer, refund_id: UUID) -> None:
    Story(reconciliation_by_invoice).when(late(request_)).then(back(refund_id))


@pytest.mark.parametrize("request_", [CAPTURE, TRANSFER])
def test_where_it_began_before_by_the_name_that_it_had_then(request_: CaptureRequest | BankTransfer) -> None:
    [process] = [each for each in PROCESSES if each.name == "reconciliation"]
    assert process.policies == {1: reconciliation, 2: reconciliation_by_invoice}
    Story(reconciliation).when(late(request_)).then(back(uuid5(ORDER, "R-1")))


def test_all_of_a_transfer_that_came_twice_for_two_invoices_goes_back() -> None:
    owed = {SHIPMENT: Money(cents=5000), SECOND: Money(cents=4000)}
    events: list[Event] = [
        *(payment.InvoiceIssued(order_id=ORDER, shipment_id=each, amount=owed[each], due_at=NOON) for each in owed),
        *(payment.InvoicePaid(order_id=ORDER, shipment_id=each, amount=owed[each], transfer="T-1") for each in owed),
    ]
    told, asked = Story(reconciliation_by_invoice), list[Event]()
    for each, amount in owed.items():
        again = payment.RecordInvoicePayment(order_id=ORDER, shipment_id=each, amount=amount, transfer="T-2")
        [came] = payment.decide(again, Scenario(payment).given(*events).state)
        [do] = told.when(came).todo
        events.append(came)
        assert isinstance(do, Send)
        assert isinstance(do.command, payment.RefundPayment)
        asked += payment.decide(do.command, Scenario(payment).given(*events, *asked).state)
    assert [each.amount for each in asked if isinstance(each, payment.RefundRequested)] == [*owed.values()]


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (AuthorizationRequest(attempt=1), h.authorized()),
        (AuthorizationRequest(attempt=1), h.declined()),
        (CAPTURE, h.captured()),
        (
            CAPTURE,
            payment.CaptureFailed(order_id=ORDER, shipment_id=SHIPMENT, attempt=1, amount=PRICE, reason="No."),
        ),
        (REFUND, payment.RefundFailed(order_id=ORDER, refund_id=RETURN, attempt=1, amount=PRICE, reason="No.")),
    ],
)
def test_what_the_provider_never_answered_is_open_until_it_does(
    request_: AuthorizationRequest | CaptureRequest | RefundRequest, answer: Event
) -> None:
    told = Story(reconciliation_by_invoice).when(unknown(request_))
    told.then()
    assert isinstance(told.state, reconciliation.Unknown)
    assert isinstance(told.when(answer).state, reconciliation.Settled)


def test_one_answer_does_not_settle_another_question() -> None:
    told = Story(reconciliation_by_invoice).given(unknown(CAPTURE), unknown(REFUND)).when(h.captured())
    assert told.state == reconciliation.Unknown(requests=frozenset({f"refund {RETURN}"}))
    assert told.when(late(CAPTURE)).state == told.state


def test_a_hold_that_was_gone_already_is_no_matter() -> None:
    Story(reconciliation_by_invoice).given(late(CAPTURE)).when(h.refused("VoidAuthorization")).then(Accept())
    Story(reconciliation_by_invoice).given(late(CAPTURE)).when(h.refused("RefundPayment")).then()
