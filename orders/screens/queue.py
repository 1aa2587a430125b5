"""What needs doing, for everybody who works here: oldest first, taken by one person at a time, and given back."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from uuid_utils.compat import uuid7

from accounts.domain.roles import STAFF
from accounts.models import User
from eventstore import clock
from eventstore.dispatch import dispatch
from eventstore.messages import Command, Refused
from orders.domain.work import GiveBackWork, TakeWork
from orders.screens.ageing import ageing, by_age
from orders.screens.following import Following
from orders.screens.task import form_page, person
from orders.screens.words import names_for
from orders.templatetags.shop import sentence
from projections import backorders, invoices, order_page, work_queue
from projections.backorders import Backorder
from projections.engine.waiting import wait_for
from projections.invoices import Invoice, Standing
from projections.order_page import OrderPage
from projections.products import Product
from projections.work_queue import Task, WorkItem

MOST = 50
# The screen on which a task is done. What its address is made of is the subject of the work.
SCREENS: dict[str, str] = {
    Task.PICK_SHIPMENT: "pick_shipment",
    Task.PACK_SHIPMENT: "pack_shipment",
    Task.DISPATCH_SHIPMENT: "dispatch_shipment",
    Task.INSPECT_RETURN: "inspect_return",
    Task.APPROVE_RETURN: "approve_return",
    Task.RELEASE_ORDER: "release_order",
    Task.ANSWER_BACKORDER: "answer_backorder",
    Task.REINSTATE_CUSTOMER: "reinstate_customer",
    Task.APPROVE_REFUND: "approve_refund",
    Task.RETRY_REFUND: "retry_refund",
    Task.TRANSFER_REFUND: "transfer_refund",
    Task.RETRY_CAPTURE: "retry_capture",
    Task.ASK_PROVIDER: "payment_ledger",
    Task.CHASE_INVOICE: "invoice",
}
# Those that are about all of an order, whatever of it the work is about.
OF_ORDERS = frozenset({"payment_ledger"})


@require_safe
def what_needs_doing(request: HttpRequest) -> HttpResponse:
    """What this person's roles have to do; the list follows by itself."""
    roles = person(request).roles & STAFF
    if not roles:
        raise PermissionDenied
    following = Following(request, *(each.PROJECTION.name for each in (work_queue, backorders, invoices, order_page)))
    chosen = request.GET.get("task", "")
    everything = work_of(roles)
    of_kind = everything.filter(task=chosen) if chosen in Task.values else everything
    rows = list(after(of_kind, request.GET.get("from", "")).order_by("waiting_since", "item")[: MOST + 1])
    of_kinds = list(everything.values("task").annotate(n=Count("item"), **by_age(clock.now())).order_by("task"))
    counts, ages = {row["task"]: row["n"] for row in of_kinds}, ageing(of_kinds)
    shown = [(row.item, row.task, row.taken_by) for row in rows]
    if following.nothing_new(sorted(counts.items()), [age["count"] for age in ages], shown):
        return HttpResponse(status=204)
    context = {
        "items": works(rows[:MOST], person(request)),
        "count": sum(counts.values()),
        "kinds": kinds(counts, chosen),
        "ages": ages,
        "more": further(rows, chosen),
        "seen": following.seen,
        "as_of": following.as_of,
        "updating": following.updating,
    }
    part = "_what_needs_doing_list" if following.polled else "what_needs_doing"
    return render(request, f"staff/{part}.html", context)


def work_of(roles: Collection[str]) -> QuerySet[WorkItem]:
    """What these roles have to do.

    Whose goods have all come need not be asked what becomes of them; nobody is reinstated who owes what is overdue.
    """
    waits = Exists(Backorder.objects.filter(order_id=OuterRef("order_id")))
    theirs = OrderPage.objects.filter(customer_id=OuterRef(OuterRef("subject"))).values("order_id")
    owes = Exists(Invoice.objects.filter(standing=Standing.OVERDUE, order_id__in=theirs))
    return WorkItem.objects.filter(
        ~Q(task=Task.ANSWER_BACKORDER) | waits, ~Q(task=Task.REINSTATE_CUSTOMER) | ~owes, role__in=roles
    )


