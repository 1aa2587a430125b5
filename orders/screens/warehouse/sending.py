"""Sending: a parcel is packed, handed to the carrier, or stopped before it leaves."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain.roles import WAREHOUSE
from eventstore.dispatch import Loaded
from orders.domain import shipment
from orders.domain.money import Money, total
from orders.domain.shipment import CancelShipment, DispatchShipment, Labelled, OrderStanding, PackShipment
from orders.screens.open_tasks import why_not
from orders.screens.task import form_page, only, perform
from orders.screens.warehouse.forms import CancelForm, DispatchForm, PackForm
from orders.screens.warehouse.parcel import frame, known, lines_of, nothing_is_there, page, pieces_of, standing
from orders.systems.carrier import labels
from orders.templatetags.shop import money
from projections.order_page import OrderPage
from projections.shipments import Shipment


@form_page
@only(WAREHOUSE)
def pack_shipment(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """Put what was picked into its parcel, and weigh it."""
    loaded = known(shipment_id)
    form = PackForm.asked(request, seen=loaded.version, shipment_id=shipment_id)
    context = frame(request, shipment_id, loaded.state.order_id) | {
        "title": _("Pack shipment"),
        "reason": now_impossible(request, PackShipment(shipment_id=shipment_id, grams=1), loaded),
        "instead": instead_of_packing(shipment_id, loaded.state),
        "lines": in_parcel(loaded.state),
        "consequences": [_("The carrier is asked for a label."), _("The delivery address can't be changed any more.")],
    }
    said = _("The parcel is packed. It gets its label next.")
    return perform(request, form, "warehouse/pack_shipment.html", context, then=page(shipment_id), said=said)


def instead_of_packing(shipment_id: UUID, state: shipment.Shipment) -> dict[str, str]:
    """What is to be done before a parcel can be packed."""
    match state:
        case shipment.Picking() if nothing_is_there(state):
            return {"title": _("Cancel shipment"), "url": reverse("orders:cancel_shipment", args=[shipment_id])}
        case shipment.Planned() | shipment.Picking():
            return {"title": _("Pick"), "url": reverse("orders:pick_shipment", args=[shipment_id])}
        case Labelled() if labels.name_of(shipment_id):
            return {"title": _("Print label"), "url": reverse("systems:print_label", args=[shipment_id])}
        case _:
            return {"title": _("Go to the shipment"), "url": page(shipment_id)}


def in_parcel(state: shipment.Shipment) -> list[Any]:
    """What lies in the parcel, or is to be laid into it."""
    return lines_of({"sku": sku, "quantity": n, "picked": n, "missing": 0} for sku, n in pieces_of(state).items())


def now_impossible(request: HttpRequest, command: shipment.Message, loaded: Loaded) -> str:
    """Why a task is not offered as a form: asked when the page is opened, not when its form was sent."""
    return "" if request.method == "POST" else why_not(request, command, loaded)


@form_page
@only(WAREHOUSE)
def dispatch_shipment(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """Hand the parcel to the carrier. How its order stands is asked of the log, at each step."""
    loaded = known(shipment_id)
    order = standing(loaded.state.order_id)
    form = DispatchForm.asked(request, seen=loaded.version, shipment_id=shipment_id, order=order)
    context = frame(request, shipment_id, loaded.state.order_id) | {
        "title": _("Dispatch shipment"),
        "reason": now_impossible(request, DispatchShipment(shipment_id=shipment_id, order=order), loaded),
        "instead": {"title": _("Go to the shipment"), "url": page(shipment_id)},
        "row": Shipment.objects.filter(shipment_id=shipment_id).first(),
        "label": labels.name_of(shipment_id),
        "lines": in_parcel(loaded.state),
        "consequences": of_dispatch(loaded.state),
    }
    said = _("The parcel has left. The customer is told so.")
    return perform(request, form, "warehouse/dispatch_shipment.html", context, then=page(shipment_id), said=said)


def of_dispatch(state: shipment.Shipment) -> list[str]:
    """What follows when a parcel leaves."""
    if not isinstance(state, Labelled):
        return []
    follows = [_("The customer is told that the parcel is on its way.")]
    order = OrderPage.objects.filter(order_id=state.order_id).first()
    if order:
        amount = money(price(state.picked, order))
        charge = _("{amount} is charged.") if order.payment_terms == "prepaid" else _("{amount} is invoiced.")
        follows.append(charge.format(amount=amount))
    return [*follows, _("The parcel can't be stopped any more; the customer can return the goods.")]


def price(pieces: dict[str, int], order: OrderPage) -> Money:
    """What these pieces cost that the order still wants."""
    wanted = {line["sku"]: line["quantity"] - line["cancelled"] - line["sent"] for line in order.lines}
    of_one = {line["sku"]: Money(**line["price"]) for line in order.lines}
    return total(of_one[sku] * max(0, min(n, wanted[sku])) for sku, n in pieces.items() if sku in of_one)


@form_page
@only(WAREHOUSE)
def cancel_shipment(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """Stop the parcel before it leaves."""
    loaded = known(shipment_id)
    form = CancelForm.asked(request, seen=loaded.version, shipment_id=shipment_id)
    context = frame(request, shipment_id, loaded.state.order_id) | {
        "title": _("Cancel shipment"),
        "reason": now_impossible(request, CancelShipment(shipment_id=shipment_id, reason="?"), loaded),
        "instead": {"title": _("Go to the shipment"), "url": page(shipment_id)},
        "lines": in_parcel(loaded.state),
        "consequences": of_cancellation(loaded.state, standing(loaded.state.order_id)),
    }
    said = _("The shipment is cancelled. Put the goods back.")
    return perform(request, form, "warehouse/cancel_shipment.html", context, then=page(shipment_id), said=said)


def of_cancellation(state: shipment.Shipment, order: OrderStanding) -> list[str]:
    """What follows when a parcel is stopped."""
    follows = []
    if picked := sum(pieces_of(state).values()):
        follows.append(
            ngettext("{n} piece goes back to its shelf.", "{n} pieces go back to their shelves.", picked).format(
                n=picked
            )
        )
    if isinstance(state, Labelled):
        follows.append(_("The label {number} is of no use any more.").format(number=state.tracking_number))
    if order == "open":
        follows.append(_("The order is not cancelled: what it still wants is planned as a new shipment."))
    return follows
