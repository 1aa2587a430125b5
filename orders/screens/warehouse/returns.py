"""Returns: the warehouse records that goods have come back, and looks at them line by line."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from uuid_utils.compat import uuid7

from accounts.domain.roles import WAREHOUSE
from eventstore.dispatch import Loaded
from orders.domain.order import reference
from orders.domain.returns import InspectReturn, RecordReturnArrival
from orders.domain.returns.states import Arrived, ReturnedLine
from orders.screens.colleagues import colleague_at
from orders.screens.customer_service.returns import known
from orders.screens.forms import TaskForm, pieces
from orders.screens.open_tasks import why_not
from orders.screens.task import form_page, only, perform, person, send
from orders.screens.words import facts_in_words


class ReturnForm(TaskForm):
    """A task with a return."""

    def __init__(self, *arguments: Any, return_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.return_id = return_id


class ArrivalForm(ReturnForm):
    """The goods are there."""

    def command(self) -> RecordReturnArrival:
        """The arrival."""
        return RecordReturnArrival(return_id=self.return_id)


class InspectForm(ReturnForm):
    """What was found of a line."""

    sku = forms.CharField(widget=forms.HiddenInput, max_length=40)
    sellable = pieces(gettext_lazy("Sellable"), least=0)
    damaged = pieces(gettext_lazy("Damaged"), least=0)

    def command(self) -> InspectReturn:
        """The inspection."""
        found = self.cleaned_data
        return InspectReturn(
            return_id=self.return_id, sku=found["sku"], sellable=found["sellable"], damaged=found["damaged"]
        )


def frame(request: HttpRequest, return_id: UUID, order_id: UUID) -> dict[str, Any]:
    """What the frame of every task with a return shows: where one came from, and who else is at it."""
    title = _("Return of order {reference}").format(reference=reference(order_id))
    return {
        "return_id": return_id,
        "back": {"title": title, "url": page(return_id)},
        "taken_by": colleague_at(request, "return", return_id),
    }


def page(return_id: UUID) -> str:
    """The address of a return's page."""
    return reverse("orders:a_return", args=[return_id])


@form_page
@only(WAREHOUSE)
def record_return_arrival(request: HttpRequest, return_id: UUID) -> HttpResponse:
    """The goods have come back, and lie there to be looked at."""
    loaded = known(return_id)
    form = ArrivalForm.asked(request, seen=loaded.version, return_id=return_id)
    command = RecordReturnArrival(return_id=return_id)
    lines = loaded.state.lines.values() if hasattr(loaded.state, "lines") else []
    context = frame(request, return_id, loaded.state.order_id) | {
        "title": _("Receive return"),
        "reason": "" if request.method == "POST" else why_not(request, command, loaded),
        "instead": {"title": _("Go to the return"), "url": page(return_id)},
        "lines": list(lines),
        "consequences": [_("Nothing is refunded yet: the money goes back once the goods were looked at.")],
    }
    then = reverse("orders:inspect_return", args=[return_id])
    said = _("The return has arrived. Look at what is in it.")
    return perform(request, form, "warehouse/record_return_arrival.html", context, then=then, said=said)


@form_page
@only(WAREHOUSE)
def inspect_return(request: HttpRequest, return_id: UUID) -> HttpResponse:
    """Line by line: how many pieces can be sold again, and how many can't."""
    loaded = known(return_id)
    form = sent(request, return_id, loaded.version)
    if form and (answer := send(form, request)):
        left = lines_left(known(return_id))
        messages.success(
            request, _("Inspected.") if left else _("All is inspected. What was paid for the goods goes back.")
        )
        there = reverse("orders:inspect_return", args=[return_id]) if left else page(return_id)
        return redirect(f"{there}?after={answer.position}")
    loaded = known(return_id) if form else loaded
    context = frame(request, return_id, loaded.state.order_id) | inspecting(request, form, loaded, return_id)
    return render(request, "warehouse/inspect_return.html", context, status=422 if form else 200)


def sent(request: HttpRequest, return_id: UUID, seen: int) -> InspectForm | None:
    """What was sent of one line."""
    if request.method != "POST":
        return None
    return InspectForm(request.POST, return_id=return_id, seen=seen, auto_id=f"{request.POST.get('sku')}-%s")


def lines_left(loaded: Loaded) -> list[ReturnedLine]:
    """The lines that nobody has looked at yet."""
    state = loaded.state
    return (
        [line for sku, line in state.lines.items() if sku not in state.inspected] if isinstance(state, Arrived) else []
    )


def inspecting(request: HttpRequest, form: InspectForm | None, loaded: Loaded, return_id: UUID) -> dict[str, Any]:
    """What the screen shows: the lines that were looked at with what was found, and one of the others to fill in.

    One at a time: what is typed for another line would be lost as the first is sent.
    """
    left = lines_left(loaded)
    sku = next(iter(getattr(loaded.state, "lines", {})), "")
    command = InspectReturn(return_id=return_id, sku=sku, sellable=0, damaged=0)
    wanted = form.data.get("sku") if form else request.GET.get("sku")
    now = next((line for line in left if line.sku == wanted), left[0] if left else None)
    state = loaded.state
    return {
        "title": _("Inspect return"),
        "reason": "" if left else why_not(request, command, loaded),
        "instead": {"title": _("Go to the return"), "url": page(return_id)},
        "form": form,
        "news": facts_in_words(form.news, person(request)) if form else [],
        "now": now,
        "hand": form if form and now and now.sku == wanted else now and asked(now, loaded, return_id),
        "later": [line for line in left if line is not now],
        "inspected": [(state.lines[sku], found) for sku, found in state.inspected.items()] if left else [],
        "consequences": [
            _("What came back is refunded at the price that was paid, sellable or not."),
            _("Sellable pieces go back to stock, damaged ones are written off. Pieces that did not come are neither."),
        ],
    }


def asked(line: ReturnedLine, loaded: Loaded, return_id: UUID) -> InspectForm:
    """The form for a line that nobody has looked at yet."""
    initial = {"command_id": uuid7(), "version": loaded.version, "sku": line.sku}
    return InspectForm(None, return_id=return_id, seen=loaded.version, initial=initial, auto_id=f"{line.sku}-%s")
