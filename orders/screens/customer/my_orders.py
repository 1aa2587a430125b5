"""Customer: somebody's own orders."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from orders.screens.task import customers_only, person
from projections import order_page
from projections.engine.waiting import as_of
from projections.order_page import OrderPage

MOST = 50


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
