"""Paid twice: a transfer is recorded also where nothing is owed any more, and goes back to the customer."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from accounts.domain.roles import FINANCE
from accounts.models import User
from orders.domain import payment
from orders.screens.finance.money import ledger_of, payment_of
from projections.invoices import Invoice
from tests import factories
from tests.orders.money_room import AMOUNT, invoiced
from tests.shop import browsing, follow, hidden, read, send, somebody

pytestmark = pytest.mark.django_db


def paid(order_id: UUID, shipment_id: UUID) -> None:
    """All of the invoice came by bank."""
    send(payment.RecordInvoicePayment(order_id=order_id, shipment_id=shipment_id, amount=AMOUNT, transfer="DE-1"))


def credited(order_id: UUID, shipment_id: UUID) -> None:
    """All of the invoice is owed no more."""
    send(payment.RefundPayment(order_id=order_id, refund_id=uuid7(), amount=AMOUNT, reason="It was lost."))


@pytest.mark.parametrize("settled", [paid, credited])
def test_a_transfer_is_recorded_also_where_nothing_is_owed_any_more(clara: User, settled: Any) -> None:
    shipment_id = invoiced(clara)
    order_id = Invoice.objects.get(shipment_id=shipment_id).order_id
    settled(order_id, shipment_id)
    follow()
    finance, address = browsing(somebody(FINANCE)), f"/invoices/{shipment_id}/transfer/"
    assert f'href="{address}"' in finance.get(f"/invoices/{shipment_id}/").content.decode()
    asked = finance.get(address)
    assert "€0.00 is owed. What is more than that goes back to the customer." in read(asked)
    assert "nobody is reminded any more" not in read(asked)
    assert 'value="0.00"' not in asked.content.decode()
    sent = {**hidden(asked), "amount": "25.00", "transfer": "DE-2", "checked": "yes"}
    assert finance.post(address, sent).status_code == 302
    assert ledger_of(payment_of(order_id)).late == AMOUNT


def test_what_is_too_much_pays_the_other_invoices_of_the_order_first(clara: User) -> None:
    shipment_id = invoiced(clara)
    order_id = Invoice.objects.get(shipment_id=shipment_id).order_id
    other = factories.IssueInvoice.build(order_id=order_id, amount=AMOUNT)
    send(other)
    follow()
    asked = browsing(somebody(FINANCE)).get(f"/invoices/{shipment_id}/transfer/")
    assert "What is more than that pays the other invoices of the order, and the rest goes back." in read(asked)
    paid(order_id, other.shipment_id)
    asked = browsing(somebody(FINANCE, "Finn")).get(f"/invoices/{shipment_id}/transfer/")
    assert "What is more than that goes back to the customer." in read(asked)
