"""Orders as they follow what happens: one's own list, an order's page, and what needs doing."""

import hashlib
import time
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.domain.roles import CARRIER, PROVIDER, STAFF
from accounts.models import User
from eventstore import log
from eventstore.dispatch import load
from orders.domain.money import Money
from orders.domain.order import Order, Unplaced, reference
from orders.screens.forms import COUNTRIES, PAYMENT_TERMS
from orders.screens.task import customers_only, person
from orders.streams import ORDER
from orders.templatetags.shop import sentence
from projections import order_page, timeline, work_queue
from projections.engine.waiting import as_of, wait_for
from projections.order_page import OrderPage
from projections.timeline import TimelineEntry
from projections.work_queue import WorkItem

MOST = 50
SHOWN_BY = (order_page.PROJECTION.name, timeline.PROJECTION.name)


@require_GET
@customers_only
def my_orders(request: HttpRequest) -> HttpResponse:
    """Somebody's own orders, newest first."""
    rows = OrderPage.objects.filter(customer_id=person(request).id).order_by("-placed_at", "order_id")[:MOST]
    orders = [
        {
            "reference": row.reference,
            "placed_at": row.placed_at,
            "status": row.get_status_display(),
            "total": row.total,
            "url": reverse("orders:order", args=[row.order_id]),
        }
        for row in rows
    ]
    return render(request, "orders/my_orders.html", {"orders": orders, "as_of": as_of(order_page.PROJECTION.name)})


@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """An order: where it stands, what it holds, what happened. It waits a moment, and says so when it is behind."""
    ask_to_see(request, order_id)
    after, polled = asked_position(request), "seen" in request.GET
    shown = all_reached(after, patience=0 if polled else 1)
    row = OrderPage.objects.filter(order_id=order_id).first()
    updating = not shown or row is None
    old = min(filter(None, map(as_of, SHOWN_BY)), default=None)
    seen = fingerprint(row and row.position, updating, old)
    if polled and request.GET["seen"] == seen:
        return HttpResponse(status=204)
    context = {
        "order": details(row) if row else None,
        "reference": reference(order_id),
        "timeline": words(request, order_id),
        "updating": updating,
        "seen": seen,
        "as_of": old,
    }
    return render(request, "orders/_order.html" if polled else "orders/order.html", context)


def all_reached(position: int, *, patience: float) -> bool:
    """Wait until all of an order's page shows the log up to `position`, for `patience` seconds; whether it does."""
    until = time.monotonic() + patience
    return all(wait_for(name, position, until - time.monotonic()) for name in SHOWN_BY)


def fingerprint(*shown: object) -> str:
    """Stands for what a page shows: it is another one when the page has something new to show."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def ask_to_see(request: HttpRequest, order_id: UUID) -> None:
    """An order is shown to its customer and to staff; to everybody else it is as if it were not there."""
    state: Order = load(ORDER, f"{ORDER.name}-{order_id}").state
    if isinstance(state, Unplaced):
        raise Http404
    if state.customer_id != person(request).id and not person(request).roles & STAFF:
        raise Http404


def asked_position(request: HttpRequest) -> int:
    """The position that the page has to show, from its address; never one that is still to come."""
    after = request.GET.get("after", "")
    return min(int(after), log.number()) if after.isdecimal() and after.isascii() and len(after) < 19 else 0


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


def words(request: HttpRequest, order_id: UUID) -> list[dict[str, Any]]:
    """What happened to an order, in plain words: who did what, and when."""
    entries = list(seen_by(person(request), order_id).order_by("position"))
    names = User.names_of(entry.actor for entry in entries) | {str(person(request).id): _("you")}
    return [
        {
            "at": entry.at,
            "who": names.get(entry.actor) or who_else(entry.actor),
            "text": sentence(entry.sentence, entry.filled),
        }
        for entry in entries
    ]


def seen_by(user: User, order_id: UUID) -> QuerySet[TimelineEntry]:
    """What somebody may read of what happened to an order: a customer not what only concerns those who work here."""
    entries = TimelineEntry.objects.filter(order_id=order_id)
    return entries if user.roles & STAFF else entries.filter(for_staff=False)


def who_else(actor: str) -> str:
    """Somebody who does not sign in, in words: the shop itself by one of its processes, or another system."""
    if actor.startswith("process:"):
        return _("the shop")
    return {PROVIDER: _("payment provider"), CARRIER: _("carrier")}.get(actor, actor)


@require_GET
def what_needs_doing(request: HttpRequest) -> HttpResponse:
    """What this person's roles have to do, oldest first; it follows by itself."""
    roles = person(request).roles & STAFF
    if not roles:
        raise PermissionDenied
    queue = WorkItem.objects.filter(role__in=roles).order_by("waiting_since", "item")
    rows = list(queue[:MOST])
    count = queue.count() if len(rows) == MOST else len(rows)
    old = as_of(work_queue.PROJECTION.name)
    seen = fingerprint(count, [row.item for row in rows], old)
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context = {
        "items": [work(row) for row in rows],
        "count": count,
        "seen": seen,
        "as_of": old,
    }
    polled = "seen" in request.GET
    return render(request, f"warehouse/{'_what_needs_doing_list' if polled else 'what_needs_doing'}.html", context)


def work(row: WorkItem) -> dict[str, Any]:
    """Something to do as the list shows it."""
    return {
        "title": f"{row.get_task_display()} {row.reference}",
        "waiting_since": row.waiting_since,
        "lines": ", ".join(f"{line['quantity']} × {line['name']}" for line in row.lines),
        "url": reverse("orders:order", args=[row.order_id]),
    }
