"""Operations: events that a reader could not take; retry them in their order, or skip one with a reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from eventstore import steering
from eventstore.errors import Invalid
from eventstore.models import Parked
from eventstore.process.because import BECAUSE
from eventstore.readers import readers
from orders.screens.forms import reason
from orders.screens.operations import for_operators
from orders.screens.operations.read_models import trace
from orders.screens.paging import portion
from orders.screens.task import form_page, person


class SkipEventForm(forms.Form):
    """Why an event may be left out."""

    reason = reason(gettext_lazy("Why may this event be left out?"), BECAUSE.values())


@require_safe
@for_operators
def parked_events(request: HttpRequest) -> HttpResponse:
    """What is parked, the longest first; and what was skipped, by whom and why."""
    waiting = Parked.objects.filter(skipped_at=None)
    page = portion(request, waiting, "parked_at", "id")
    skipped = Parked.objects.exclude(skipped_at=None).order_by("-skipped_at", "id")[:20]
    context = {"page": page, "skipped": skipped, "readers": readers()}
    return render(request, "operations/parked_events.html", context)


@form_page
@for_operators
def retry_event(request: HttpRequest, parked_id: int) -> HttpResponse:
    """Have the parked events of a stream taken again, in their order."""
    parked = waiting(parked_id)
    if request.method != "POST":
        return redirect("orders:parked_events")
    try:
        taken = steering.retry(parked.reader, parked.stream)
    except Invalid as fault:
        messages.error(request, str(fault))
        return redirect("orders:parked_events")
    trace(request, parked.reader, f"Had what is parked of {parked.stream} taken again.")
    left = Parked.objects.filter(reader=parked.reader, stream=parked.stream, skipped_at=None).exists()
    text = ngettext("%(count)d event was taken.", "%(count)d events were taken.", taken) % {"count": taken}
    say = messages.warning if left else messages.success
    say(request, " ".join([text, _("The next one still fails.")]) if left else text)
    return redirect("orders:parked_events")


@form_page
@for_operators
def skip_event(request: HttpRequest, waiting_id: int) -> HttpResponse:
    """Leave the first parked event of a stream out of a reader for good, with a reason."""
    parked = found(waiting_id)
    form = SkipEventForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            skip(request, parked, form.cleaned_data["reason"])
        except Invalid as fault:
            form.add_error(None, str(fault))
        else:
            said = _("The event at position %(position)d is left out of %(reader)s.")
            messages.success(request, said % {"position": parked.position, "reader": parked.reader})
            return redirect("orders:parked_events")
    context: dict[str, Any] = {
        "title": _("Skip event"),
        "form": form,
        "parked": parked,
        "back": {"title": _("Parked events"), "url": "../../"},
        "reason": "" if form.is_bound or not parked.skipped_at else _("This does not wait for anybody any more."),
        "consequences": [_("The first parked event of this stream never reaches this reader.")],
    }
    return render(request, "operations/skip_event.html", context, status=422 if form.errors else 200)


def skip(request: HttpRequest, parked: Parked, because: str) -> None:
    """Leave out this very event; whoever sends the same twice has done it once."""
    by = str(person(request))
    if (parked.skipped_by, parked.skipped_because) != (by, because):
        position = steering.skip(parked.reader, parked.stream, by=by, because=because, at=parked.position)
        trace(request, parked.reader, f"Had position {position} of {parked.stream} left out: {because}")


def waiting(parked_id: int) -> Parked:
    """A parked event that waits; 404 for any other."""
    parked = found(parked_id)
    if parked.skipped_at:
        raise Http404
    return parked


def found(parked_id: int) -> Parked:
    """An event that was parked; 404 for any other, and for a reader that is no more."""
    parked = Parked.objects.filter(id=parked_id).first() if parked_id < 2**63 else None
    if parked is None or parked.reader not in readers():
        raise Http404
    return parked
