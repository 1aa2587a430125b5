"""Customer service: grant a goodwill refund; above a limit it is proposed, and a second person approves it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from orders.domain.money import Money
from orders.domain.payment import GrantGoodwillRefund
from orders.domain.payment.refunding import GOODWILL
from orders.screens.customer_service.forms import GoodwillRefundForm
from orders.screens.order_now import OrderNow
from orders.screens.order_tasks import any_goodwill, order_for, order_task
from orders.screens.task import form_page, person
from orders.templatetags.shop import money


@form_page
def goodwill_refund(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """How much, and what for; then check your answers, which say what it does."""
    now = order_for(request, order_id, GrantGoodwillRefund)
    form = GoodwillRefundForm.asked(request, seen=now.payment.version, now=now, granted_by=person(request).actor.id)
    amount = form.cleaned_data.get("amount") if form.is_bound and form.is_valid() else None
    return order_task(
        request,
        now,
        form,
        "customer_service/goodwill_refund.html",
        title=_("Grant goodwill refund"),
        rehearsal=any_goodwill(now, person(request).actor.id),
        said=_("The refund was proposed. Somebody in finance approves it.")
        if amount and above_limit(amount)
        else _("The refund is on its way."),
        consequences=consequences(now, amount),
        limit=GOODWILL,
        paid=now.payment.state.ledger.received,
        refundable=now.payment.state.ledger.left,
    )


def above_limit(amount: Money) -> bool:
    """Whether a second person has to approve so much."""
    return amount.cents > GOODWILL.cents


def consequences(now: OrderNow, amount: Money | None) -> list[str]:
    """What it does to grant so much; what it can do, while nobody has said how much."""
    limit = {"limit": money(GOODWILL)}
    if amount is None:
        return [
            _("Up to %(limit)s the money goes back at once.") % limit,
            _("Above %(limit)s a second person has to approve it.") % limit,
        ]
    said = {"amount": money(amount)}
    if above_limit(amount):
        return [_("Proposes a refund of %(amount)s. It is paid once somebody in finance has approved it.") % said]
    if now.payment.state.ledger.unpaid():
        return [_("Takes %(amount)s off what is still owed; the rest is paid back.") % said]
    return [_("Refunds %(amount)s to where the money came from.") % said]
