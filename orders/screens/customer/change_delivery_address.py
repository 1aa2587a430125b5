"""Customer: change where an order goes; customer service does it for them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec.structs import asdict

from orders.domain.order import Address, ChangeDeliveryAddress, DeliveryAddressChanged, OrderPlaced
from orders.screens.customer.order_forms import ChangeDeliveryAddressForm
from orders.screens.order_now import OrderNow
from orders.screens.order_tasks import SOMEWHERE, order_for, order_task
from orders.screens.task import form_page


@form_page
def change_delivery_address(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Where else; the address as it is now stands in the form."""
    now = order_for(request, order_id, ChangeDeliveryAddress)
    address = address_of(now)
    initial = asdict(address) if address else {}
    form = ChangeDeliveryAddressForm.asked(request, seen=now.order.version, now=now, initial=initial)
    planned = sum(not parcel.closed for parcel in now.parcels)
    all_go = ngettext("%(count)s parcel goes there.", "%(count)s parcels go there.", planned) % {"count": planned}
    return order_task(
        request,
        now,
        form,
        "customer/change_delivery_address.html",
        title=_("Change delivery address"),
        rehearsal=ChangeDeliveryAddress(order_id=order_id, delivery_address=SOMEWHERE, parcels=now.parcels),
        said=_("The parcels go to the new address."),
        consequences=[all_go if planned else _("All parcels of this order go there.")],
    )


def address_of(now: OrderNow) -> Address | None:
    """Where the order goes so far; None once the customer was erased."""
    address = None
    for fact in now.facts:
        if isinstance(fact.event, OrderPlaced | DeliveryAddressChanged):
            address = fact.event.delivery_address
    return address
