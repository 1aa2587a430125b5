"""Operations: the borders to other systems: what is asked of each, how it answers, and what waits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from eventstore.effects.borders import standings
from orders.screens.operations import for_operators


@require_GET
@for_operators
def borders(request: HttpRequest) -> HttpResponse:
    """How the borders to all systems are; the page follows."""
    part = "_borders" if request.headers.get("HX-Request") else "borders"
    return render(request, f"operations/{part}.html", {"borders": standings()})
