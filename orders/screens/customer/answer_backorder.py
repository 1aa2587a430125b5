"""Customer: say what becomes of goods that do not come; customer service does it for them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.domain.order import AnswerBackorder
from orders.screens.colleagues import colleague_at
from orders.screens.customer.order_forms import AnswerBackorderForm
from orders.screens.order_tasks import order_for, order_task
from orders.screens.task import form_page, sent_before
from projections.backorders import Backorder

NOTHING_WAITS = gettext_lazy("Nothing of this order is waited for any more. What is not wanted can be cancelled.")


@form_page
def answer_backorder(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Wait, take what is there, or cancel; the page says what is waited for, and since when; or that all has come."""
    now = order_for(request, order_id, AnswerBackorder)
    waiting = list(Backorder.objects.filter(order_id=order_id).order_by("sku"))
    if not waiting and request.method != "POST" and not getattr(now.order.state, "asked", False):
        return redirect("orders:order", order_id)
    names = {sku: line.name for sku, line in now.goods.lines.items()}
    form = AnswerBackorderForm.asked(request, seen=now.order.version, now=now)
    if not waiting and form.is_valid() and not sent_before(form, request):
        form.add_error(None, NOTHING_WAITS)
    cancel = {"title": _("Cancel lines"), "url": reverse("orders:cancel_lines", args=[order_id])}
    over: dict[str, Any] = {} if waiting else {"instead": cancel, "reason": "" if form.is_bound else NOTHING_WAITS}
    return order_task(
        request,
        now,
        form,
        "customer/answer_backorder.html",
        title=_("Answer backorder"),
        rehearsal=AnswerBackorder(order_id=order_id, answer="wait"),
        said=_("The answer has been noted."),
        consequences=[_("What is cancelled is not charged; what was paid for it already is refunded.")],
        taken_by=colleague_at(request, "backorder", order_id),
        **over,
        waiting=[{"row": row, "name": names.get(row.sku, row.sku)} for row in waiting],
    )
