"""Operations: the borders to other systems: what is asked of each, how it answers, what it writes to us, what waits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from eventstore.effects.borders import letters, standings
from eventstore.inbox import left
from orders.screens.operations import for_operators
from orders.systems.partners import figures

# What became of letters, in words: those that are kept, and those that were refused for what is wrong with them.
OUTCOMES = {
    "kept": _("kept"),
    "kept before": _("kept before"),
    "of no interest": _("of no interest"),
    "forged": _("forged"),
    "stale": _("too old"),
    "unreadable": _("unreadable"),
    "altered": _("altered"),
}


@require_safe
@for_operators
def borders(request: HttpRequest) -> HttpResponse:
    """How the borders to all systems are, and what partners have not taken; the page follows."""
    borders = {each.system: each for each in standings()}
    told = [(each, borders.pop(each.subscription.name, None)) for each in figures.standings()]
    inboxes, counted = {each.system: each for each in left.standings()}, in_words(letters())
    context = {
        "borders": borders.values(),
        "inboxes": [(name, inboxes.get(name), counted.get(name, [])) for name in sorted({*inboxes, *counted})],
        "subscriptions": told,
    }
    part = "_borders" if request.headers.get("HX-Request") else "borders"
    return render(request, f"operations/{part}.html", context)


def in_words(counted: dict[str, dict[str, int]]) -> dict[str, list[tuple[str, int]]]:
    """How many letters of each system had which outcome."""
    return {
        system: [(str(OUTCOMES.get(outcome, outcome)), number) for outcome, number in outcomes.items()]
        for system, outcomes in counted.items()
    }
