"""What a finance clerk does with the money of orders, each task on its screen."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from accounts.models import User
from eventstore import log
from orders.domain import payment
from orders.domain.money import Money
from orders.domain.reasons import PAID_OTHERWISE
from orders.screens.finance.money import payment_of
from projections.invoices import Invoice
from projections.payment_ledger import PaymentLedger
from projections.refunds import Refund
from tests import factories
from tests.orders.money_room import (
    AMOUNT,
    capture_failed,
    failed_refund,
    invoiced,
    paid_by_card,
    proposed_refund,
    refund_to_transfer,
)
from tests.shop import browsing, follow, hidden, read, send, somebody

pytestmark = pytest.mark.django_db


def do(client: Client, address: str, **answers: Any) -> Any:
    """Ask for a task's page, answer it, and check the answers where that is asked; what comes of it."""
    page = client.get(address)
    assert page.status_code == 200, address
    sent = {**hidden(page), **answers}
    response = client.post(address, sent, follow=True)
    if "Check your answers" in read(response):
        response = client.post(address, {**sent, "checked": "yes"}, follow=True)
    follow()
    return response


def refund_of(refund_id: UUID) -> Refund:
    return Refund.objects.get(refund_id=refund_id)


def test_a_second_person_approves_a_refund(clara: User) -> None:
    anna, ben = somebody(FINANCE, "Anna Ast"), somebody(FINANCE, "Ben Berg")
    refund_id = proposed_refund(clara, anna)
    own = read(browsing(anna).get(f"/refunds/{refund_id}/approve/"))
    assert "You proposed this refund. Somebody else has to approve it." in own
    page = browsing(ben).get(f"/refunds/{refund_id}/approve/")
    assert "Anna Ast" in read(page)
    assert "Refunds €60.00 to the customer." in read(page)
    assert "The refund is approved." in read(do(browsing(ben), f"/refunds/{refund_id}/approve/"))
    assert (refund_of(refund_id).standing, refund_of(refund_id).approved_by) == ("requested", str(ben.id))


def test_whoever_proposed_a_refund_cannot_approve_it_even_by_force(clara: User) -> None:
    anna = somebody(FINANCE, "Anna Ast")
    refund_id = proposed_refund(clara, anna)
    sent = hidden(browsing(somebody(FINANCE)).get(f"/refunds/{refund_id}/approve/"))
    response = browsing(anna).post(f"/refunds/{refund_id}/approve/", sent)
    assert response.status_code == 422
    assert "You proposed this refund." in read(response)
    follow()
    assert refund_of(refund_id).standing == "proposed"


def test_a_refund_is_rejected_with_a_reason(clara: User) -> None:
    refund_id = proposed_refund(clara, somebody(CUSTOMER_SERVICE))
    finance = browsing(somebody(FINANCE))
    assert "Choose why." in read(do(finance, f"/refunds/{refund_id}/reject/", reason="It is a gift."))
    do(finance, f"/refunds/{refund_id}/reject/", reason="It was refunded before.")
    assert refund_of(refund_id).standing == "rejected"
    assert "This refund was rejected." in read(finance.get(f"/refunds/{refund_id}/approve/"))


def test_a_failed_refund_is_tried_again_once_however_often_it_is_sent(clara: User) -> None:
    refund_id = failed_refund(clara)
    finance = browsing(somebody(FINANCE))
    address = f"/refunds/{refund_id}/retry/"
    page = finance.get(address)
    assert "The account is closed." in read(page)
    first, second = finance.post(address, hidden(page)), finance.post(address, hidden(page))
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    follow()
    assert (refund_of(refund_id).standing, refund_of(refund_id).attempt) == ("requested", 2)
    assert "The payment provider has not answered yet." in read(finance.get(address))


def test_an_attempt_of_another_number_is_not_taken(clara: User) -> None:
    refund_id = failed_refund(clara)
    finance = browsing(somebody(FINANCE))
    sent = hidden(finance.get(f"/refunds/{refund_id}/retry/"))
    for attempt in ("3", "0", "x", ""):
        response = finance.post(f"/refunds/{refund_id}/retry/", {**sent, "attempt": attempt})
        assert response.status_code == 422
        assert "This page was not sent as we showed it to you." in read(response)


