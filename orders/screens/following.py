"""Orders as they follow what happens: one's own list, an order's page, and what needs doing."""

import hashlib
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.domain.roles import STAFF
from eventstore import log
from eventstore.dispatch import load
from orders.domain.money import Money
from orders.domain.order import Unplaced, reference
from orders.screens.forms import PAYMENT_TERMS
from orders.screens.task import person
from orders.streams import ORDER
from orders.templatetags.shop import sentence
from projections.order_page import OrderPage
from projections.timeline import TimelineEntry
from projections.waiting import reached, wait_for
from projections.work_queue import WorkItem

MOST = 50
HALT_POLLING = 286


@require_GET
def my_orders(request: HttpRequest) -> HttpResponse:
    """Somebody's own orders, newest first."""
    rows = OrderPage.objects.filter(customer_id=person(request).id).order_by("-placed_at", "order_id")[:MOST]
    return render(request, "orders/my_orders.html", {"orders": rows})


@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """An order: where it stands, what it holds, what happened. It waits a moment, and says so when it is behind."""
    ask_to_see(request, order_id)
    after = asked_position(request)
    polled = "seen" in request.GET
    shown = reached("projections_order_page", after) if polled else wait_for("projections_order_page", after)
    row = OrderPage.objects.filter(order_id=order_id).first()
    updating = not shown or row is None
    seen = f"{row.version if row else 0}{'…' if updating else ''}"
    if polled and request.GET["seen"] == seen:
        return HttpResponse(status=204)
    context = {
        "order": row,
        "reference": reference(order_id),
        "updating": updating,
        "seen": seen,
        "url": reverse("orders:order", args=[order_id]),
        "after": after,
        **(details(row) if row else {}),
    }
    template = "orders/order.html#order" if polled else "orders/order.html"
    return render(request, template, context)


def ask_to_see(request: HttpRequest, order_id: UUID) -> None:
    """An order is shown to its customer and to staff; to everybody else it is as if it were not there."""
    state = load(ORDER, f"{ORDER.name}-{order_id}").state
    own = not isinstance(state, Unplaced) and state.customer_id == person(request).id
    if isinstance(state, Unplaced) or not (own or person(request).roles & STAFF):
        raise Http404


def asked_position(request: HttpRequest) -> int:
    """The position that the page has to show, from its address; never one that is still to come."""
    after = request.GET.get("after", "")
    return min(int(after), log.number()) if after.isdecimal() and len(after) < 19 else 0


def details(row: OrderPage) -> dict[str, Any]:
    """What the page shows of an order that is there."""
    lines = [line | {"price": Money(**line["price"])} for line in row.lines]
    return {
        "lines": [line | {"subtotal": line["price"] * line["quantity"]} for line in lines],
        "total": row.total,
        "address": row.delivery_address,
        "payment_terms": dict(PAYMENT_TERMS)[row.payment_terms],
        "timeline": [
            {"at": entry.at, "who": entry.actor, "text": sentence(entry.sentence, entry.values_in_it)}
            for entry in TimelineEntry.objects.filter(order_id=row.order_id).order_by("version")
        ],
    }


@require_GET
def what_needs_doing(request: HttpRequest) -> HttpResponse:
    """What this person's roles have to do, oldest first; it follows by itself."""
    roles = person(request).roles & STAFF
    if not roles:
        raise PermissionDenied
    queue = WorkItem.objects.filter(role__in=roles).order_by(F("waiting_since"), "item")
    items = list(queue[:MOST])
    count = queue.count() if len(items) == MOST else len(items)
    seen = hashlib.sha256(f"{count}{[item.item for item in items]}".encode()).hexdigest()[:16]
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    template = "warehouse/_what_needs_doing_list.html" if "seen" in request.GET else "warehouse/what_needs_doing.html"
    return render(request, template, {"items": items, "count": count, "seen": seen})
