"""Finance: approve or reject a refund, as a second person; transfer it, try a failed one once more, or write it off."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.roles import ADMIN, FINANCE
from eventstore.dispatch import Loaded
from orders.domain.payment import ApproveRefund, RejectRefund, RetryRefund, TransferRefund, WriteOffRefund
from orders.domain.payment.states import Refund as Owed
from orders.domain.reasons import PAID_OTHERWISE
from orders.screens.colleagues import colleague_at
from orders.screens.finance.forms import (
    ApproveRefundForm,
    RejectRefundForm,
    RetryRefundForm,
    TransferRefundForm,
    WriteOffRefundForm,
)
from orders.screens.finance.money import ledger_of, ledger_url, money_task, payment_of
from orders.screens.following import Following
from orders.screens.paging import portion
from orders.screens.task import form_page, only, person
from orders.screens.words import names_for
from orders.templatetags.shop import money
from projections import refunds as read_model
from projections.invoices import Invoice
from projections.refunds import Refund, Standing

for_finance = only(FINANCE)
# Who pays by invoice has given us no card: nothing goes back to them by itself.
BY_BANK = Exists(Invoice.objects.filter(order_id=OuterRef("order_id")))
WAITING = (Standing.PROPOSED, Standing.TO_TRANSFER, Standing.FAILED, Standing.UNANSWERED)


@require_safe
@only(FINANCE, ADMIN)
def refunds(request: HttpRequest) -> HttpResponse:
    """What goes back to customers: what waits for somebody, or of one standing."""
    following = Following(request, read_model.PROJECTION.name)
    chosen = request.GET.get("standing", "")
    found = standing_in(*[Standing(chosen)] if chosen in Standing.values else WAITING)
    page = portion(request, found, "since", "refund_id")
    if following.nothing_new([(row.refund_id, row.standing, row.attempt) for row in page.rows]):
        return HttpResponse(status=204)
    context = {
        "refunds": [{"row": row, "standing": standing(row).label, "url": place(row)} for row in page.rows],
        "standings": [{"value": value, "title": title, "chosen": value == chosen} for value, title in Standing.choices],
        "chosen": chosen if chosen in Standing.values else "",
        "page": page,
        "following": following,
    }
    return render(request, f"finance/{'_refunds' if following.polled else 'refunds'}.html", context)


def standing_in(*standings: Standing) -> QuerySet[Refund]:
    """The refunds of which this can be said; older ones were requested without it being said how they go back."""
    rows = Refund.objects.annotate(by_bank=BY_BANK)
    if Standing.TO_TRANSFER in standings:
        rows = rows.filter(~Q(standing=Standing.REQUESTED) | Q(by_bank=True))
        return rows.filter(standing__in=[*standings, Standing.REQUESTED])
    if Standing.REQUESTED in standings:
        rows = rows.filter(by_bank=False)
    return rows.filter(standing__in=standings)


def standing(row: Refund) -> Standing:
    """What can be said of a refund in the list."""
    said = Standing(row.standing)
    by_bank: bool = getattr(row, "by_bank", False)
    return Standing.TO_TRANSFER if by_bank and said is Standing.REQUESTED else said


def place(row: Refund) -> str:
    """Where something is to be done about a refund; with nothing to do, the ledger of its order."""
    screens = {
        Standing.PROPOSED: "approve_refund",
        Standing.TO_TRANSFER: "transfer_refund",
        Standing.FAILED: "retry_refund",
    }
    name = screens.get(standing(row))
    return reverse(f"orders:{name}", args=[row.refund_id]) if name else ledger_url(row.order_id)


def found(refund_id: UUID) -> tuple[UUID, Loaded, Owed]:
    """The order of a refund, its payment, and the refund in it; 404 where there is none."""
    order_id: UUID = get_object_or_404(Refund, refund_id=refund_id).order_id
    loaded = payment_of(order_id)
    refund = ledger_of(loaded).refunds.get(refund_id)
    if refund is None:
        raise Http404
    return order_id, loaded, refund


@form_page
@for_finance
def approve_refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """A second person agrees to a refund above what one alone may grant."""
    order_id, loaded, refund = found(refund_id)
    by = person(request).actor.id
    form = ApproveRefundForm.asked(request, seen=loaded.version, order_id=order_id, about=refund_id, by=by)
    return money_task(
        request,
        form,
        "finance/approve_refund.html",
        title=_("Approve refund"),
        probe=ApproveRefund(order_id=order_id, refund_id=refund_id, approved_by=by),
        loaded=loaded,
        taken_by=colleague_at(request, "refund", refund_id),
        back=to_refunds(),
        said=_("The refund is approved."),
        consequences=[_("Refunds %(amount)s to the customer.") % {"amount": money(refund.amount)}],
        refund=refund,
        proposed_by=names_for(person(request), [refund.proposed_by]).get(refund.proposed_by, refund.proposed_by),
        reject_url=reverse("orders:reject_refund", args=[refund_id]),
    )


@form_page
@for_finance
def reject_refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """A second person does not agree to a refund, and says why."""
    order_id, loaded, refund = found(refund_id)
    form = RejectRefundForm.asked(request, seen=loaded.version, order_id=order_id, about=refund_id)
    return money_task(
        request,
        form,
        "finance/reject_refund.html",
        title=_("Reject refund"),
        probe=RejectRefund(order_id=order_id, refund_id=refund_id, reason="—"),
        loaded=loaded,
        taken_by=colleague_at(request, "refund", refund_id),
        back=to_refunds(),
        said=_("The refund is rejected."),
        consequences=[_("Nothing is refunded; customer service sees why.")],
        refund=refund,
    )


@form_page
@for_finance
def retry_refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """The payment provider is asked once more to pay back."""
    order_id, loaded, refund = found(refund_id)
    attempt = refund.attempt + 1
    form = RetryRefundForm.asked(request, seen=loaded.version, order_id=order_id, about=refund_id, attempt=attempt)
    return money_task(
        request,
        form,
        "finance/retry_refund.html",
        title=_("Retry refund"),
        probe=RetryRefund(order_id=order_id, refund_id=refund_id, attempt=attempt),
        loaded=loaded,
        taken_by=colleague_at(request, "refund", refund_id),
        back=to_refunds(),
        said=_("The payment provider is asked once more."),
        consequences=[_("Asks the payment provider once more to refund %(amount)s.") % {"amount": money(refund.rest)}],
        refund=refund,
        failure=Refund.objects.values_list("failure", flat=True).get(refund_id=refund_id),
        write_off_url=reverse("orders:write_off_refund", args=[refund_id]),
    )


@form_page
@for_finance
def transfer_refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Whoever has paid by bank gets their money back by bank: it was transferred, under this reference."""
    order_id, loaded, refund = found(refund_id)
    form = TransferRefundForm.asked(request, seen=loaded.version, order_id=order_id, about=refund_id)
    return money_task(
        request,
        form,
        "finance/transfer_refund.html",
        title=_("Transfer refund"),
        probe=TransferRefund(order_id=order_id, refund_id=refund_id, reference="—"),
        loaded=loaded,
        taken_by=colleague_at(request, "refund", refund_id),
        back=to_refunds(),
        said=_("The refund is recorded as paid."),
        consequences=[
            _("You transfer %(amount)s with the bank, and say so here.") % {"amount": money(refund.amount)},
            _("The customer is told that it is on its way."),
        ],
        refund=refund,
        write_off_url=reverse("orders:write_off_refund", args=[refund_id]),
    )


