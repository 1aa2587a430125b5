"""Customer: an invoice, as a page and on paper; finance sees it as well."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from orders.domain.money import Money
from orders.screens.customer.change_delivery_address import address_of
from orders.screens.order import ask_to_see
from orders.screens.order_details import country
from orders.screens.order_now import order_now
from orders.screens.order_tasks import way_back
from projections.invoices import Invoice


@require_safe
def order_invoice(request: HttpRequest, order_id: UUID, shipment_id: UUID) -> HttpResponse:
    """The invoice for a shipment of an order on account: what was sent, what it costs, when it is to be paid."""
    now = order_now(order_id)
    if now.placed is None:
        raise Http404
    ask_to_see(request, now.placed.customer_id)
    invoice = get_object_or_404(Invoice, shipment_id=shipment_id, order_id=order_id)
    parcel = now.goods.parcels.get(shipment_id)
    lines = [(now.goods.lines[sku], quantity) for sku, quantity in (parcel.pieces if parcel else {}).items()]
    address = address_of(now)
    amount = Money(cents=invoice.cents, currency=invoice.currency)
    context = {
        "invoice": invoice,
        "amount": amount,
        "settled": Money(cents=invoice.cents - invoice.left, currency=invoice.currency),
        "lines": [
            {
                "name": line.name,
                "sku": line.sku,
                "quantity": quantity,
                "price": line.price,
                "subtotal": line.price * quantity,
            }
            for line, quantity in lines
        ],
        "address": address,
        "country": country(address.country) if address else "",
        "back": way_back(now),
        "sender": settings.SHOP_ADDRESS,
        "account": settings.SHOP_BANK_ACCOUNT,
    }
    return render(request, "customer/invoice.html", context)
