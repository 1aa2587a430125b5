"""Payment: who buys on account is invoiced for each shipment, pays by bank, late, too little, too much, or never."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from orders.domain import payment
from orders.domain.payment import (
    BankTransfer,
    InvoiceCredited,
    InvoiceOverdue,
    InvoicePaid,
    InvoicePartlyPaid,
    InvoiceWrittenOff,
    IssueInvoice,
    LatePaymentReceived,
    MarkInvoiceOverdue,
    NothingLeftToRefund,
    RecordInvoicePayment,
    RecordRefund,
    RefundPayment,
    RefundRequested,
    WriteOffInvoice,
)
from tests.orders.domain.ids import ORDER, PARCEL, PARCEL_2, REFUND, REFUND_2, RETURN
from tests.orders.domain.payments import ALL, INVOICED, NOON, WEEK, eur, when
from tests.scenario import Scenario

ISSUE = IssueInvoice(order_id=ORDER, shipment_id=PARCEL, amount=ALL, due_at=NOON + 2 * WEEK)
PAY = RecordInvoicePayment(order_id=ORDER, shipment_id=PARCEL, amount=ALL, transfer="SEPA 1")
PAID = InvoicePaid(order_id=ORDER, shipment_id=PARCEL, amount=ALL, transfer="SEPA 1")
PARTLY = InvoicePartlyPaid(order_id=ORDER, shipment_id=PARCEL, amount=eur(4000), left=eur(5000), transfer="SEPA 1")
TOO_MUCH = LatePaymentReceived(
    order_id=ORDER, request=BankTransfer(shipment_id=PARCEL, transfer="SEPA 1"), amount=eur(100), reference="SEPA 1"
)
MARK = MarkInvoiceOverdue(order_id=ORDER, shipment_id=PARCEL, at=NOON + 2 * WEEK)
OVERDUE = InvoiceOverdue(order_id=ORDER, shipment_id=PARCEL, left=ALL)
WRITE_OFF = WriteOffInvoice(order_id=ORDER, shipment_id=PARCEL, reason="Gone abroad.")
WRITTEN_OFF = InvoiceWrittenOff(order_id=ORDER, shipment_id=PARCEL, amount=ALL, reason="Gone abroad.")
SECOND = replace(INVOICED, shipment_id=PARCEL_2, amount=eur(1000))
REFUND_IT = RefundPayment(order_id=ORDER, refund_id=REFUND, amount=eur(2000), reason="Returned.")
CREDITED = InvoiceCredited(
    order_id=ORDER, shipment_id=PARCEL, refund_id=REFUND, amount=eur(2000), left=eur(7000), reason="Returned."
)
ASKED = RefundRequested(
    order_id=ORDER, refund_id=REFUND, attempt=1, amount=eur(2000), reason="Returned.", way="transfer"
)


def invoiced(*events: payment.Happening) -> Scenario:
    return Scenario(payment).given(INVOICED, *events)


# Issued


def test_a_shipment_is_invoiced() -> None:
    when("unrequested", ISSUE).then(INVOICED)
    invoiced().when(replace(ISSUE, shipment_id=PARCEL_2, amount=eur(1000))).then(SECOND)


@pytest.mark.parametrize("since", [(), (PAID,), (WRITTEN_OFF,)], ids=["open", "paid", "written off"])
def test_a_shipment_is_invoiced_once(since: tuple[payment.Happening, ...]) -> None:
    invoiced(*since).when(ISSUE).then()


@pytest.mark.parametrize(
    "stage", ["requested", "unanswered", "declined", "authorized", "expired", "voided", "given up"]
)
def test_who_pays_by_card_gets_no_invoice(stage: str) -> None:
    when(stage, ISSUE).refused("This order is paid by card.")


def test_an_invoice_is_for_something() -> None:
    when("unrequested", replace(ISSUE, amount=eur(0))).refused("Enter an amount of more than zero.")


# Paid


@pytest.mark.parametrize("since", [(), (OVERDUE,), (WRITTEN_OFF,)], ids=["open", "overdue", "written off"])
def test_an_invoice_is_paid(since: tuple[payment.Happening, ...]) -> None:
    invoiced(*since).when(PAY).then(PAID)


def test_an_invoice_is_paid_in_parts() -> None:
    invoiced().when(replace(PAY, amount=eur(4000))).then(PARTLY)
    rest = InvoicePaid(order_id=ORDER, shipment_id=PARCEL, amount=eur(5000), transfer="SEPA 2")
    invoiced(PARTLY).when(replace(PAY, amount=eur(5000), transfer="SEPA 2")).then(rest)
    assert invoiced(PARTLY, rest).state.ledger.received == ALL
    more = replace(PARTLY, amount=eur(1000), left=eur(4000), transfer="SEPA 2")
    invoiced(PARTLY).when(replace(PAY, amount=eur(1000), transfer="SEPA 2")).then(more)


def test_a_transfer_is_recorded_once() -> None:
    invoiced(PAID).when(PAY).then()
    some = replace(PAY, amount=eur(4000))
    invoiced(PARTLY).when(some).then()
    invoiced(PARTLY, replace(PARTLY, transfer="SEPA 2", left=eur(1000))).when(some).then()
    invoiced(PARTLY, replace(PAID, amount=eur(5000), transfer="SEPA 2")).when(some).then()
    twice = replace(TOO_MUCH, request=BankTransfer(shipment_id=PARCEL, transfer="SEPA 2"))
    invoiced(PAID, twice).when(replace(PAY, amount=eur(100), transfer="SEPA 2")).then()
    invoiced(PAID, twice).when(PAY).then()
    invoiced(PAID, TOO_MUCH).when(replace(PAY, amount=eur(9100))).then()


def test_a_transfer_has_one_amount() -> None:
    said = "The transfer SEPA 1 is recorded already, with {}."
    invoiced(PARTLY).when(PAY).refused(said.format("€40.00"))
    invoiced(PAID).when(replace(PAY, amount=eur(100))).refused(said.format("€90.00"))
    invoiced(PAID, TOO_MUCH).when(PAY).refused(said.format("€91.00"))


def test_one_transfer_may_pay_two_invoices() -> None:
    invoiced(SECOND, PAID).when(replace(PAY, shipment_id=PARCEL_2, amount=eur(1000))).then(
        replace(PAID, shipment_id=PARCEL_2, amount=eur(1000))
    )


def test_what_is_paid_too_much_goes_back() -> None:
    invoiced().when(replace(PAY, amount=eur(9100))).then(PAID, TOO_MUCH)
    invoiced(PAID).when(replace(PAY, amount=eur(100), transfer="SEPA 2")).then(
        replace(TOO_MUCH, request=BankTransfer(shipment_id=PARCEL, transfer="SEPA 2"), reference="SEPA 2")
    )
    assert invoiced(PAID, TOO_MUCH).state.ledger.refundable == eur(9100)


@pytest.mark.parametrize("transfer", ["", " "])
def test_a_transfer_has_a_reference(transfer: str) -> None:
    invoiced().when(replace(PAY, transfer=transfer)).refused("Enter the bank's reference of the transfer.")


def test_something_is_transferred() -> None:
    invoiced().when(replace(PAY, amount=eur(0))).refused("Enter an amount of more than zero.")


@pytest.mark.parametrize("command", [PAY, MARK, WRITE_OFF], ids=lambda command: type(command).__name__)
def test_an_invoice_that_was_never_issued(command: payment.Message) -> None:
    when("unrequested", command).refused("There is no invoice for this shipment.")
    when("authorized", command).refused("There is no invoice for this shipment.")


# Not paid in time


def test_an_invoice_is_overdue_from_the_moment_it_is_due() -> None:
    invoiced().when(MARK).then(OVERDUE)
    invoiced(PARTLY).when(MARK).then(replace(OVERDUE, left=eur(5000)))
    invoiced().when(replace(MARK, at=MARK.at - timedelta(seconds=1))).refused("This invoice is due on 2026-03-16.")


@pytest.mark.parametrize("since", [(OVERDUE,), (PAID,), (WRITTEN_OFF,), (OVERDUE, PAID)])
def test_what_is_overdue_paid_or_written_off_does_not_become_overdue(since: tuple[payment.Happening, ...]) -> None:
    invoiced(*since).when(MARK).then()


def test_an_overdue_invoice_that_is_partly_paid_stays_overdue() -> None:
    invoiced(OVERDUE, PARTLY).when(MARK).then()


@pytest.mark.parametrize("since", [(), (OVERDUE,)], ids=["open", "overdue"])
def test_an_invoice_is_written_off(since: tuple[payment.Happening, ...]) -> None:
    invoiced(*since).when(WRITE_OFF).then(WRITTEN_OFF)
    invoiced(*since, PARTLY).when(WRITE_OFF).then(replace(WRITTEN_OFF, amount=eur(5000)))


def test_written_off_is_written_off_and_paid_is_paid() -> None:
    invoiced(WRITTEN_OFF).when(WRITE_OFF).then()
    invoiced(PAID).when(WRITE_OFF).refused("Nothing is owed on this invoice any more.")
    invoiced().when(replace(WRITE_OFF, reason=" ")).refused("Enter a reason.")


# Given back


def test_what_is_still_owed_is_owed_no_more() -> None:
    invoiced().when(REFUND_IT).then(CREDITED)
    invoiced(OVERDUE).when(REFUND_IT).then(CREDITED)
    invoiced(CREDITED).when(replace(PAY, amount=eur(7000))).then(replace(PAID, amount=eur(7000)))


def test_what_is_credited_is_credited_once() -> None:
    invoiced(CREDITED).when(REFUND_IT).then()


def test_what_was_paid_goes_back() -> None:
    invoiced(PAID).when(REFUND_IT).then(ASKED)


def test_what_nobody_expects_to_be_paid_is_owed_less_before_any_money_goes_back() -> None:
    invoiced(WRITTEN_OFF).when(REFUND_IT).then(CREDITED)
    invoiced(WRITTEN_OFF).when(replace(REFUND_IT, amount=eur(9001))).then(replace(CREDITED, amount=ALL, left=eur(0)))
    paid = replace(PAID, shipment_id=PARCEL_2, amount=eur(1000))
    invoiced(SECOND, paid, WRITTEN_OFF).when(REFUND_IT).then(CREDITED)
    invoiced(SECOND, paid, WRITTEN_OFF).when(replace(REFUND_IT, amount=eur(9500))).then(
        replace(CREDITED, amount=ALL, left=eur(0)), replace(ASKED, amount=eur(500))
    )


def test_what_is_still_expected_to_be_paid_is_credited_before_what_was_written_off() -> None:
    invoiced(WRITTEN_OFF, SECOND).when(REFUND_IT).then(
        replace(CREDITED, shipment_id=PARCEL_2, amount=eur(1000), left=eur(0)),
        replace(CREDITED, amount=eur(1000), left=eur(8000)),
    )


@pytest.mark.parametrize("since", [(), (replace(WRITTEN_OFF, shipment_id=PARCEL_2, amount=eur(1000)),)])
def test_for_a_parcel_that_got_lost_its_own_invoice_is_credited_first(since: tuple[payment.Happening, ...]) -> None:
    lost = replace(REFUND_IT, refund_id=PARCEL_2)
    own = replace(CREDITED, refund_id=PARCEL_2, shipment_id=PARCEL_2, amount=eur(1000), left=eur(0))
    invoiced(SECOND, *since).when(replace(lost, amount=eur(1000))).then(own)
    invoiced(SECOND, *since).when(lost).then(
        own, replace(CREDITED, refund_id=PARCEL_2, amount=eur(1000), left=eur(8000))
    )


def test_what_is_paid_after_all_of_an_invoice_that_was_written_off_and_credited_is_too_much() -> None:
    less = replace(PAID, amount=eur(7000))
    more = replace(TOO_MUCH, amount=eur(2000))
    invoiced(WRITTEN_OFF, CREDITED).when(PAY).then(less, more)
    credited = replace(CREDITED, amount=ALL, left=eur(0))
    assert invoiced(WRITTEN_OFF, CREDITED).state.ledger.invoices[PARCEL].standing == "written_off"
    assert invoiced(WRITTEN_OFF, credited).state.ledger.invoices[PARCEL].standing == "settled"


def test_what_is_owed_is_credited_first_and_the_rest_goes_back() -> None:
    invoiced(PAID, SECOND).when(REFUND_IT).then(
        replace(CREDITED, shipment_id=PARCEL_2, amount=eur(1000), left=eur(0)), replace(ASKED, amount=eur(1000))
    )


def test_the_oldest_invoice_is_credited_first() -> None:
    invoiced(SECOND).when(replace(REFUND_IT, amount=eur(9500))).then(
        replace(CREDITED, amount=ALL, left=eur(0)),
        replace(CREDITED, shipment_id=PARCEL_2, amount=eur(500), left=eur(500)),
    )


def test_no_more_is_given_back_than_was_paid_or_is_owed() -> None:
    for amount in (ALL, eur(9001)):
        invoiced(PARTLY).when(replace(REFUND_IT, amount=amount)).then(
            replace(CREDITED, amount=eur(5000), left=eur(0)), replace(ASKED, amount=eur(4000))
        )


def test_what_somebody_was_sorry_for_is_not_given_back_twice() -> None:
    sorry = replace(CREDITED, refund_id=REFUND_2, amount=eur(6000), left=eur(3000), reason="It came late.")
    rest = replace(CREDITED, amount=eur(3000), left=eur(0))
    invoiced(sorry).when(replace(REFUND_IT, amount=ALL)).then(rest)
    nothing = NothingLeftToRefund(order_id=ORDER, refund_id=REFUND, reason="Returned.")
    other = replace(rest, refund_id=RETURN)
    invoiced(sorry, other).when(replace(REFUND_IT, amount=ALL)).then(nothing)
    paid = replace(PAID, amount=eur(3000))
    invoiced(sorry, paid).when(replace(REFUND_IT, amount=ALL)).then(replace(ASKED, amount=eur(3000)))


def test_an_invoice_that_is_credited_in_full_is_settled() -> None:
    credited = replace(CREDITED, amount=ALL, left=eur(0))
    invoiced(credited).when(MARK).then()
    invoiced(credited).when(WRITE_OFF).refused("Nothing is owed on this invoice any more.")
    invoiced(credited).when(PAY).then(
        LatePaymentReceived(
            order_id=ORDER, request=BankTransfer(shipment_id=PARCEL, transfer="SEPA 1"), amount=ALL, reference="SEPA 1"
        )
    )


def test_an_invoice_that_is_credited_in_part_is_still_due() -> None:
    invoiced(CREDITED).when(MARK).then(replace(OVERDUE, left=eur(7000)))


def test_nothing_is_paid_for_what_was_credited() -> None:
    done = RecordRefund(order_id=ORDER, refund_id=REFUND, attempt=1, amount=eur(2000), reference="re")
    invoiced(CREDITED).when(done).refused("Nothing is to be paid for this refund.")
    invoiced(PAID, ASKED).when(done).then(
        payment.PaymentRefunded(order_id=ORDER, refund_id=REFUND, attempt=1, amount=eur(2000), reference="re")
    )