def test_a_refund_is_written_off_once_the_answers_were_checked(clara: User) -> None:
    refund_id = failed_refund(clara)
    finance, address = browsing(somebody(FINANCE)), f"/refunds/{refund_id}/write-off/"
    sent = {**hidden(finance.get(address)), "reason": "The customer cannot be found."}
    asked = finance.post(address, sent)
    assert "The customer does not get €40.00 back." in read(asked)
    follow()
    assert refund_of(refund_id).standing == "failed"
    changing = finance.post(address, {**sent, "change": "reason"})
    assert "The customer cannot be found." in changing.content.decode()
    assert finance.post(address, {**sent, "checked": "yes"}).status_code == 302
    follow()
    assert refund_of(refund_id).standing == "written_off"


def test_of_a_refund_that_went_in_part_every_page_speaks_of_the_rest(clara: User) -> None:
    refund_id, finance = failed_refund(clara, pi_1=Money(cents=2500)), browsing(somebody(FINANCE))
    asked = read(finance.get(f"/refunds/{refund_id}/retry/"))
    assert "once more to refund €15.00." in asked
    assert "Refunded €25.00" in asked
    write_off = f"/refunds/{refund_id}/write-off/"
    sent = {**hidden(finance.get(write_off)), "reason": "The customer cannot be found."}
    assert "The customer does not get €15.00 back." in read(finance.post(write_off, sent))
    assert "Refunded €25.00" in read(finance.get(f"/orders/{refund_of(refund_id).order_id}/ledger/"))


def test_a_refund_that_was_written_off_says_why_in_the_ledger_and_counts_where_it_was_paid_in_another_way(
    clara: User,
) -> None:
    finance = browsing(somebody(FINANCE))
    paid, lost = failed_refund(clara), failed_refund(clara)
    do(finance, f"/refunds/{paid}/write-off/", reason=PAID_OTHERWISE)
    do(finance, f"/refunds/{lost}/write-off/", reason="The customer cannot be found.")
    page = finance.get(f"/orders/{refund_of(paid).order_id}/ledger/")
    assert page.context["bookings"][-1]["way"] == "out"
    assert "Refunded €40.00" in read(page)
    assert "Paid back in another way €40.00" in read(page)
    assert "The reason given: It was paid in another way." in read(page)
    ledger = read(finance.get(f"/orders/{refund_of(lost).order_id}/ledger/"))
    assert "Refunded €0.00" in ledger
    assert "The reason given: The customer cannot be found." in ledger


def test_what_was_paid_by_bank_goes_back_by_bank_once_and_is_in_the_list_until_then(clara: User) -> None:
    refund_id = refund_to_transfer(clara)
    finance, address = browsing(somebody(FINANCE)), f"/refunds/{refund_id}/transfer/"
    assert address in finance.get("/refunds/").content.decode()
    assert address in finance.get("/work/").content.decode()
    assert "You transfer €25.00 with the bank, and say so here." in read(finance.get(address))
    assert "The refund is recorded as paid." in read(do(finance, address, reference="OUT-7"))
    assert refund_of(refund_id).standing == "refunded"
    assert address not in finance.get("/work/").content.decode()
    assert "This refund has been paid meanwhile." in read(finance.get(address))


def test_what_is_to_be_transferred_can_be_written_off_instead(clara: User) -> None:
    refund_id = refund_to_transfer(clara)
    finance, address = browsing(somebody(FINANCE)), f"/refunds/{refund_id}/write-off/"
    assert address in finance.get(f"/refunds/{refund_id}/transfer/").content.decode()
    assert "the payment provider is not asked for it." in read(finance.get(f"/refunds/{refund_id}/retry/"))
    page = finance.get(address)
    assert "The customer does not get €25.00 back, unless it was paid in another way." in read(page)
    sent = {**hidden(page), "reason": "It was paid in another way."}
    assert "€25.00 counts as refunded, and is not refunded once more." in read(finance.post(address, sent))
    assert finance.post(address, {**sent, "checked": "yes"}).status_code == 302
    follow()
    assert refund_of(refund_id).standing == "written_off"
    assert f"/refunds/{refund_id}/" not in finance.get("/work/").content.decode()


