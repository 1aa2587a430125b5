"""The money of an order as it stands in the log at this moment, for the tasks that change it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from eventstore.dispatch import Loaded, load
from eventstore.messages import Command
from orders.domain.order import reference
from orders.domain.payment.states import Ledger
from orders.screens.finance.forms import MoneyForm
from orders.screens.open_tasks import why_not
from orders.screens.task import perform
from orders.streams import PAYMENT


def payment_of(order_id: UUID) -> Loaded:
    """The payment of an order, and the version of its stream."""
    return load(PAYMENT, f"{PAYMENT.name}-{order_id}")


def ledger_of(loaded: Loaded) -> Ledger:
    """What came of it so far."""
    ledger: Ledger = loaded.state.ledger
    return ledger


def money_task(
    request: HttpRequest,
    form: MoneyForm,
    template: str,
    *,
    probe: Command,
    loaded: Loaded,
    said: str,
    **context: Any,
) -> HttpResponse:
    """A task with the money of an order; `probe` is its command as it would be sent, to learn whether it can be done.

    Once it is done, the ledger of the order shows it.
    """
    described = {
        "reference": reference(form.order_id),
        "order_url": reverse("orders:order", args=[form.order_id]),
        "reason": "" if form.is_bound else why_not(request, probe, loaded),
        "instead": {"title": _("Payment ledger"), "url": ledger_url(form.order_id)},
        **context,
    }
    return perform(request, form, template, described, then=ledger_url(form.order_id), said=said)


def ledger_url(order_id: UUID) -> str:
    """Where all of an order's money is."""
    return reverse("orders:payment_ledger", args=[order_id])