def after(items: Any, key: str) -> Any:
    """The work that comes behind the one of this key, all of it for none: a list may shrink as it is read."""
    if not key or "\0" in key:
        return items
    last = WorkItem.objects.filter(item=key).values_list("waiting_since", "item").first()
    return items.filter(Q(waiting_since__gt=last[0]) | Q(waiting_since=last[0], item__gt=last[1])) if last else items


def further(rows: list[WorkItem], chosen: str) -> str:
    """The address of the rest of the list, where there is more."""
    return "?" + urlencode({"task": chosen, "from": rows[MOST - 1].item}) if len(rows) > MOST else ""


def kinds(counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    """The kinds of work that wait, each with how many of it there are."""
    return [
        {"name": Task(task).label, "count": counts[task], "url": f"?task={task}", "chosen": task == chosen}
        for task in Task.values
        if task in counts
    ]


def works(rows: list[WorkItem], reader: User) -> list[dict[str, Any]]:
    """Work as the list shows it; it is found again on its screen."""
    customers = {str(row.subject) for row in rows if row.task == Task.REINSTATE_CUSTOMER}
    names = names_for(reader, customers | {row.taken_by for row in rows})
    called = Product.objects.in_bulk({line["sku"] for row in rows for line in row.lines})
    return [
        {
            "title": f"{row.get_task_display()} {row.reference or names.get(str(row.subject), '')}",
            "waiting_since": row.waiting_since,
            "lines": ", ".join(f"{line['quantity']} × {name_of(line, called)}" for line in row.lines),
            "amount": row.amount,
            "url": screen(row),
            "work": row.work,
            "taken_by": names.get(row.taken_by, row.taken_by),
            "taken_at": row.taken_at,
            "mine": row.taken_by == str(reader.id),
        }
        for row in rows
    ]


def name_of(line: dict[str, Any], called: dict[str, Product]) -> str:
    """A product by its name; a parcel has only its number."""
    product = called.get(line["sku"])
    return product.name if product and product.name else str(line["name"])


def screen(row: WorkItem) -> str:
    """Where the work is done; without a screen of its own, on the order's page."""
    name = SCREENS.get(row.task, "")
    try:
        return reverse(f"orders:{name}", args=[row.order_id if name in OF_ORDERS else row.subject])
    except NoReverseMatch:
        return reverse("orders:order", args=[row.order_id])


@form_page
def take(request: HttpRequest, work: str) -> HttpResponse:
    """Take a piece of work, so that everybody sees who does it; where a colleague was faster, that is said."""
    return steer(request, work, TakeWork(work=work, by=person(request).id))


@form_page
def give_back(request: HttpRequest, work: str) -> HttpResponse:
    """Give a piece of work back, for whoever comes next."""
    return steer(request, work, GiveBackWork(work=work))


def steer(request: HttpRequest, work: str, command: Command) -> HttpResponse:
    """Send the command and show the list, which waits until it shows the effect."""
    if "\0" in work:
        raise Http404
    row = WorkItem.objects.filter(item=work.partition("@")[0], role__in=person(request).roles & STAFF).first()
    if row is None or row.work != work:
        raise Http404
    if request.method != "POST":
        return redirect("orders:what_needs_doing")
    try:
        answer = dispatch(command, actor=person(request).actor, command_id=uuid7())
    except Refused as refused:
        messages.error(request, sentence(refused.sentence, refused.values))
        return redirect("orders:what_needs_doing")
    wait_for(work_queue.PROJECTION.name, answer.position)
    # The focus goes on from the button that was pressed.
    return redirect(f"{reverse('orders:what_needs_doing')}?after={answer.position}#steer-{slugify(work)}")
