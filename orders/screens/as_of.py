"""Time travel: an order as it was after any event, with the tasks that were open then, none of which can be sent."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.domain.roles import STAFF
from eventstore import log
from orders.domain.order import reference
from orders.screens.order_details import details, money_of, waits
from orders.screens.order_now import OrderNow
from orders.screens.order_tasks import tasks_of
from orders.screens.task import only, person
from orders.screens.words import facts_in_words
from projections import order_page
from projections.timeline import TimelineEntry


@require_safe
@only(*STAFF)
def order_as_of(request: HttpRequest, order_id: UUID, position: int) -> HttpResponse:
    """The order after the event at this position, folded from the log by the functions that fold it today."""
    entries = TimelineEntry.objects.filter(order_id=order_id).order_by("position")
    positions = list(entries.values_list("position", flat=True))
    if position not in positions:
        raise Http404
    facts = log.recorded(log.rows_at([each for each in positions if each <= position]))
    then = OrderNow(order_id, facts)
    row = then.rows(order_page.PROJECTION).get(order_id)
    if row is None or then.placed is None:
        raise Http404
    at = positions.index(position)
    context = {
        "order": details(row, then, person(request)),
        "reference": reference(order_id),
        "at": facts[-1].recorded_at,
        "position": position,
        "last": facts_in_words(facts[-1:], person(request)),
        "tasks": tasks_of(request, then, waiting=waits(row)),
        "money": money_of(then),
        "earlier": positions[at - 1] if at else None,
        "later": positions[at + 1] if at + 1 < len(positions) else None,
    }
    return render(request, "orders/order_as_of.html", context)
