"""An order's page, for its customer and for staff: where it stands, what it holds, what happened."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.domain.roles import STAFF
from accounts.models import User
from eventstore.dispatch import load
from orders.domain.money import Money
from orders.domain.order import Order, Unplaced, reference
from orders.screens.customer.forms import COUNTRIES
from orders.screens.customer.paying import PAYMENT_TERMS
from orders.screens.following import Following
from orders.screens.task import person
from orders.screens.words import entries_in_words
from orders.streams import ORDER
from projections import order_page, timeline
from projections.order_page import OrderPage
from projections.timeline import TimelineEntry

SHOWN_BY = (order_page.PROJECTION.name, timeline.PROJECTION.name)


@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """An order. It waits a moment for what it has to show, and says so when it is behind."""
    ask_to_see(request, order_id)
    following = Following(request, *SHOWN_BY)
    row = OrderPage.objects.filter(order_id=order_id).first()
    following.updating = following.updating or row is None
    if following.nothing_new(row and row.position):
        return HttpResponse(status=204)
    entries = seen_by(person(request), order_id).order_by("position")
    context = {
        "order": details(row) if row else None,
        "reference": reference(order_id),
        "timeline": entries_in_words(entries, person(request)),
        "updating": following.updating,
        "seen": following.seen,
        "as_of": following.as_of,
    }
    return render(request, "orders/_order.html" if following.polled else "orders/order.html", context)


def ask_to_see(request: HttpRequest, order_id: UUID) -> None:
    """An order is shown to its customer and to staff; to everybody else it is as if it were not there."""
    state: Order = load(ORDER, f"{ORDER.name}-{order_id}").state
    if isinstance(state, Unplaced):
        raise Http404
    if state.customer_id != person(request).id and not person(request).roles & STAFF:
        raise Http404


def details(row: OrderPage) -> dict[str, Any]:
    """An order as its page shows it."""
    lines = [line | {"price": Money(**line["price"])} for line in row.lines]
    address = row.delivery_address
    return {
        "status": row.get_status_display(),
        "placed_at": row.placed_at,
        "lines": [line | {"subtotal": line["price"] * line["quantity"]} for line in lines],
        "total": row.total,
        "delivery_address": address and address | {"country": country(address["country"])},
        "payment_terms": dict(PAYMENT_TERMS)[row.payment_terms],
    }


def country(code: str) -> str:
    """A country by its name."""
    return str(dict(COUNTRIES).get(code, code))


def seen_by(user: User, order_id: UUID) -> QuerySet[TimelineEntry]:
    """What somebody may read of what happened to an order: a customer not what only concerns those who work here."""
    entries = TimelineEntry.objects.filter(order_id=order_id)
    return entries if user.roles & STAFF else entries.filter(for_staff=False)
