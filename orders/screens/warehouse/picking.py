"""Picking: somebody fetches the pieces of a parcel, scan by scan, and says which are not there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain.roles import WAREHOUSE
from eventstore.dispatch import Loaded
from orders.domain.shipment import Picking, Planned, RecordPick, ReportShortPick, StartPicking
from orders.screens.open_tasks import why_not
from orders.screens.task import form_page, only, perform, person, send
from orders.screens.warehouse.forms import PickForm, ShortPickForm, StartPickingForm
from orders.screens.warehouse.parcel import Line, frame, known, lines_of, lines_of_state, page
from orders.screens.warehouse.shipments import to_pick
from orders.screens.words import facts_in_words


@form_page
@only(WAREHOUSE)
def start_picking(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """Begin to fetch the pieces; from then on the customer can no longer simply cancel."""
    loaded = known(shipment_id)
    form = StartPickingForm.asked(request, seen=loaded.version, shipment_id=shipment_id)
    planned = loaded.state.pieces if isinstance(loaded.state, Planned) else {}
    lines = lines_of({"sku": sku, "quantity": n, "picked": 0, "missing": 0} for sku, n in planned.items())
    context = frame(request, shipment_id, loaded.state.order_id) | {
        "title": _("Start picking"),
        "reason": "" if request.method == "POST" else why_not(request, StartPicking(shipment_id=shipment_id), loaded),
        "lines": lines,
        "consequences": [_("From now on the customer can only ask for the parcel to be stopped.")],
    }
    then = reverse("orders:pick_shipment", args=[shipment_id])
    return perform(request, form, "warehouse/start_picking.html", context, then=then, said=_("Picking has begun."))


@form_page
@only(WAREHOUSE)
def pick(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """The list of what to fetch. Each scan counts a piece; a quantity can be entered by hand as well."""
    loaded = known(shipment_id)
    if isinstance(loaded.state, Planned) and request.method != "POST":
        return redirect("orders:start_picking", shipment_id)
    lines = lines_of_state(loaded.state) if isinstance(loaded.state, Picking) else []
    form = sent(request, shipment_id, lines, loaded.version)
    if form and send(form, request):
        messages.success(request, counted(form.cleaned_data["sku"], known(shipment_id)))
        return redirect("orders:pick_shipment", shipment_id)
    if form:
        loaded = known(shipment_id)
        lines = lines_of_state(loaded.state) if isinstance(loaded.state, Picking) else []
    context = frame(request, shipment_id, loaded.state.order_id) | picking(request, form, lines, loaded, shipment_id)
    return render(request, "warehouse/record_pick.html", context, status=422 if form else 200)


def sent(request: HttpRequest, shipment_id: UUID, lines: list[Line], seen: int) -> PickForm | None:
    """What was sent: a scan, which is right whatever else happens, or a quantity by hand, for what the page shows."""
    if request.method != "POST":
        return None
    by_hand = "version" in request.POST
    auto_id = f"{request.POST.get('sku')}-%s" if by_hand else "id_%s"
    return PickForm(request.POST, shipment_id=shipment_id, lines=lines, seen=seen if by_hand else None, auto_id=auto_id)


def picking(
    request: HttpRequest, form: PickForm | None, lines: list[Line], loaded: Loaded, shipment_id: UUID
) -> dict[str, Any]:
    """What the screen shows: the lines, each with a form of its own, and how much is left."""
    by_hand = form if form and "version" in form.fields else None
    command = RecordPick(shipment_id=shipment_id, sku=to_pick(loaded.state), quantity=1)
    forms = {line.sku: hand(line, lines, loaded, shipment_id) for line in lines}
    if by_hand and by_hand.data.get("sku") in forms:
        forms[by_hand.data["sku"]] = by_hand
    return {
        "title": _("Pick shipment"),
        "reason": "" if lines else why_not(request, command, loaded),
        "instead": {"title": _("Go to the shipment"), "url": page(shipment_id)},
        "form": form,
        "news": facts_in_words(form.news, person(request)) if form else [],
        "by_hand": by_hand,
        "scan": PickForm.anew(shipment_id=shipment_id, lines=lines, initial={"quantity": 1}),
        "lines": [(line, forms[line.sku]) for line in lines],
        "left": sum(line.left for line in lines),
        "picked": sum(line.picked for line in lines),
        "pieces": sum(line.quantity for line in lines),
    }


def hand(line: Line, lines: list[Line], loaded: Loaded, shipment_id: UUID) -> PickForm:
    """The form by which a quantity of one line is entered by hand: all that is left of it, to begin with."""
    initial = {"sku": line.sku, "quantity": line.left}
    return PickForm.anew(
        shipment_id=shipment_id, lines=lines, seen=loaded.version, initial=initial, auto_id=f"{line.sku}-%s"
    )


def counted(sku: str, loaded: Loaded) -> str:
    """How far the product that was just picked has come."""
    if not isinstance(loaded.state, Picking):
        return _("Picked: {sku}.").format(sku=sku)
    [line] = [line for line in lines_of_state(loaded.state) if line.sku == sku]
    said = _("{name}: {picked} of {quantity}.").format(name=line.name, picked=line.picked, quantity=line.quantity)
    left = sum(each.left for each in lines_of_state(loaded.state))
    if not left:
        return _("{said} Everything is picked.").format(said=said)
    rest = ngettext("{left} piece is left to pick.", "{left} pieces are left to pick.", left).format(left=left)
    return f"{said} {rest}"


@form_page
@only(WAREHOUSE)
def report_short_pick(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """Say which pieces are not on their shelf."""
    loaded = known(shipment_id)
    lines = lines_of_state(loaded.state) if isinstance(loaded.state, Picking) else []
    open_lines = [line for line in lines if line.left]
    chosen = request.GET.get("sku") or (open_lines[0].sku if len(open_lines) == 1 else "")
    form = ShortPickForm.asked(
        request, seen=loaded.version, shipment_id=shipment_id, lines=open_lines, initial={"sku": chosen}
    )
    command = ReportShortPick(shipment_id=shipment_id, sku=to_pick(loaded.state), missing=1)
    then = reverse("orders:pick_shipment", args=[shipment_id])
    context = frame(request, shipment_id, loaded.state.order_id) | {
        "title": _("Report short pick"),
        "reason": "" if request.method == "POST" else why_not(request, command, loaded),
        "instead": {"title": _("Go to the shipment"), "url": page(shipment_id)},
        "consequences": [
            _("The parcel is packed without these pieces, and they are written off from the stock."),
            _("They are sent later or cancelled, as the customer chose when ordering."),
        ],
    }
    said = _("Reported. Go on with what is there.")
    return perform(request, form, "warehouse/report_short_pick.html", context, then=then, said=said)