def test_what_was_requested_before_it_was_said_how_is_to_be_transferred_to_who_pays_by_invoice(clara: User) -> None:
    shipment_id, refund_id, client = invoiced(clara), uuid7(), browsing(somebody(FINANCE))
    order_id = Invoice.objects.get(shipment_id=shipment_id).order_id
    paid = factories.RecordInvoicePayment.build(order_id=order_id, shipment_id=shipment_id, amount=AMOUNT)
    send(paid)
    older = factories.RefundRequested.build(order_id=order_id, refund_id=refund_id, amount=AMOUNT, way="card")
    known = payment_of(order_id).version
    log.append([log.New(f"payment-{order_id}", [older], known)], log.Metadata("finance", uuid7()))
    by_card = uuid7()
    send(factories.RefundPayment.build(order_id=paid_by_card(clara)[0], refund_id=by_card, amount=AMOUNT))
    follow()
    shown = {which: read(client.get(f"/refunds/?standing={which}")) for which in ("", "to_transfer", "requested")}
    number, other = (refund_of(each).reference for each in (refund_id, by_card))
    assert f"{number} To be transferred €25.00" in shown[""]
    assert other not in shown[""]
    assert f"{number} To be transferred €25.00" in shown["to_transfer"]
    assert number not in shown["requested"]
    assert f"{other} To be paid €25.00" in shown["requested"]
    [row] = client.get("/refunds/").context["refunds"]
    assert row["url"] == f"/refunds/{refund_id}/transfer/"
    assert "The refund is recorded as paid." in read(do(client, row["url"], reference="T-1"))
    assert refund_of(refund_id).standing == "refunded"
    assert client.get("/refunds/").context["refunds"] == []


def test_nobody_transfers_what_goes_back_to_a_card_by_itself(clara: User) -> None:
    refund_id = failed_refund(clara)
    page = browsing(somebody(FINANCE)).get(f"/refunds/{refund_id}/transfer/")
    assert "This refund goes back to the card by itself." in read(page)


def test_a_failed_capture_is_tried_again_or_written_off(clara: User) -> None:
    _, again = capture_failed(clara)
    _, lost = capture_failed(clara)
    finance = browsing(somebody(FINANCE))
    assert "Charges €25.00 to the customer's card." in read(finance.get(f"/shipments/{again}/capture/retry/"))
    assert "asked once more" in read(do(finance, f"/shipments/{again}/capture/retry/"))
    assert "has not answered yet" in read(finance.get(f"/shipments/{again}/capture/retry/"))
    do(finance, f"/shipments/{lost}/capture/write-off/", reason="The customer cannot pay.")
    assert "This capture was written off." in read(finance.get(f"/shipments/{lost}/capture/retry/"))


def test_a_bank_transfer_is_recorded_in_parts_and_never_twice(clara: User) -> None:
    shipment_id = invoiced(clara)
    finance, address = browsing(somebody(FINANCE)), f"/invoices/{shipment_id}/transfer/"
    do(finance, address, amount="10.00", transfer="T-1")
    assert Invoice.objects.get(shipment_id=shipment_id).left == 1500
    do(finance, address, amount="10.00", transfer="T-1")
    assert Invoice.objects.get(shipment_id=shipment_id).left == 1500
    do(finance, address, amount="15.00", transfer="T-2")
    assert Invoice.objects.get(shipment_id=shipment_id).standing == "settled"


@pytest.mark.parametrize("amount", ["", "0", "-5", "12.345", "99999999", "twelve", "1 000", "NaN", "\0"])
def test_an_amount_that_is_none_is_said_to_be_none(clara: User, amount: str) -> None:
    shipment_id = invoiced(clara)
    finance, address = browsing(somebody(FINANCE)), f"/invoices/{shipment_id}/transfer/"
    sent = {**hidden(finance.get(address)), "amount": amount, "transfer": "T-1"}
    response = finance.post(address, sent)
    assert response.status_code == 422
    assert "Error:" in read(response)
    assert "T-1" in response.content.decode()


def test_an_invoice_is_written_off(clara: User) -> None:
    shipment_id = invoiced(clara, overdue=True)
    finance = browsing(somebody(FINANCE))
    assert "Overdue" in read(finance.get(f"/invoices/{shipment_id}/"))
    do(finance, f"/invoices/{shipment_id}/write-off/", reason="The customer cannot be found.")
    assert Invoice.objects.get(shipment_id=shipment_id).standing == "written_off"


def test_what_a_colleague_did_meanwhile_is_shown_and_nothing_typed_is_lost(clara: User) -> None:
    shipment_id = invoiced(clara)
    anna, ben = browsing(somebody(FINANCE, "Anna Ast")), browsing(somebody(FINANCE, "Ben Berg"))
    address = f"/invoices/{shipment_id}/transfer/"
    sent = {**hidden(anna.get(address)), "amount": "5.00", "transfer": "T-9", "checked": "yes"}
    do(ben, address, amount="10.00", transfer="T-1")
    stale = anna.post(address, sent)
    assert stale.status_code == 422
    assert "Somebody else changed this a moment ago." in read(stale)
    assert "€10.00 of an invoice were paid, €15.00 are left." in read(stale)
    assert "Ben Berg" in read(stale)
    assert "T-9" in stale.content.decode()
    assert anna.post(address, {**sent, **hidden(stale)}).status_code == 302
    follow()
    assert Invoice.objects.get(shipment_id=shipment_id).left == 1000


