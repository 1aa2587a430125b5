"""Customer: send goods back; customer service asks for it for them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from orders.domain.returns import RequestReturn
from orders.domain.returns.requesting import DAYS
from orders.screens.catalogue import is_erased
from orders.screens.customer.order_forms import RequestReturnForm
from orders.screens.order_tasks import any_return, order_for, order_task
from orders.screens.task import form_page, person
from orders.screens.words import staff_may_read


@form_page
def request_return(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Which pieces, and why; and what happens next."""
    now = order_for(request, order_id, RequestReturn)
    assert now.placed
    erased = is_erased(now.placed.customer_id)
    form = RequestReturnForm.asked(request, now=now, erased=erased, initial={"return_id": now.next_return})
    return_id = str(form["return_id"].value())
    then = reverse("orders:a_return", args=[return_id]) if return_id in map(str, now.return_ids) else ""
    return order_task(
        request,
        now,
        form,
        "customer/request_return.html",
        title=_("Request a return"),
        rehearsal=any_return(now, erased=erased),
        then=then,
        said=_("The return was requested."),
        consequences=consequences(person(request)),
        days=DAYS,
    )


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
