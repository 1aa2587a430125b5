"""Customer: somebody's own returns, and a return's page, which staff sees as well."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from eventstore import log
from eventstore.log import Recorded
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.returns import (
    ApproveReturn,
    InspectReturn,
    RecordReturnArrival,
    RejectReturn,
    ReturnInspected,
    ReturnRequested,
)
from orders.screens.following import Following
from orders.screens.money_back import MoneyBack
from orders.screens.open_tasks import Choice, open_tasks
from orders.screens.order import ask_to_see
from orders.screens.order_details import return_of
from orders.screens.order_tasks import ANY_REASON
from orders.screens.paging import portion
from orders.screens.task import customers_only, person
from orders.screens.words import facts_in_words, staff_may_read
from orders.streams import RETURN
from projections import returns_desk
from projections.customer_page import CustomerPage
from projections.returns_desk import Return, Stage

FOR_CUSTOMERS: dict[str, Promise] = {
    Stage.REQUESTED: gettext_lazy("Customer service looks at it, and says whether the goods can be sent."),
    Stage.APPROVED: gettext_lazy("The goods have to arrive within 21 days. Put the order number into the parcel."),
    Stage.REJECTED: gettext_lazy("The goods are not taken back."),
    Stage.ARRIVED: gettext_lazy("The warehouse looks at the goods. Then what was paid for them goes back."),
    Stage.CLOSED: gettext_lazy("All is done."),
}
FOR_STAFF = FOR_CUSTOMERS | {Stage.APPROVED: gettext_lazy("The goods have to arrive within 21 days.")}
OF_ERASED = FOR_STAFF | {
    Stage.REQUESTED: gettext_lazy("The customer was erased. Whatever customer service decides, nobody can be told."),
    Stage.APPROVED: gettext_lazy("The customer was erased. Goods that come within 21 days are refunded all the same."),
}
NOTHING_CAME = gettext_lazy("No goods came back, so nothing is paid back.")
NEVER_PAID = gettext_lazy("nothing: these goods were not paid")
STILL_TO_PAY = gettext_lazy("The goods were looked at. The money has still to go back.")


@require_safe
@customers_only
def my_returns(request: HttpRequest) -> HttpResponse:
    """Somebody's own returns, newest first."""
    following = Following(request, returns_desk.PROJECTION.name)
    rows = Return.objects.filter(customer_id=person(request).id)
    found, more, _first = portion(request, rows, "-requested_at", "return_id")
    context = {"returns": [return_of(row, person(request)) for row in found], "more": more, "as_of": following.as_of}
    return render(request, "customer/my_returns.html", context)


@require_safe
def a_return(request: HttpRequest, return_id: UUID) -> HttpResponse:
    """A return: what comes back, how far it is, what happens next."""
    following = Following(request, returns_desk.PROJECTION.name)
    facts = list(log.read_stream(f"{RETURN.name}-{return_id}"))
    if not facts or not isinstance(facts[0].event, ReturnRequested):
        raise Http404
    asked = facts[0].event
    ask_to_see(request, asked.customer_id)
    back = MoneyBack(asked.order_id, return_id)
    row = Return.objects.filter(return_id=return_id).first()
    if following.nothing_new(len(facts), len(back.facts), row and row.version):
        return HttpResponse(status=204)
    following.updating = following.updating or row is None
    context = {
        "return_id": return_id,
        "reference": reference(asked.order_id),
        "order_url": reverse("orders:order", args=[asked.order_id]),
        "goods": row and details(row, person(request), back),
        "tasks": open_tasks(request, choices(asked, facts)),
        "timeline": facts_in_words([*facts, *back.facts], person(request)),
        "updating": following.updating,
        "seen": following.seen,
        "as_of": following.as_of,
    }
    return render(request, f"customer/{'_return' if following.polled else 'a_return'}.html", context)


def details(row: Return, reader: User, back: MoneyBack) -> dict[str, Any]:
    """A return as its page shows it to somebody."""
    lines = [line | {"price": Money(**line["price"])} for line in row.lines]
    return return_of(row, reader) | {
        "lines": [line | {"subtotal": line["price"] * line["quantity"]} for line in lines],
        "next": what_next(row, reader, back),
        "given": back.in_words(row.worth) if any(line["price"].cents for line in lines) else [str(NEVER_PAID)],
        "send_to": settings.SHOP_ADDRESS if row.stage == Stage.APPROVED else None,
        "rejection": row.rejection,
        "steps": steps(row),
    }


def what_next(row: Return, reader: User, back: MoneyBack) -> Promise:
    """What comes next, or how it has ended."""
    if never_came(row):
        return NOTHING_CAME
    if row.refund and not back.over and row.stage == Stage.CLOSED:
        return STILL_TO_PAY
    return words_for(row, reader)[row.stage]


def never_came(row: Return) -> bool:
    """Whether a return is over, although its goods did not arrive."""
    return row.stage == Stage.CLOSED and row.arrived_at is None


def words_for(row: Return, reader: User) -> dict[str, Promise]:
    """What comes next at each stage of a return, as this reader is to know it."""
    if not staff_may_read(reader):
        return FOR_CUSTOMERS
    return OF_ERASED if CustomerPage.erased_among([row.customer_id]) else FOR_STAFF


def steps(row: Return) -> list[dict[str, str]]:
    """How far a return has come."""
    way = [
        (Stage.REQUESTED, _("Requested")),
        (Stage.APPROVED, _("Approved")),
        (Stage.ARRIVED, _("Arrived")),
        (Stage.CLOSED, _("Closed")),
    ]
    if row.stage == Stage.REJECTED:
        return []
    if never_came(row):
        way = [each for each in way if each[0] != Stage.ARRIVED]
    at = [stage for stage, _title in way].index(Stage(row.stage))
    done = row.stage == Stage.CLOSED
    return [
        {"title": title, "state": "done" if number < at or done else "now" if number == at else "todo"}
        for number, (_stage, title) in enumerate(way)
    ]


def choices(asked: ReturnRequested, facts: list[Recorded[Any]]) -> Iterator[Choice]:
    """What customer service and the warehouse can do with a return."""
    seen = {fact.event.sku for fact in facts if isinstance(fact.event, ReturnInspected)}
    sku = next((line.sku for line in asked.lines if line.sku not in seen), asked.lines[0].sku)
    return_id = asked.return_id
    for title, name, command in (
        (_("Approve return"), "approve_return", ApproveReturn(return_id=return_id)),
        (_("Reject return"), "reject_return", RejectReturn(return_id=return_id, reason=ANY_REASON)),
        (_("Receive return"), "record_return_arrival", RecordReturnArrival(return_id=return_id)),
        (_("Inspect return"), "inspect_return", InspectReturn(return_id=return_id, sku=sku, sellable=0, damaged=0)),
    ):
        yield Choice(title, reverse(f"orders:{name}", args=[return_id]), command)
