"""Operations: the borders to other systems: what is asked of each, how it answers, what it writes to us, what waits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from eventstore.effects.borders import letters, standings
from eventstore.inbox import left
from orders.screens.operations import for_operators
from orders.systems.partners import figures


@require_GET
@for_operators
def borders(request: HttpRequest) -> HttpResponse:
    """How the borders to all systems are, and what partners have not taken; the page follows."""
    borders = {each.system: each for each in standings()}
    told = [(each, borders.pop(each.subscription.name, None)) for each in figures.standings()]
    inboxes, counted = {each.system: each for each in left.standings()}, letters()
    context = {
        "borders": borders.values(),
        "inboxes": [(name, inboxes.get(name), counted.get(name, {})) for name in sorted({*inboxes, *counted})],
        "subscriptions": told,
    }
    part = "_borders" if request.headers.get("HX-Request") else "borders"
    return render(request, f"operations/{part}.html", context)
