"""Customer: send goods back; customer service asks for it for them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from orders.domain.returns import RequestReturn
from orders.domain.returns.requesting import DAYS
from orders.screens.customer.order_forms import RequestReturnForm
from orders.screens.order_now import OrderNow
from orders.screens.order_tasks import NO_MORE_RETURNS, any_return, order_for, order_task
from orders.screens.task import form_page, person
from orders.screens.words import staff_may_read
from projections.customer_page import CustomerPage


@form_page
def request_return(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Which pieces, and why; and what happens next."""
    now = order_for(request, order_id, RequestReturn)
    form = RequestReturnForm.asked(request, now=now, initial={"return_id": now.next_return})
    return_id = str(form["return_id"].value())
    then = reverse("orders:a_return", args=[return_id]) if return_id in map(str, now.return_ids) else ""
    return order_task(
        request,
        now,
        form,
        "customer/request_return.html",
        title=_("Request a return"),
        rehearsal=any_return(now),
        then=then,
        said=_("The return was requested."),
        consequences=consequences(person(request)),
        days=DAYS,
        **closed(request, now),
    )


def closed(request: HttpRequest, now: OrderNow) -> dict[str, Any]:
    """Why nobody is asked for the return, although the goods could come back."""
    assert now.placed
    open_to_them = request.method == "POST" or not CustomerPage.erased_among([now.placed.customer_id])
    return {} if open_to_them else {"reason": NO_MORE_RETURNS}


def consequences(reader: User) -> list[str]:
    """What it does to request a return, to whoever does it."""
    if staff_may_read(reader):
        return [
            _("It waits to be approved, or rejected; the customer is told."),
            _("Once the goods have arrived and were looked at, the customer gets back what they paid for them."),
        ]
    return [
        _("We look at your request, and tell you whether you can send the goods."),
        _("Once they have arrived and were looked at, you get back what you paid for them."),
    ]