@form_page
@for_finance
def write_off_refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Nobody tries any more to pay this back."""
    order_id, loaded, refund = found(refund_id)
    form = WriteOffRefundForm.asked(request, seen=loaded.version, order_id=order_id, about=refund_id)
    return money_task(
        request,
        form,
        "finance/write_off_refund.html",
        title=_("Write off refund"),
        probe=WriteOffRefund(order_id=order_id, refund_id=refund_id, reason="—"),
        loaded=loaded,
        taken_by=colleague_at(request, "refund", refund_id),
        back=to_refunds(),
        said=_("The refund is written off."),
        consequences=[not_paid_back(form, refund)],
        refund=refund,
    )


def not_paid_back(form: WriteOffRefundForm, refund: Owed) -> str:
    """What it does to write a refund off for this reason; what it can do, while nobody has said why."""
    amount = {"amount": money(refund.rest)}
    if not (form.is_bound and form.is_valid()):
        return _("The customer does not get %(amount)s back, unless it was paid in another way.") % amount
    if form.cleaned_data["reason"] == PAID_OTHERWISE:
        return _("%(amount)s counts as refunded, and is not refunded once more.") % amount
    return _("The customer does not get %(amount)s back.") % amount


def to_refunds() -> dict[str, str]:
    """The way back to the list."""
    return {"title": _("Refunds"), "url": reverse("orders:refunds")}
