"""Papers: the packing slip that goes into a parcel, and the pick lists with which somebody goes to the shelves."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.roles import WAREHOUSE
from orders.screens.customer.forms import COUNTRIES
from orders.screens.task import only
from orders.screens.warehouse.parcel import lines_of, page, titled
from projections.order_page import OrderPage
from projections.shipments import Shipment, Stage

MOST = 50  # pick lists printed at once


@require_safe
@only(WAREHOUSE)
def packing_slip(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """What is in a parcel and where it goes, for whoever opens it. It says where somebody lives: for no cache."""
    row = get_object_or_404(Shipment, shipment_id=shipment_id)
    order = OrderPage.objects.filter(order_id=row.order_id).first()
    address = order.delivery_address if order else None
    picked = row.stage != Stage.PLANNED
    context = {
        "title": _("Packing slip {reference}").format(reference=row.reference),
        "back": {"title": titled(row.order_id), "url": page(shipment_id)},
        "row": row,
        "placed_at": order.placed_at if order else None,
        "address": address and address | {"country": dict(COUNTRIES).get(address["country"], address["country"])},
        "lines": [(line, line.picked if picked else line.quantity) for line in lines_of(row.lines)],
    }
    response = render(request, "warehouse/packing_slip.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
@only(WAREHOUSE)
def pick_list(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """The pick list of one shipment."""
    row = get_object_or_404(Shipment, shipment_id=shipment_id)
    context = {
        "title": _("Pick list {reference}").format(reference=row.reference),
        "back": {"title": titled(row.order_id), "url": page(shipment_id)},
        "lists": lists([row]),
    }
    return render(request, "warehouse/pick_list.html", context)


@require_safe
@only(WAREHOUSE)
def pick_lists(request: HttpRequest) -> HttpResponse:
    """The pick lists of all that is to be picked now, oldest first, each on a sheet of its own."""
    waiting = Shipment.objects.filter(stage=Stage.PLANNED).order_by("planned_at", "shipment_id")
    context = {"title": _("Pick lists"), "lists": lists(list(waiting[:MOST])), "most": MOST}
    return render(request, "warehouse/pick_list.html", context)


def lists(rows: list[Shipment]) -> list[dict[str, Any]]:
    """Shipments with what is left to be picked, all products of all of them looked up at once."""
    every = iter(lines_of(line for row in rows for line in row.lines))
    of_each = [[next(every) for _line in row.lines] for row in rows]
    return [{"row": row, "lines": [it for it in lines if it.left]} for row, lines in zip(rows, of_each, strict=True)]
