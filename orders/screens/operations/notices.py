"""Operations: notices of other systems that nothing could be made of; try one again, or set it aside with a reason."""

from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from eventstore.errors import Invalid
from eventstore.inbox import left
from eventstore.models import Received
from orders.screens.forms import reason
from orders.screens.operations import for_operators
from orders.screens.operations.read_models import trace
from orders.screens.paging import portion
from orders.screens.task import form_page, person


class SetAsideForm(forms.Form):
    """Why nothing is to be made of a notice."""

    reason = reason(gettext_lazy("Why may this notice be set aside?"))


@require_GET
@for_operators
def notices(request: HttpRequest) -> HttpResponse:
    """What waits for a person, the longest first; and what was set aside, by whom and why."""
    page = portion(request, left.left(), "came_at", "id")
    aside = Received.objects.exclude(set_aside_by="").order_by("-settled_at", "id")[:20]
    return render(request, "operations/notices.html", {"page": page, "aside": aside})


@require_GET
@for_operators
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice: what it says, and what came of it. There is nothing personal in it."""
    received = found(notice_id)
    context = {
        "notice": received,
        "said": msgspec.json.decode(bytes(received.content)).items(),
        "behind": left.behind(received),
        "reason": why_not(received),
    }
    return render(request, "operations/notice.html", context)


@form_page
@for_operators
def retry_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Have a notice worked on once more."""
    received = found(notice_id)
    if request.method != "POST":
        return redirect("orders:notice", notice_id)
    try:
        left.again(notice_id)
    except Invalid:
        messages.warning(request, why_not(found(notice_id)))
    else:
        trace(request, str(received), "Had it worked on once more.")
        messages.success(request, _("It is worked on once more. If that fails again, it comes back in an hour or two."))
    return redirect("orders:notices")


@form_page
@for_operators
def set_notice_aside(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Make nothing of a notice, with a reason."""
    received = found(notice_id)
    form = SetAsideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        because = form.cleaned_data["reason"]
        try:
            left.set_aside(notice_id, by=str(person(request)), because=because)
        except Invalid:
            form.add_error(None, why_not(found(notice_id)))
        else:
            trace(request, str(received), f"Set it aside: {because}")
            messages.success(request, _("The notice is set aside. Those behind it are worked on now."))
            return redirect("orders:notices")
    context: dict[str, Any] = {
        "title": _("Set notice aside"),
        "form": form,
        "notice": received,
        "back": {"title": _("Notice"), "url": reverse("orders:notice", args=[notice_id])},
        "reason": "" if form.is_bound else why_not(received),
        "consequences": [_("Nothing is ever made of it."), _("Later notices about the same thing are worked on.")],
    }
    return render(request, "operations/set_notice_aside.html", context, status=422 if form.errors else 200)


def found(notice_id: int) -> Received:
    """A notice; 404 where there is none."""
    if notice_id >= 2**63:
        raise Http404
    return get_object_or_404(Received, id=notice_id)


def why_not(received: Received) -> str:
    """Why nothing can be done with a notice now; nothing where it waits for a person."""
    waits = received.settled_at is None and received.next_try_at is None
    return "" if waits else _("This does not wait for anybody any more.")
