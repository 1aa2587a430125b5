"""Customer: somebody's own orders."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from orders.screens.following import Following
from orders.screens.paging import portion
from orders.screens.task import customers_only, person
from projections import order_page
from projections.order_page import ENDED, OrderPage, Status

WHICH = {
    "": (_("All"), frozenset(Status)),
    "open": (_("Open"), frozenset(Status) - ENDED),
    "completed": (_("Completed"), frozenset({Status.COMPLETED})),
    "ended": (_("Cancelled or rejected"), ENDED - {Status.COMPLETED}),
}


@require_safe
@customers_only
def my_orders(request: HttpRequest) -> HttpResponse:
    """Somebody's own orders, newest first: all, or those that stand somewhere."""
    following = Following(request, order_page.PROJECTION.name)
    chosen = request.GET.get("which", "")
    rows = OrderPage.objects.filter(customer_id=person(request).id)
    if chosen in WHICH and chosen:
        rows = rows.filter(status__in=WHICH[chosen][1])
    found, more, _first = portion(request, rows, "-placed_at", "order_id")
    context = {
        "orders": [as_listed(row) for row in found],
        "more": more,
        "kinds": kinds(chosen),
        "chosen": chosen,
        "as_of": following.as_of,
        "updating": following.updating,
    }
    return render(request, "orders/my_orders.html", context)


def as_listed(row: OrderPage) -> dict[str, Any]:
    """An order as a list shows it."""
    return {
        "reference": row.reference,
        "placed_at": row.placed_at,
        "status": row.get_status_display(),
        "total": row.total,
        "holds": ", ".join(f"{line['quantity']} × {line['name']}" for line in row.lines),
        "url": reverse("orders:order", args=[row.order_id]),
    }


def kinds(chosen: str) -> list[dict[str, Any]]:
    """Which orders can be asked for."""
    return [
        {"name": name, "url": f"?which={which}" if which else "?", "chosen": which == chosen}
        for which, (name, _statuses) in WHICH.items()
    ]
