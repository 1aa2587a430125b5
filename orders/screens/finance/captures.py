"""Finance: a capture that failed is tried once more, or written off."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.domain.roles import FINANCE
from eventstore.dispatch import Loaded
from orders.domain.payment import RetryCapture, WriteOffCapture
from orders.domain.payment.states import Capture
from orders.screens.colleagues import colleague_at
from orders.screens.finance.forms import RetryCaptureForm, WriteOffCaptureForm
from orders.screens.finance.money import ledger_of, ledger_url, money_task, payment_of
from orders.screens.task import form_page, only
from orders.templatetags.shop import money
from projections.shipments import Shipment


def found(shipment_id: UUID) -> tuple[UUID, Loaded, Capture]:
    """The order of a shipment, its payment, and the capture of the shipment's share; 404 where there is none."""
    order_id: UUID = get_object_or_404(Shipment, shipment_id=shipment_id).order_id
    loaded = payment_of(order_id)
    capture = ledger_of(loaded).captures.get(shipment_id)
    if capture is None:
        raise Http404
    return order_id, loaded, capture


@form_page
@only(FINANCE)
def retry_capture(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """The payment provider is asked once more to charge a shipment's share."""
    order_id, loaded, capture = found(shipment_id)
    attempt = capture.attempt + 1
    form = RetryCaptureForm.asked(request, seen=loaded.version, order_id=order_id, about=shipment_id, attempt=attempt)
    return money_task(
        request,
        form,
        "finance/retry_capture.html",
        title=_("Retry capture"),
        probe=RetryCapture(order_id=order_id, shipment_id=shipment_id, attempt=attempt),
        loaded=loaded,
        taken_by=colleague_at(request, "capture", shipment_id),
        back=to_ledger(order_id),
        said=_("The payment provider is asked once more."),
        consequences=[_("Charges %(amount)s to the customer's card.") % {"amount": money(capture.amount)}],
        capture=capture,
        write_off_url=reverse("orders:write_off_capture", args=[shipment_id]),
    )


@form_page
@only(FINANCE)
def write_off_capture(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """Nobody tries any more to charge this."""
    order_id, loaded, capture = found(shipment_id)
    form = WriteOffCaptureForm.asked(request, seen=loaded.version, order_id=order_id, about=shipment_id)
    return money_task(
        request,
        form,
        "finance/write_off_capture.html",
        title=_("Write off capture"),
        probe=WriteOffCapture(order_id=order_id, shipment_id=shipment_id, reason="—"),
        loaded=loaded,
        taken_by=colleague_at(request, "capture", shipment_id),
        back=to_ledger(order_id),
        said=_("The capture is written off."),
        consequences=[_("The shop does not get %(amount)s for what has left.") % {"amount": money(capture.amount)}],
        capture=capture,
    )


def to_ledger(order_id: UUID) -> dict[str, str]:
    """The way back to all of the order's money."""
    return {"title": _("Payment ledger"), "url": ledger_url(order_id)}
