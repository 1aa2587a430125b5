"""Notices of other systems that nothing could be made of; try one again, or set it aside with a reason.

Operations sees all of them; finance those of the payment provider, and where its ledger is not as our books are.
"""

from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.domain.roles import ADMIN, FINANCE, OPERATORS
from accounts.models import User
from eventstore.errors import Invalid
from eventstore.inbox import left
from eventstore.models import Received
from eventstore.process.because import BECAUSE
from orders.processes.payment_requests import SYSTEM
from orders.screens.forms import reason
from orders.screens.operations.read_models import trace
from orders.screens.paging import portion
from orders.screens.task import form_page, only, person
from orders.systems.payment_provider.looking_through import LedgerDiffers
from orders.templatetags.shop import sentence

for_lookers = only(FINANCE, *OPERATORS)


class SetAsideForm(forms.Form):
    """Why nothing is to be made of a notice."""

    reason = reason(gettext_lazy("Why may this notice be set aside?"), BECAUSE.values())


@require_safe
@for_lookers
def notices(request: HttpRequest) -> HttpResponse:
    """What waits for a person, the longest first; and what was set aside, by whom and why."""
    page = portion(request, left.left().filter(seen_by(person(request))), "came_at", "id")
    aside = Received.objects.filter(seen_by(person(request))).exclude(set_aside_by="")
    context = {
        "page": page,
        "notices": [{"row": row} | in_words(row) for row in page.rows],
        "aside": aside.order_by("-settled_at", "id")[:20],
        "operates": bool(person(request).roles & OPERATORS),
    }
    return render(request, "operations/notices.html", context)


@require_safe
@for_lookers
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice: what it says, and what came of it. There is nothing personal in it."""
    received = found(request, notice_id)
    context = in_words(received) | {
        "notice": received,
        "said": msgspec.json.decode(bytes(received.content)).items(),
        "behind": left.behind(received),
        "sees_payments": bool(person(request).roles & {FINANCE, ADMIN}),
        "reason": why_not(received),
    }
    return render(request, "operations/notice.html", context)


@form_page
@for_lookers
def retry_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Have a notice worked on once more."""
    received = found(request, notice_id)
    if request.method != "POST":
        return redirect("orders:notice", notice_id)
    try:
        left.again(notice_id)
    except Invalid:
        messages.warning(request, why_not(found(request, notice_id)))
    else:
        trace(request, str(received), "Had it worked on once more.")
        messages.success(request, _("It is worked on once more. If that fails again, it comes back in an hour or two."))
    return redirect("orders:notices")


@form_page
@for_lookers
def set_notice_aside(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Make nothing of a notice, with a reason."""
    received = found(request, notice_id)
    form = SetAsideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            lay_aside(request, received, form.cleaned_data["reason"])
        except Invalid:
            form.add_error(None, why_not(found(request, notice_id)))
        else:
            messages.success(request, _("The notice is set aside. Those behind it are worked on now."))
            return redirect("orders:notices")
    context = in_words(received) | {
        "title": _("Set notice aside"),
        "form": form,
        "notice": received,
        "back": {"title": _("Notice"), "url": reverse("orders:notice", args=[notice_id])},
        "reason": "" if form.is_bound else why_not(received),
        "consequences": [_("Nothing is ever made of it."), _("Later notices about the same thing are worked on.")],
    }
    return render(request, "operations/set_notice_aside.html", context, status=422 if form.errors else 200)


def lay_aside(request: HttpRequest, received: Received, because: str) -> None:
    """Set this notice aside; whoever sends the same twice has done it once."""
    by = str(person(request))
    if (received.set_aside_by, received.set_aside_because) != (by, because):
        left.set_aside(received.id, by=by, because=because)
        trace(request, str(received), f"Set it aside: {because}")


def seen_by(user: User) -> Q:
    """The notices that somebody sees."""
    return Q() if user.roles & OPERATORS else Q(system=SYSTEM)


def found(request: HttpRequest, notice_id: int) -> Received:
    """A notice; 404 where there is none, or none for this person."""
    if notice_id >= 2**63:
        raise Http404
    return get_object_or_404(Received, seen_by(person(request)), id=notice_id)


def in_words(received: Received) -> dict[str, Any]:
    """What a notice is called, and why nothing could be made of it; of books that differ, the order as well."""
    if received.name != LedgerDiffers.__name__:
        return {"called": received.name, "why": received.outcome, "differs": None}
    differs = msgspec.json.decode(bytes(received.content), type=LedgerDiffers)
    told = sentence(differs.refused.sentence, differs.refused.values)
    return {"called": _("The provider's books differ from ours"), "why": told, "differs": differs}


def why_not(received: Received) -> str:
    """Why nothing can be done with a notice now; nothing where it waits for a person."""
    waits = received.settled_at is None and received.next_try_at is None
    return "" if waits else _("This does not wait for anybody any more.")
