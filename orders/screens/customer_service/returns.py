"""Customer service: the returns desk; approve a return, or reject it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from accounts.models import User
from eventstore.dispatch import Loaded, load, rehearse
from eventstore.messages import Command
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.payment import as_far_as_left
from orders.domain.returns import ApproveReturn, RejectReturn, Unrequested
from orders.screens.colleagues import colleague_at
from orders.screens.customer.returns import OF_ERASED
from orders.screens.customer_service.forms import ApproveReturnForm, RejectReturnForm, ReturnForm
from orders.screens.following import Following
from orders.screens.order_details import return_of
from orders.screens.order_tasks import ANY_REASON
from orders.screens.paging import portion
from orders.screens.task import form_page, only, perform, person
from orders.streams import PAYMENT, RETURN
from orders.templatetags.shop import money, sentence
from projections import returns_desk
from projections.customer_page import CustomerPage
from projections.returns_desk import Return, Stage

ALL = "all"
STAGES = [*Stage.choices, (ALL, gettext_lazy("All"))]


@require_safe
@only(CUSTOMER_SERVICE, WAREHOUSE, FINANCE)
def returns_desk_list(request: HttpRequest) -> HttpResponse:
    """Returns of one stage, oldest first, to begin with those that this person waits for; or those of an order."""
    following = Following(request, returns_desk.PROJECTION.name)
    first = Stage.REQUESTED if CUSTOMER_SERVICE in person(request).roles else Stage.APPROVED
    number = request.GET.get("number", "").replace("\0", "").strip().upper()[:20]
    asked = request.GET.get("stage", ALL if number else first)
    chosen = asked if asked in dict(STAGES) else first
    rows = Return.objects.all() if chosen == ALL else Return.objects.filter(stage=chosen)
    rows = rows.filter(reference__startswith=number) if number else rows
    found, more, _first = portion(request, rows, "requested_at", "return_id")
    context = {
        "returns": listed(found, person(request)),
        "more": more,
        "number": number,
        "stage": chosen,
        "kinds": [{"name": name, "url": f"?stage={stage}", "chosen": stage == chosen} for stage, name in STAGES],
        "as_of": following.as_of,
        "updating": following.updating,
    }
    return render(request, "customer_service/returns_desk.html", context)


def listed(rows: list[Return], reader: User) -> list[dict[str, Any]]:
    """Returns as the desk lists them, with whose customer was erased."""
    erased = CustomerPage.erased_among(row.customer_id for row in rows)
    return [return_of(row, reader) | {"erased": row.customer_id in erased} for row in rows]


@form_page
@only(*ApproveReturn.sent_by)
def approve_return(request: HttpRequest, return_id: UUID) -> HttpResponse:
    """The goods may come; the page says what is to come back, why, and what it will cost us."""
    now = known(return_id)
    form = ApproveReturnForm.asked(request, seen=now.version, return_id=return_id)
    row = Return.objects.filter(return_id=return_id).first()
    does = [
        str(OF_ERASED[Stage.APPROVED]) if is_of_erased(row) else _("The customer can send the goods within 21 days."),
        *([what_goes_back(worth(row), row.order_id)] if row else []),
    ]
    other = {"title": _("Reject return"), "url": reverse("orders:reject_return", args=[return_id])}
    context = {"title": _("Approve return"), "consequences": does, "other": other}
    return page(request, now, form, ApproveReturn(return_id=return_id), context, _("The return is approved."))


@form_page
@only(*RejectReturn.sent_by)
def reject_return(request: HttpRequest, return_id: UUID) -> HttpResponse:
    """Why the goods stay where they are."""
    now = known(return_id)
    form = RejectReturnForm.asked(request, seen=now.version, return_id=return_id)
    does = [_("The customer keeps the goods, and nothing is refunded. They can request another return.")]
    if is_of_erased(Return.objects.filter(return_id=return_id).first()):
        does = [_("The customer was erased and cannot be told. They keep the goods, and nothing is refunded.")]
        form.fields["reason"].help_text = _("Only those who work here read it.")
    other = {"title": _("Approve return"), "url": reverse("orders:approve_return", args=[return_id])}
    context = {"title": _("Reject return"), "consequences": does, "other": other}
    rehearsal = RejectReturn(return_id=return_id, reason=ANY_REASON)
    return page(request, now, form, rehearsal, context, _("The return is rejected."))


def is_of_erased(row: Return | None) -> bool:
    """Whether the customer of a return was erased."""
    return row is not None and bool(CustomerPage.erased_among([row.customer_id]))


def known(return_id: UUID) -> Loaded:
    """A return as it is now; not there where nobody has requested it."""
    now = load(RETURN, f"{RETURN.name}-{return_id}")
    if isinstance(now.state, Unrequested):
        raise Http404
    return now


def page(
    request: HttpRequest, now: Loaded, form: ReturnForm, rehearsal: Command, context: dict[str, Any], said: str
) -> HttpResponse:
    """The page of a task with a return."""
    refused = None if request.method == "POST" else rehearse(rehearsal, actor=person(request).actor, loaded=now)
    url = reverse("orders:a_return", args=[form.return_id])
    row = Return.objects.filter(return_id=form.return_id).first()
    number = reference(now.state.order_id)
    more = {
        "goods": row and return_of(row, person(request)),
        "reference": number,
        "order_url": reverse("orders:order", args=[now.state.order_id]),
        "back": {"title": _("the return of order %(reference)s") % {"reference": number}, "url": url},
        "reason": sentence(refused.sentence, refused.values) if refused else "",
        "taken_by": colleague_at(request, "return", form.return_id),
    }
    return perform(request, form, "customer_service/decide_return.html", context | more, then=url, said=said)


def worth(row: Return) -> Money:
    """What the customer paid for the goods that come back."""
    return Money(cents=sum(line["price"]["cents"] * line["quantity"] for line in row.lines), currency=row.currency)


def what_goes_back(amount: Money, order_id: UUID) -> str:
    """What a return costs us, which is less than the goods are worth where something went back before."""
    if not amount.cents:
        return _("Nothing goes back to the customer, as they have not paid for the goods.")
    left = as_far_as_left(amount, load(PAYMENT, f"{PAYMENT.name}-{order_id}").state.ledger)
    said = {"amount": money(amount), "left": money(left)}
    if left == amount:
        return _("Once the goods were inspected, %(amount)s goes back to the customer.") % said
    if left.cents:
        promise = _(
            "The goods are worth %(amount)s. Once they were inspected, only %(left)s goes back to the customer, as "
            "the rest went back before."
        )
        return promise % said
    return _("The goods are worth %(amount)s. Nothing goes back to the customer, as all of it went back before.") % said
