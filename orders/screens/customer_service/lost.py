"""Customer service: report a shipment lost."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from eventstore.dispatch import load
from orders.domain.payment import as_far_as_left
from orders.domain.shipment import ReportShipmentLost, Unplanned
from orders.screens.customer_service.forms import ReportShipmentLostForm
from orders.screens.order_now import OrderNow
from orders.screens.order_tasks import order_for, order_task
from orders.screens.task import form_page, only
from orders.streams import SHIPMENT
from orders.templatetags.shop import money


@form_page
@only(*ReportShipmentLost.sent_by)
def report_shipment_lost(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """A parcel is gone; the page says what was in it, and what the customer gets back."""
    shipment = load(SHIPMENT, f"{SHIPMENT.name}-{shipment_id}")
    if isinstance(shipment.state, Unplanned):
        raise Http404
    now = order_for(request, shipment.state.order_id, ReportShipmentLost)
    form = ReportShipmentLostForm.asked(request, seen=shipment.version, shipment_id=shipment_id)
    parcel = now.goods.parcels[shipment_id]
    return order_task(
        request,
        now,
        form,
        "customer_service/report_shipment_lost.html",
        title=_("Report shipment lost"),
        rehearsal=ReportShipmentLost(shipment_id=shipment_id),
        said=_("The shipment is reported lost."),
        consequences=consequences(now, shipment_id),
        tracking_number=getattr(shipment.state, "tracking_number", ""),
        holds=[f"{quantity} × {now.goods.lines[sku].name}" for sku, quantity in parcel.pieces.items()],
    )


def consequences(now: OrderNow, shipment_id: UUID) -> list[str]:
    """What it does to give a parcel up."""
    due = now.goods.due(shipment_id)
    left = as_far_as_left(due, now.payment.state.ledger)
    return [
        _("Refunds %(amount)s: what the customer paid, or owes, for this parcel.") % {"amount": money(due)}
        if left == due
        else _("Refunds %(amount)s: what is left of the customer’s money, as the rest went back before.")
        % {"amount": money(left)},
        _("The goods are not sent again. The customer can order them anew."),
        _("Should the parcel turn up after all, the carrier’s message says so on the order’s page."),
    ]