def test_the_ledger_of_an_order_says_what_came_and_went(clara: User) -> None:
    order_id, _ = paid_by_card(clara)
    page = read(browsing(somebody(FINANCE)).get(f"/orders/{order_id}/ledger/"))
    assert "Charged €250.00" in page
    assert PaymentLedger.objects.get(order_id=order_id).received == AMOUNT * 10


def test_revenue_has_its_figures_beside_its_picture(clara: User) -> None:
    paid_by_card(clara)
    page = browsing(somebody(FINANCE)).get("/revenue/")
    assert "€250.00" in read(page)
    assert page.content.decode().count("<rect") == 30
    for until in ("2026-02-30", "x", "9999-12-31", "0001-01-01", "\0"):
        assert browsing(somebody(FINANCE, f"Some {uuid7()}")).get("/revenue/", {"until": until}).status_code == 200


def test_what_was_taken_off_an_invoice_says_so_and_leads_there(clara: User) -> None:
    shipment_id = invoiced(clara)
    order_id = Invoice.objects.get(shipment_id=shipment_id).order_id
    transfer: Any = {"order_id": order_id, "shipment_id": shipment_id, "transfer": "DE-1"}
    send(payment.RecordInvoicePayment(**transfer, amount=Money(cents=2000)))
    for cents in (300, 1000):
        refunded: Any = {"order_id": order_id, "refund_id": uuid7(), "amount": Money(cents=cents)}
        send(payment.RefundPayment(**refunded, reason="It was late."))
    follow()
    finance = browsing(somebody(FINANCE))
    for address in ("/refunds/?standing=credited", f"/orders/{order_id}/ledger/"):
        page = finance.get(address)
        assert "€3.00 taken off an invoice" in read(page)
        assert f'href="/invoices/{shipment_id}/"' in page.content.decode()
    assert "€3.00 taken off an invoice €3.00 It was late." in read(finance.get("/refunds/?standing=credited"))
    assert "To be transferred €2.00 taken off an invoice €8.00 It was late." in read(finance.get("/refunds/"))
    assert "To be transferred, €8.00: It was late. €2.00 taken off" in read(finance.get(f"/orders/{order_id}/ledger/"))


def test_an_invoice_adds_up_on_its_page(clara: User) -> None:
    shipment_id, finance = invoiced(clara), browsing(somebody(FINANCE))
    of_order: Any = {"order_id": Invoice.objects.get(shipment_id=shipment_id).order_id}
    assert "Credited" not in read(finance.get(f"/invoices/{shipment_id}/"))
    transfer: Any = of_order | {"shipment_id": shipment_id, "transfer": "DE-1"}
    send(payment.RecordInvoicePayment(**transfer, amount=Money(cents=1000)))
    send(payment.RefundPayment(**of_order, refund_id=uuid7(), amount=Money(cents=300), reason="It was late."))
    follow()
    page = read(finance.get(f"/invoices/{shipment_id}/"))
    assert "Amount €25.00 Still to be paid €12.00 Paid so far €10.00 Credited €3.00" in page


def test_what_came_in_late_and_goes_back_is_no_revenue(clara: User) -> None:
    shipment_id = invoiced(clara)
    order_id = Invoice.objects.get(shipment_id=shipment_id).order_id
    too_much = AMOUNT + Money(cents=1100)
    send(payment.RecordInvoicePayment(order_id=order_id, shipment_id=shipment_id, amount=too_much, transfer="DE-1"))
    send(payment.RefundPayment(order_id=order_id, refund_id=uuid7(), amount=Money(cents=1100), reason="Too much."))
    follow()
    page = read(browsing(somebody(FINANCE)).get("/revenue/"))
    assert "€25.00 from" in page
    assert "€25.00 €11.00 €0.00 €11.00 €25.00" in page


@pytest.mark.parametrize("role", [WAREHOUSE, CUSTOMER_SERVICE])
def test_nobody_else_does_the_tasks_of_finance(clara: User, role: str) -> None:
    refund_id, shipment_id = failed_refund(clara), invoiced(clara)
    client = browsing(somebody(role))
    for address in (
        f"/refunds/{refund_id}/retry/",
        f"/refunds/{refund_id}/write-off/",
        f"/invoices/{shipment_id}/transfer/",
        f"/invoices/{shipment_id}/write-off/",
        "/refunds/",
        "/revenue/",
    ):
        assert client.get(address).status_code == 403, address
        assert client.post(address).status_code in {403, 405}, address
