"""Operations: the audit trail: who asked for what, when, and what came of it."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from eventstore.errors import Invalid
from eventstore.models import Outcome, TrailEntry
from eventstore.streams import categories
from eventstore.trail import Place, Question, page
from orders.screens.operations import for_operators
from orders.screens.task import person
from orders.screens.words import names_for, who_else
from orders.templatetags.shop import sentence


class QuestionForm(forms.Form):
    """Which commands somebody wants to see."""

    name = forms.ChoiceField(label=_("Command"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[("", _("all")), *Outcome.choices])
    actor = forms.CharField(label=_("Asked by (id)"), required=False, max_length=200)
    stream = forms.CharField(label=_("Stream"), required=False, max_length=200)
    processes = forms.BooleanField(label=_("Those of processes, too"), required=False)
    before = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["name"]
        assert isinstance(field, forms.ChoiceField)
        names = sorted(command.__name__ for category in categories() for command in category.commands)
        field.choices = [("", _("all")), *((name, name) for name in names)]

    def clean_before(self) -> Place | None:
        """From where on."""
        try:
            return Place.read(self.cleaned_data["before"]) if self.cleaned_data["before"] else None
        except Invalid as error:
            raise forms.ValidationError(str(error)) from error

    def question(self) -> Question:
        """What is asked for."""
        said = self.cleaned_data
        outcome = Outcome(said["outcome"]) if said["outcome"] else None
        return Question(
            actor=said["actor"],
            name=said["name"],
            outcome=outcome,
            stream=said["stream"],
            processes=said["processes"],
        )


def said(entry: TrailEntry) -> str:
    """What came of it: the rule's own sentence, or the names of what happened."""
    refused = entry.refused
    return sentence(refused.sentence, refused.values) if refused else ", ".join(entry.happened or [])


@require_safe
@for_operators
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Every command that was taken, newest first; older ones follow by key."""
    form = QuestionForm(request.GET)
    context: dict[str, Any] = {"form": form, "entries": [], "older": ""}
    if form.is_valid():
        found = page(form.question(), before=form.cleaned_data["before"])
        names = names_for(person(request), (entry.actor for entry in found.entries))
        context["entries"] = [
            {"entry": entry, "who": names.get(entry.actor) or who_else(entry.actor), "said": said(entry)}
            for entry in found.entries
        ]
        if found.further:
            query = {name: value for name, value in request.GET.items() if name != "before"}
            context["older"] = "?" + urlencode(query | {"before": str(found.further)})
    return render(request, "operations/audit_trail.html", context, status=422 if form.errors else 200)
