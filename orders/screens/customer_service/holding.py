"""Customer service: hold an order back, and release it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.domain.order import HoldOrder, ReleaseOrder
from orders.screens.colleagues import colleague_at
from orders.screens.customer_service.forms import HoldOrderForm, ReleaseOrderForm
from orders.screens.order_tasks import ANY_REASON, order_for, order_task
from orders.screens.task import form_page
from projections.order_page import OrderPage


@form_page
def hold_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Why nothing of it leaves for now."""
    now = order_for(request, order_id, HoldOrder)
    held = getattr(now.order.state, "held", False)
    form = HoldOrderForm.asked(request, seen=now.order.version, now=now)
    return order_task(
        request,
        now,
        form,
        "customer_service/hold_order.html",
        title=_("Hold order"),
        rehearsal=HoldOrder(order_id=order_id, reason=ANY_REASON),
        said=_("The order is on hold."),
        consequences=[
            _("No parcel of this order leaves until it is released."),
            _("The warehouse may still pick and pack it. Nothing is cancelled."),
        ],
        undo=(_("Release order"), reverse("orders:release_order", args=[order_id])) if held else None,
    )


@form_page
def release_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What was held may leave; the page says why it was."""
    now = order_for(request, order_id, ReleaseOrder)
    row = OrderPage.objects.filter(order_id=order_id).first()
    form = ReleaseOrderForm.asked(request, seen=now.order.version, now=now)
    held = getattr(now.order.state, "held", False)
    return order_task(
        request,
        now,
        form,
        "customer_service/release_order.html",
        title=_("Release order"),
        rehearsal=ReleaseOrder(order_id=order_id),
        said=_("The order goes on."),
        consequences=[_("Parcels of this order may leave again.")],
        held=held,
        taken_by=colleague_at(request, "held", order_id),
        held_because=row.reason if row and row.held else "",
    )
