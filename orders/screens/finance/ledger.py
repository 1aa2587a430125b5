"""Finance: all of an order's money, in the order in which it came and went."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.domain.roles import ADMIN, CUSTOMER_SERVICE, FINANCE
from orders.domain.money import Money
from orders.screens.following import Following
from orders.screens.task import only
from projections import payment_ledger as read_model
from projections.invoices import Invoice
from projections.order_page import OrderPage
from projections.payment_ledger import Booking, PaymentLedger
from projections.refunds import Refund
from projections.work_queue import WorkItem

MONEY_IN = frozenset({Booking.CAPTURED, Booking.PAID, Booking.LATE, Booking.CAME_BACK})
MONEY_OUT = frozenset({Booking.REFUNDED, Booking.PAID_OTHERWISE})


@require_safe
@only(FINANCE, CUSTOMER_SERVICE, ADMIN)
def payment_ledger(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What was held, charged, invoiced, paid and refunded of an order."""
    following = Following(request, read_model.PROJECTION.name)
    order = get_object_or_404(OrderPage, order_id=order_id)
    row = PaymentLedger.objects.filter(order_id=order_id).first()
    unanswered = list(WorkItem.objects.filter(order_id=order_id, task="ask_provider"))
    if following.nothing_new(row and row.bookings, [item.item for item in unanswered]):
        return HttpResponse(status=204)
    context = {
        "order": order,
        "sums": sums(row) if row else {},
        "bookings": [booked(each, row.currency) for each in row.bookings] if row else [],
        "invoices": Invoice.objects.filter(order_id=order_id).order_by("issued_at", "shipment_id"),
        "refunds": Refund.objects.filter(order_id=order_id).order_by("since", "refund_id"),
        "unanswered": unanswered,
        "following": following,
    }
    return render(request, f"finance/{'_payment_ledger' if following.polled else 'payment_ledger'}.html", context)


def sums(row: PaymentLedger) -> dict[str, Money]:
    """What it comes to."""
    names = ("held", "captured", "invoiced", "paid", "owed", "late", "refunded")
    return {name: Money(cents=getattr(row, name), currency=row.currency) for name in names}


def booked(booking: dict[str, Any], currency: str) -> dict[str, Any]:
    """A booking as the page shows it: when, what, how much, in or out, and the other system's reference."""
    kind = Booking(booking["booking"])
    return {
        "at": datetime.fromisoformat(booking["at"]),
        "what": kind.label,
        "amount": Money(cents=booking["cents"], currency=currency),
        "way": "in" if kind in MONEY_IN else "out" if kind in MONEY_OUT else "",
        "reference": booking["reference"],
        "reason": booking["reason"],
    }
