"""Shipments: all of them by how far they have come, and one with what it holds, where it is, and what is open now."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.domain.roles import STAFF, WAREHOUSE
from eventstore.log import read_stream
from eventstore.messages import Command
from orders.domain import shipment as parcels
from orders.domain.shipment import (
    CancelShipment,
    DispatchShipment,
    OrderStanding,
    PackShipment,
    RecordPick,
    ReportShipmentLost,
    ReportShortPick,
    StartPicking,
)
from orders.screens.following import Following
from orders.screens.open_tasks import Choice, open_tasks
from orders.screens.paging import portion
from orders.screens.task import only, person
from orders.screens.warehouse.parcel import known, lines_of, page, standing, titled
from orders.screens.words import facts_in_words, names_for
from orders.streams import SHIPMENT
from orders.systems.carrier import labels
from projections import shipments as read_model
from projections.shipments import Shipment, Stage

SHOWN_BY = read_model.PROJECTION.name
TO_DO = (Stage.PLANNED, Stage.PICKING, Stage.PACKED, Stage.LABELLED)
# The steps of a parcel, each with the stage that follows when it is done.
STEPS = (
    (gettext_lazy("Start picking"), Stage.PICKING),
    (gettext_lazy("Pick and pack"), Stage.PACKED),
    (gettext_lazy("Label"), Stage.LABELLED),
    (gettext_lazy("Dispatch"), Stage.DISPATCHED),
    (gettext_lazy("Delivery"), Stage.DELIVERED),
)


@require_safe
@only(*STAFF)
def shipments(request: HttpRequest) -> HttpResponse:
    """Shipments of one stage: those that wait for somebody oldest first, the others newest first."""
    following = Following(request, SHOWN_BY)
    chosen = request.GET.get("stage", "")
    stage = Stage(chosen) if chosen in Stage.values else Stage.PLANNED
    by = ("planned_at", "shipment_id") if stage in TO_DO else ("-planned_at", "-shipment_id")
    found = portion(request, Shipment.objects.filter(stage=stage), *by)
    waiting = Shipment.objects.filter(stage__in=TO_DO).values("stage").annotate(n=Count("pk")).order_by("stage")
    counts = {row["stage"]: row["n"] for row in waiting}
    if following.nothing_new(sorted(counts.items()), [(row.shipment_id, row.version) for row in found.rows]):
        return HttpResponse(status=204)
    context = {
        "shipments": rows(found.rows),
        "stage": stage,
        "kinds": kinds(counts, stage),
        "more": found.more,
        "following": following,
        "may_work": WAREHOUSE in person(request).roles,
    }
    part = "_shipments" if following.polled else "shipments"
    return render(request, f"warehouse/{part}.html", context)


def kinds(counts: dict[str, int], chosen: Stage) -> list[dict[str, Any]]:
    """The stages by which the list can be read. How many there are is said where they wait for somebody."""
    return [
        {
            "name": stage.label,
            "count": counts.get(stage, 0) if stage in TO_DO else None,
            "url": f"?stage={stage}",
            "chosen": stage == chosen,
        }
        for stage in Stage
    ]


def rows(found: Iterable[Shipment]) -> list[dict[str, Any]]:
    """Shipments as the list shows them."""
    return [
        {
            "reference": row.reference,
            "url": page(row.shipment_id),
            "pieces": sum(line["quantity"] for line in row.lines),
            "skus": ", ".join(f"{line['quantity']} × {line['sku']}" for line in row.lines[:4]),
            "more": max(0, len(row.lines) - 4),
            "planned_at": row.planned_at,
            "carrier": row.carrier,
            "tracking_number": row.tracking_number,
        }
        for row in found
    ]


@require_safe
@only(*STAFF)
def shipment(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """A shipment. It waits a moment for what it has to show, and follows what happens."""
    loaded = known(shipment_id)
    order = standing(loaded.state.order_id)
    following = Following(request, SHOWN_BY)
    row = Shipment.objects.filter(shipment_id=shipment_id).first()
    following.updating = following.updating or row is None
    if following.nothing_new(row and row.version, loaded.version, order):
        return HttpResponse(status=204)
    tasks = open_tasks(request, choices(shipment_id, loaded.state, order))
    history = list(read_stream(f"{SHIPMENT.name}-{shipment_id}"))
    context = {
        "shipment": details(row, request) if row else None,
        "title": titled(loaded.state.order_id),
        "order": order,
        "tasks": sorted(tasks, key=lambda task: bool(task.reason)),
        "timeline": facts_in_words(history, person(request)),
        "following": following,
    }
    part = "_shipment" if following.polled else "shipment"
    return render(request, f"warehouse/{part}.html", context)


def choices(shipment_id: UUID, state: parcels.Shipment, order: OrderStanding) -> list[Choice]:
    """The tasks that there are with a shipment, in the order in which they are done."""
    sku = to_pick(state)
    commands: list[tuple[str, str, Command]] = [
        (_("Start picking"), "start_picking", StartPicking(shipment_id=shipment_id)),
        (_("Pick"), "pick_shipment", RecordPick(shipment_id=shipment_id, sku=sku, quantity=1)),
        (_("Report short pick"), "report_short_pick", ReportShortPick(shipment_id=shipment_id, sku=sku, missing=1)),
        (_("Pack shipment"), "pack_shipment", PackShipment(shipment_id=shipment_id, grams=1)),
        (_("Dispatch shipment"), "dispatch_shipment", DispatchShipment(shipment_id=shipment_id, order=order)),
        (_("Cancel shipment"), "cancel_shipment", CancelShipment(shipment_id=shipment_id, reason="?")),
        (_("Report shipment lost"), "report_shipment_lost", ReportShipmentLost(shipment_id=shipment_id)),
    ]
    return [Choice(title, reverse(f"orders:{name}", args=[shipment_id]), command) for title, name, command in commands]


def to_pick(state: parcels.Shipment) -> str:
    """A product of the shipment: one that is still to be picked, where there is one."""
    match state:
        case parcels.Picking():
            return next((sku for sku in state.pieces if state.left(sku)), next(iter(state.pieces)))
        case parcels.Planned():
            return next(iter(state.pieces))
        case _:
            return ""


def details(row: Shipment, request: HttpRequest) -> dict[str, Any]:
    """A shipment as its page shows it."""
    reader = person(request)
    return {
        "id": row.shipment_id,
        "order_id": row.order_id,
        "reference": row.reference,
        "stage": row.get_stage_display(),
        "steps": steps(Stage(row.stage)),
        "lines": lines_of(row.lines),
        "waits_for_label": row.stage == Stage.PACKED,
        "label": WAREHOUSE in reader.roles and labels.name_of(row.shipment_id),
        "papers": WAREHOUSE in reader.roles,
        "picker": names_for(reader, [row.picker]).get(row.picker, row.picker) if row.picker else "",
        "row": row,
    }


def steps(stage: Stage) -> list[dict[str, str]]:
    """The steps of a parcel: which are done, which is now; none for one that goes no further."""
    order = [Stage.PLANNED, *(after for _title, after in STEPS)]
    if stage == Stage.CANCELLED:
        return []
    reached = order.index(Stage.DISPATCHED if stage == Stage.LOST else stage)
    states = ["done" if place < reached else "now" if place == reached else "todo" for place in range(len(STEPS))]
    return [
        {"title": str(title), "state": state, "url": ""} for (title, _after), state in zip(STEPS, states, strict=True)
    ]
