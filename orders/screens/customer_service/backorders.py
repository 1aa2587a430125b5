"""Customer service: backorders, and those among them that wait for the customer's answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from orders.screens.following import Following
from orders.screens.paging import portion
from orders.screens.task import only
from projections import backorders as projection
from projections.backorders import Backorder
from projections.products import Product
from projections.work_queue import Task, WorkItem

UNANSWERED = "unanswered"


@require_safe
@only(CUSTOMER_SERVICE, WAREHOUSE, FINANCE)
def backorders(request: HttpRequest) -> HttpResponse:
    """Which orders wait for what, since when; all, or those whose customers were asked and have not answered."""
    following = Following(request, projection.PROJECTION.name)
    unanswered = request.GET.get("which") == UNANSWERED
    asked = WorkItem.objects.filter(task=Task.ANSWER_BACKORDER)
    rows = Backorder.objects.all()
    if unanswered:
        rows = rows.filter(order_id__in=asked.values("order_id"))
    shown, more, _first = portion(request, rows, "waiting_since", "item")
    names = dict(Product.objects.filter(sku__in=[row.sku for row in shown]).values_list("sku", "name"))
    open_questions = set(asked.filter(order_id__in=[row.order_id for row in shown]).values_list("order_id", flat=True))
    context = {
        "backorders": [
            {
                "row": row,
                "name": names.get(row.sku, row.sku),
                "url": reverse("orders:order", args=[row.order_id]),
                "asked": row.order_id in open_questions,
            }
            for row in shown
        ],
        "more": more,
        "kinds": [
            {"name": _("All"), "url": "?", "chosen": not unanswered},
            {"name": _("Waiting for an answer"), "url": f"?which={UNANSWERED}", "chosen": unanswered},
        ],
        "unanswered": unanswered,
        "as_of": following.as_of,
    }
    return render(request, "customer_service/backorders.html", context)
