"""Operations: how far each read model is; have one built anew, keep it as it is for a while, let it go on."""

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from eventstore import steering
from eventstore.errors import Invalid
from orders.screens.operations import for_operators
from orders.screens.task import form_page, person
from projections.engine import AnyProjection, projection_named
from projections.engine.background import ask_for
from projections.engine.health import healths
from projections.engine.rebuild import Hindered
from projections.tasks import rebuild


@require_safe
@for_operators
def read_models(request: HttpRequest) -> HttpResponse:
    """All read models, and how a rebuild gets on; the page follows."""
    found = healths()
    context = {
        "read_models": [
            {
                "health": health,
                "done": round(health.rebuild.position / max(health.head, 1) * 100) if health.rebuild else None,
            }
            for health in found
        ],
        "head": found[0].head if found else 0,
    }
    part = "_read_models" if request.headers.get("HX-Request") else "read_models"
    return render(request, f"operations/{part}.html", context)


def named(name: str) -> AnyProjection:
    """The read model of this name; 404 where there is none."""
    try:
        return projection_named(name)
    except Invalid as error:
        raise Http404 from error


@form_page
@for_operators
def build_anew(request: HttpRequest, read_model: str) -> HttpResponse:
    """Have a read model built anew, beside the live one, by a worker."""
    projection = named(read_model)
    if request.method != "POST":
        return redirect("orders:read_models")
    try:
        position = ask_for(projection)
    except (Hindered, Invalid) as fault:
        messages.error(request, str(fault))
        return redirect("orders:read_models")
    try:
        rebuild.delay(read_model, position)
    except (OperationalError, OSError):
        messages.warning(request, _("Redis does not answer. The next tick begins with it."))
    trace(request, read_model, "Have it built anew.")
    messages.success(request, _("%(name)s is built anew, beside the one that is read now.") % {"name": read_model})
    return redirect("orders:read_models")


@form_page
@for_operators
def pause(request: HttpRequest, read_model: str) -> HttpResponse:
    """Keep a read model as it is."""
    readers = named(read_model).readers()
    if request.method != "POST":
        return redirect("orders:read_models")
    for reader in readers:
        steering.pause(reader.name)
    trace(request, read_model, "Paused.")
    messages.success(request, _("%(name)s stays as it is until you let it go on.") % {"name": read_model})
    return redirect("orders:read_models")


@form_page
@for_operators
def resume(request: HttpRequest, read_model: str) -> HttpResponse:
    """Let a read model go on."""
    readers = named(read_model).readers()
    if request.method != "POST":
        return redirect("orders:read_models")
    for reader in readers:
        steering.resume(reader.name)
    trace(request, read_model, "Resumed.")
    messages.success(request, _("%(name)s goes on.") % {"name": read_model})
    return redirect("orders:read_models")


def trace(request: HttpRequest, name: str, what: str) -> None:
    """Leave behind who did what with a read model, where Django admin shows it."""
    LogEntry.objects.create(user=person(request), action_flag=CHANGE, object_repr=name, change_message=what)
