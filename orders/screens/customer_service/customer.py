"""Customer service: a customer on one page, and whether they may order."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.customer import Active, Erased, ReinstateCustomer, SuspendCustomer, Suspended, Unknown
from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE
from accounts.models import SentEmail
from accounts.streams import CUSTOMER
from eventstore.dispatch import Loaded, load, rehearse
from eventstore.messages import Command
from orders.domain.order import reference
from orders.screens.colleagues import colleague_at
from orders.screens.customer.my_orders import as_listed
from orders.screens.customer_service.forms import ReinstateCustomerForm, StandingForm, SuspendCustomerForm
from orders.screens.following import Following
from orders.screens.open_tasks import Choice, open_tasks
from orders.screens.order_details import country, return_of
from orders.screens.order_tasks import ANY_REASON
from orders.screens.paging import portion
from orders.screens.task import form_page, only, perform, person
from orders.templatetags.shop import sentence
from projections import customer_page, order_page
from projections.customer_page import CustomerPage, Standing
from projections.invoices import Invoice
from projections.invoices import Standing as InvoiceStanding
from projections.order_page import OrderPage
from projections.returns_desk import Return

MOST = 20
RETURNS = 10
EMAILS = 5


@require_safe
@only(CUSTOMER_SERVICE, FINANCE)
def customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Who they are, how we reach them, what they ordered, sent back and owe, and what can be done."""
    following = Following(request, customer_page.PROJECTION.name, order_page.PROJECTION.name)
    row = get_object_or_404(CustomerPage, customer_id=customer_id)
    orders = OrderPage.objects.filter(customer_id=customer_id)
    found, more, _first = portion(request, orders, "-placed_at", "order_id", most=MOST)
    returns = Return.objects.filter(customer_id=customer_id).order_by("-requested_at", "return_id")[:RETURNS]
    now = as_shown(row)
    context = {
        "customer": row,
        "suspended": row.standing == Standing.SUSPENDED,
        "addresses": [each["address"] | {"country": country(each["address"]["country"])} for each in kept(row)],
        "orders": [as_listed(each) for each in found],
        "more": more,
        "returns": [return_of(each, person(request)) for each in returns],
        "owed": owed(customer_id),
        "failed": failed_emails(customer_id),
        "tasks": open_tasks(request, choices(customer_id, now), {f"{CUSTOMER.name}-{customer_id}": now}),
        "as_of": following.as_of,
        "updating": following.updating,
    }
    return render(request, "customer_service/customer.html", context)


def as_shown(row: CustomerPage) -> Loaded:
    """A customer as the page shows them; the task itself asks the log."""
    states = {Standing.ACTIVE: Active(), Standing.SUSPENDED: Suspended(), Standing.ERASED: Erased()}
    return Loaded(states[Standing(row.standing)], row.version)


def kept(row: CustomerPage) -> list[dict[str, Any]]:
    """The addresses that are kept with us; none of somebody erased."""
    return [each for each in row.addresses if each["address"]]


def owed(customer_id: UUID) -> list[dict[str, Any]]:
    """The invoices that are still to be paid, oldest first."""
    theirs = OrderPage.objects.filter(customer_id=customer_id).values("order_id")
    unpaid = Invoice.objects.filter(
        order_id__in=theirs, standing__in=[InvoiceStanding.OPEN, InvoiceStanding.OVERDUE]
    ).order_by("due_at", "shipment_id")
    return [
        {
            "reference": invoice.reference,
            "due": invoice.due,
            "due_at": invoice.due_at,
            "standing": invoice.get_standing_display(),
            "url": reverse("orders:order_invoice", args=[invoice.order_id, invoice.shipment_id]),
        }
        for invoice in unpaid
    ]


def failed_emails(customer_id: UUID) -> list[dict[str, Any]]:
    """The latest e-mails to a customer that did not arrive, or of which nobody knows."""
    lost = SentEmail.objects.filter(
        customer_id=customer_id, state__in=[SentEmail.State.REFUSED, SentEmail.State.UNKNOWN]
    ).order_by("-at")[:EMAILS]
    return [
        {
            "reference": reference(each.order_id),
            "state": each.get_state_display(),
            "at": each.at,
            "url": reverse("systems:sent_email", args=[each.key]),
        }
        for each in lost
    ]


def choices(customer_id: UUID, now: Loaded) -> list[Choice]:
    """What can be done with a customer."""
    if isinstance(now.state, Suspended):
        reinstate = ReinstateCustomer(customer_id=customer_id, reason=ANY_REASON)
        return [Choice(_("Reinstate customer"), reverse("orders:reinstate_customer", args=[customer_id]), reinstate)]
    suspend = SuspendCustomer(customer_id=customer_id, reason=ANY_REASON)
    return [Choice(_("Suspend customer"), reverse("orders:suspend_customer", args=[customer_id]), suspend)]


@form_page
@only(*SuspendCustomer.sent_by)
def suspend_customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Why they place no orders for now."""
    now = known(customer_id)
    form = SuspendCustomerForm.asked(request, seen=now.version, customer_id=customer_id)
    does = [
        _("The customer can place no orders until they are reinstated."),
        _("Orders that are open already go on."),
    ]
    rehearsal = SuspendCustomer(customer_id=customer_id, reason=ANY_REASON)
    return standing(request, now, form, rehearsal, _("Suspend customer"), _("The customer is suspended."), does)


@form_page
@only(*ReinstateCustomer.sent_by)
def reinstate_customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Why they may order again."""
    now = known(customer_id)
    form = ReinstateCustomerForm.asked(request, seen=now.version, customer_id=customer_id)
    does = [_("The customer can place orders again.")]
    rehearsal = ReinstateCustomer(customer_id=customer_id, reason=ANY_REASON)
    return standing(request, now, form, rehearsal, _("Reinstate customer"), _("The customer is reinstated."), does)


def known(customer_id: UUID) -> Loaded:
    """A customer as they are now; not there where nobody has registered."""
    now = load(CUSTOMER, f"{CUSTOMER.name}-{customer_id}")
    if isinstance(now.state, Unknown):
        raise Http404
    return now


def standing(
    request: HttpRequest,
    now: Loaded,
    form: StandingForm,
    rehearsal: Command,
    title: str,
    said: str,
    consequences: list[str],
) -> HttpResponse:
    """The page of a task with a customer's standing."""
    row = CustomerPage.objects.filter(customer_id=form.customer_id).first()
    refused = None if request.method == "POST" else rehearse(rehearsal, actor=person(request).actor, loaded=now)
    url = reverse("orders:customer", args=[form.customer_id])
    context = {
        "title": title,
        "customer": row,
        "back": {"title": str(row or ""), "url": url},
        "reason": sentence(refused.sentence, refused.values) if refused else "",
        "consequences": consequences,
        "taken_by": colleague_at(request, "suspended", form.customer_id),
    }
    return perform(request, form, "customer_service/standing.html", context, then=url, said=said)
