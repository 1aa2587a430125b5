"""Customer: cancel an order, or lines of it; customer service does it for them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from orders.domain.order import CancelOrder, CancelOrderLines
from orders.domain.payment.states import Authorized, OnAccount
from orders.processes.goods import Goods
from orders.screens.customer.order_forms import CancelLinesForm, CancelOrderForm
from orders.screens.order_now import OrderNow
from orders.screens.order_tasks import (
    any_lines,
    cancelling,
    cancelling_lines,
    order_for,
    order_task,
    rather,
    returning,
)
from orders.screens.task import form_page, person
from orders.screens.words import staff_may_read
from orders.templatetags.shop import money
from projections.order_page import OrderPage


@form_page
def cancel_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Why; before it says what becomes of goods and money. Once picking has begun, it can only be asked for."""
    now = order_for(request, order_id, CancelOrder)
    begun = any(parcel.begun for parcel in now.parcels)
    form = CancelOrderForm.asked(request, seen=now.order.version, now=now)
    return order_task(
        request,
        now,
        form,
        "customer/cancel_order.html",
        title=_("Cancel order"),
        rehearsal=cancelling(now).command,
        said=asked_to_stop(person(request)) if begun else _("The order is cancelled."),
        instead=rather(request, now, cancelling_lines(now), returning(now)),
        consequences=list(all_undone(now, person(request))),
    )


def asked_to_stop(reader: User) -> str:
    """What is said once somebody has asked to cancel an order that is being picked."""
    if staff_may_read(reader):
        return _("The warehouse is asked to stop the parcel. The order’s page says whether it could.")
    return _("We try to stop your parcel. The order’s page says whether we could.")


def all_undone(now: OrderNow, reader: User) -> Iterator[str]:
    """What it does to cancel an order, by all that is known of it, to whoever does it."""
    staff = staff_may_read(reader)
    if any(parcel.begun for parcel in now.parcels):
        yield (
            _("Picking has begun: the warehouse is asked to stop. If the parcel leaves first, it can be returned.")
            if staff
            else _("Picking has begun: we ask the warehouse to stop. If the parcel leaves first, you can return it.")
        )
    ledger = now.payment.state.ledger
    captured = [*ledger.captures.values()]
    held = now.payment.state.amount if isinstance(now.payment.state, Authorized) else None
    if ledger.received.cents:
        account = _("the customer’s account") if staff else _("your account")
        where = account if isinstance(now.payment.state, OnAccount) else _("the card")
        yield _("Refunds %(amount)s to %(where)s.") % {"amount": money(ledger.refundable), "where": where}
    elif held and not captured:
        yield _("Gives up the %(amount)s that are set aside on the card: nothing is charged.") % {"amount": money(held)}
    else:
        yield _("Nothing is charged.")
    yield from back_on_shelf(now, None)


def back_on_shelf(now: OrderNow, sku: str | None) -> Iterator[str]:
    """How many pieces others can buy then: those that are set aside, of one product or of all."""
    row = OrderPage.objects.filter(order_id=now.order_id).first()
    lines = [line for line in row.lines if sku in {None, line["sku"]}] if row else []
    count = sum(set_aside(line, now.goods) for line in lines)
    if count > 0:
        said = ngettext("Puts %(count)s item back to stock.", "Puts %(count)s items back to stock.", count)
        yield said % {"count": count}


def set_aside(line: dict[str, Any], goods: Goods) -> int:
    """How many pieces of a line go back: not those that are waited for, nor those that are missed and left out."""
    there: int = line["quantity"] - line["cancelled"] - line["sent"] - max(0, line["waiting"])
    sku, parcels = line["sku"], goods.parcels.values()
    missing = sum(parcel.missing.get(sku, 0) for parcel in parcels if parcel.stage == "picking")
    return there - goods.given_up(sku, missing)


@form_page
def cancel_lines(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Which pieces, and why; the others are sent as before."""
    now = order_for(request, order_id, CancelOrderLines)
    form = CancelLinesForm.asked(request, seen=now.order.version, now=now, initial={"quantity": 1})
    return order_task(
        request,
        now,
        form,
        "customer/cancel_lines.html",
        title=_("Cancel lines"),
        rehearsal=any_lines(now),
        said=_("The lines are cancelled."),
        instead=rather(request, now, cancelling(now), returning(now)),
        consequences=[
            _("Nothing is charged for these pieces; what was paid for them already is refunded."),
            _("The pieces go back to stock; everything else is sent as before."),
            _("If nothing is left of the order, all of it is cancelled."),
        ],
    )
