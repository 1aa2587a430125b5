"""Finance: chase invoices that are overdue; record what the bank says was paid; write an invoice off.

An invoice has the id of the shipment that it is for.
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.roles import ADMIN, CUSTOMER_SERVICE, FINANCE
from eventstore.dispatch import Loaded
from orders.domain.money import Money
from orders.domain.payment import RecordInvoicePayment, WriteOffInvoice
from orders.domain.payment.states import Invoice as Due
from orders.screens.colleagues import colleague_at
from orders.screens.finance.forms import RecordBankTransferForm, WriteOffInvoiceForm
from orders.screens.finance.money import ledger_of, ledger_url, money_task, payment_of
from orders.screens.following import Following
from orders.screens.open_tasks import Choice, open_tasks
from orders.screens.paging import portion
from orders.screens.task import form_page, only
from orders.templatetags.shop import money
from projections import invoices as read_model
from projections.invoices import Invoice, Standing

TO_BE_PAID = (Standing.OVERDUE, Standing.OPEN)


@require_safe
@only(FINANCE, ADMIN)
def invoices(request: HttpRequest) -> HttpResponse:
    """Invoices: those that are to be paid, or of one standing; what is due first comes first."""
    following = Following(request, read_model.PROJECTION.name)
    chosen = request.GET.get("standing", "")
    found = Invoice.objects.filter(standing__in=[chosen] if chosen in Standing.values else TO_BE_PAID)
    page = portion(request, found, "due_at", "shipment_id")
    if following.nothing_new([(row.shipment_id, row.standing, row.left) for row in page.rows]):
        return HttpResponse(status=204)
    context = {
        "standings": [{"value": value, "title": title, "chosen": value == chosen} for value, title in Standing.choices],
        "chosen": chosen if chosen in Standing.values else "",
        "page": page,
        "following": following,
    }
    return render(request, f"finance/{'_invoices' if following.polled else 'invoices'}.html", context)


@require_safe
@only(FINANCE, CUSTOMER_SERVICE, ADMIN)
def invoice(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """An invoice, and what can be done about it."""
    order_id, _loaded, due = found(invoice_id)
    row = Invoice.objects.get(shipment_id=invoice_id)
    context = {
        "invoice": row,
        "due": due,
        "credited": row.amount - due.paid - due.left,
        "overdue": due.standing == "overdue",
        "ledger_url": ledger_url(order_id),
        "taken_by": colleague_at(request, "invoice", invoice_id),
        "tasks": open_tasks(request, choices(order_id, invoice_id)),
    }
    return render(request, "finance/invoice.html", context)


def choices(order_id: UUID, invoice_id: UUID) -> list[Choice]:
    """The tasks that there are with an invoice."""
    transfer = any_transfer(order_id, invoice_id)
    loss = WriteOffInvoice(order_id=order_id, shipment_id=invoice_id, reason="—")
    return [
        Choice(_("Record bank transfer"), reverse("orders:record_bank_transfer", args=[invoice_id]), transfer),
        Choice(_("Write off invoice"), reverse("orders:write_off_invoice", args=[invoice_id]), loss),
    ]


def any_transfer(order_id: UUID, invoice_id: UUID) -> RecordInvoicePayment:
    """Some money, to learn whether any can be recorded: also where nothing is owed, as then it goes back."""
    return RecordInvoicePayment(order_id=order_id, shipment_id=invoice_id, amount=Money(cents=1), transfer="—")


def found(invoice_id: UUID) -> tuple[UUID, Loaded, Due]:
    """The order of an invoice, its payment, and the invoice in it; 404 where there is none."""
    order_id: UUID = get_object_or_404(Invoice, shipment_id=invoice_id).order_id
    loaded = payment_of(order_id)
    due = ledger_of(loaded).invoices.get(invoice_id)
    if due is None:
        raise Http404
    return order_id, loaded, due


@form_page
@only(FINANCE)
def record_bank_transfer(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """What the bank says was paid on an invoice."""
    order_id, loaded, due = found(invoice_id)
    expected = {"amount": due.left} if due.left.cents else {}
    form = RecordBankTransferForm.asked(
        request, seen=loaded.version, order_id=order_id, about=invoice_id, initial=expected
    )
    return money_task(
        request,
        form,
        "finance/record_bank_transfer.html",
        title=_("Record bank transfer"),
        probe=any_transfer(order_id, invoice_id),
        loaded=loaded,
        taken_by=colleague_at(request, "invoice", invoice_id),
        back=to_invoice(invoice_id),
        said=_("The transfer is recorded."),
        consequences=consequences(due, others=[key for key, _due in ledger_of(loaded).unpaid() if key != invoice_id]),
        due=due,
    )


def consequences(due: Due, others: list[UUID]) -> list[str]:
    """What it does to record a transfer; where nothing is owed, all of it is too much, and is for `others` first."""
    more = (
        _("%(left)s is owed. What is more than that pays the other invoices of the order, and the rest goes back.")
        if others
        else _("%(left)s is owed. What is more than that goes back to the customer.")
    ) % {"left": money(due.left)}
    if not due.left.cents:
        return [more]
    return [_("Takes the amount off what is owed. Once all of it is paid, nobody is reminded any more."), more]


@form_page
@only(FINANCE)
def write_off_invoice(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """Nobody waits any more for an invoice to be paid."""
    order_id, loaded, due = found(invoice_id)
    form = WriteOffInvoiceForm.asked(request, seen=loaded.version, order_id=order_id, about=invoice_id)
    return money_task(
        request,
        form,
        "finance/write_off_invoice.html",
        title=_("Write off invoice"),
        probe=WriteOffInvoice(order_id=order_id, shipment_id=invoice_id, reason="—"),
        loaded=loaded,
        taken_by=colleague_at(request, "invoice", invoice_id),
        back=to_invoice(invoice_id),
        said=_("The invoice is written off."),
        consequences=[
            _("The shop does not get %(amount)s.") % {"amount": money(due.left)},
            _("The customer is not reminded any more."),
        ],
        due=due,
    )


def to_invoice(invoice_id: UUID) -> dict[str, str]:
    """The way back to the invoice."""
    return {"title": _("Invoice"), "url": reverse("orders:invoice", args=[invoice_id])}
