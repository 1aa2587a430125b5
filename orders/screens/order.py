"""An order's page, for its customer and for staff: where it stands, what happens next, and what can be done."""

from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, STAFF
from accounts.models import User
from eventstore import log
from orders.domain.order import reference
from orders.screens.following import Following
from orders.screens.order_details import details, money_of, return_of
from orders.screens.order_now import OrderNow, order_now
from orders.screens.order_tasks import tasks_of
from orders.screens.standing import stands_until
from orders.screens.task import person
from orders.screens.words import entries_in_words, names_for
from projections import order_page, returns_desk, timeline
from projections.engine.origins import Origin
from projections.engine.origins import shown as as_origins
from projections.order_page import OrderPage
from projections.returns_desk import Return
from projections.timeline import TimelineEntry

DEAL_WITH_CUSTOMERS = frozenset({CUSTOMER_SERVICE, FINANCE})
SHOWN_BY = tuple(module.PROJECTION.name for module in (order_page, timeline, returns_desk))


@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """An order. It waits a moment for what it has to show, and says so when it is behind."""
    following = Following(request, *SHOWN_BY)
    rows = OrderPage.objects.annotate(stands_until=stands_until(order_id), of_returns=moves_of_returns(order_id))
    row = rows.filter(order_id=order_id).first()
    ask_to_see(request, row.customer_id if row else customer_by_the_log(order_id))
    following.updating = following.updating or row is None
    entries = seen_by(person(request), order_id)
    if following.polled and following.nothing_new(entries.aggregate(last=Max("position"))["last"], *moves(row)):
        return HttpResponse(status=204)
    back = list(Return.objects.filter(order_id=order_id).order_by("requested_at"))
    parcels = [UUID(parcel["shipment_id"]) for parcel in row.parcels] if row else []
    now = order_now(order_id, parcels, [each.return_id for each in back])
    shown = all_of(request, row, now, back) if row else {}
    following.nothing_new(shown.get("last"), *moves(row))
    context = {
        "reference": reference(order_id),
        "updating": following.updating,
        "seen": following.seen,
        "as_of": following.as_of,
        **shown,
    }
    return render(request, "orders/_order.html" if following.polled else "orders/order.html", context)


def moves(row: OrderPage | None) -> tuple[object, ...]:
    """Stands for what is shown beside the timeline, which may be ahead of it, and keeps some of it from customers."""
    return (row.position, getattr(row, "of_returns", None)) if row else ()


def moves_of_returns(order_id: UUID) -> Subquery:
    """How much has happened to the returns of an order."""
    those = Return.objects.filter(order_id=order_id).order_by().values("order_id")
    return Subquery(those.annotate(moves=Sum("version")).values("moves"))


def customer_by_the_log(order_id: UUID) -> UUID:
    """Who placed an order that its read model does not know yet."""
    placed = order_now(order_id, (), ()).placed
    if placed is None:
        raise Http404
    return placed.customer_id


def ask_to_see(request: HttpRequest, customer_id: UUID) -> None:
    """An order is shown to its customer and to staff; to everybody else it is as if it were not there."""
    if customer_id != person(request).id and not person(request).roles & STAFF:
        raise Http404


def all_of(request: HttpRequest, row: OrderPage, now: OrderNow, back: list[Return]) -> dict[str, Any]:
    """All that the page shows of an order, to whoever looks."""
    order_id, reader = row.order_id, person(request)
    entries = list(seen_by(reader, order_id).order_by("position"))
    names = names_for(reader, [str(row.customer_id), *(entry.actor for entry in entries)])
    raw = request.GET.get("events") == "raw" and bool(reader.roles & STAFF)
    erased = row.delivery_address is None
    shown = details(row, now, reader, erased=erased)
    return {
        "order": shown,
        "tasks": tasks_of(request, now, waiting=shown["waiting"], erased=erased),
        "money": money_of(now),
        "returns": [return_of(each, reader) for each in back],
        "timeline": entries_in_words(entries, reader, names),
        "last": entries[-1].position if entries else None,
        "events": events_of(entries, now) if raw else None,
        "customer": customer_of(reader, row.customer_id, names),
    }


def seen_by(user: User, order_id: UUID) -> QuerySet[TimelineEntry]:
    """What somebody may read of what happened to an order: a customer not what only concerns those who work here."""
    entries = TimelineEntry.objects.filter(order_id=order_id)
    return entries if user.roles & STAFF else entries.filter(for_staff=False)


def events_of(entries: list[TimelineEntry], now: OrderNow) -> list[Origin]:
    """The events behind these entries as they lie in the log, without what is personal in them."""
    here = {fact.position for fact in now.facts}
    of_stock = log.recorded(log.rows_at([entry.position for entry in entries if entry.position not in here]))
    return as_origins([*now.facts, *of_stock])


def customer_of(reader: User, customer_id: UUID, names: dict[str, str]) -> dict[str, str] | None:
    """Who ordered, for those who work here; with the way to their page for those who deal with customers."""
    if not reader.roles & STAFF:
        return None
    url = reverse("orders:customer", args=[customer_id]) if reader.roles & DEAL_WITH_CUSTOMERS else ""
    return {"name": names.get(str(customer_id), ""), "url": url}
