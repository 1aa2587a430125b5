"""Operations: the event log, as it lies there, without what is personal; an event, and all that its cause led to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from eventstore import log
from eventstore.looking import Look, batches, before_last, names_of
from eventstore.showing import Shown
from eventstore.streams import categories
from orders.screens.operations import for_operators
from orders.screens.task import person
from orders.screens.words import names_for

MOST = 50


class LookForm(forms.Form):
    """Which events somebody wants to see."""

    category = forms.ChoiceField(label=_("Kind of stream"), required=False)
    name = forms.ChoiceField(label=_("Event"), required=False)
    stream = forms.CharField(label=_("Stream"), required=False, max_length=200)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kinds = sorted(category.name for category in categories())
        names = sorted(stored.name for category in categories() for stored in category.events)
        for field, choices in (("category", kinds), ("name", names)):
            asked = self.fields[field]
            assert isinstance(asked, forms.ChoiceField)
            asked.choices = [("", _("all"))] + [(each, each) for each in choices]

    def look(self) -> Look:
        """What is asked for."""
        said = self.cleaned_data
        names = [said["name"]] if said["name"] else None
        return Look(stream=said["stream"] or None, category=said["category"] or None, names=names)


@require_safe
@for_operators
def event_log(request: HttpRequest) -> HttpResponse:
    """The newest events, newest first; of a kind, a name or a stream. Older ones follow by key."""
    form = LookForm(request.GET)
    events: list[Shown] = []
    if form.is_valid():
        until = min(form.cleaned_data["before"] or 2**62, log.number() + 1) - 1
        look = form.look()
        after = before_last(look, MOST, until)
        events = [event for batch in batches(look, after, until, personal=False) for event in batch]
    older = request.GET.copy()
    if events:
        older["before"] = str(events[0].position)
    context = {
        "form": form,
        "events": in_words(reversed(events), request),
        "older": f"?{older.urlencode()}" if len(events) == MOST else "",
    }
    return render(request, "operations/event_log.html", context, status=422 if form.errors else 200)


@require_safe
@for_operators
def event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """All that is known of an event; and the events that its first cause led to, each below what caused it."""
    found = of(Look(id=event_id))
    if not found:
        raise Http404
    akin = of(Look(correlation=found[0].correlation))
    context = {
        "event": in_words(found, request)[0],
        "caused": nested(in_words(akin, request)),
    }
    return render(request, "operations/event.html", context)


def of(look: Look) -> list[Shown]:
    """All events that agree with what is asked for, in the log's order."""
    return [event for batch in batches(look, 0, log.number(), personal=False) for event in batch]


def in_words(events: Any, request: HttpRequest) -> list[dict[str, Any]]:
    """Events as a page shows them: with the names of people, and of the commands that led to them."""
    shown: Sequence[Shown] = list(events)
    people = names_for(person(request), (event.actor for event in shown))
    commands = names_of([event.command for event in shown if event.command])
    return [
        {
            "event": event,
            "who": people.get(event.actor, event.actor),
            "asked": commands.get(event.command, "") if event.command else "",
            "said": sorted((event.data or {}).items()),
        }
        for event in shown
    ]


def nested(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, each with how deep it is below the first cause."""
    depths: dict[UUID, int] = {}
    for each in events:
        cause = each["event"].causation
        each["depth"] = depths[each["event"].id] = min(depths[cause] + 1, 8) if cause in depths else 0
    return events
