"""Customer: enter a card. That is done on a page of the payment provider's, from which they come back to the order."""

import re
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from orders.screens.customer.paying import choose
from orders.screens.customer.place_order import steps, unanswered
from orders.screens.task import customers_only, person
from orders.systems.payment_provider.cards import NoAnswer, card_entered, is_connected

PAGE = re.compile(r"cs_\w{1,200}", re.ASCII)
PAYMENT = "orders:place_order_payment"


@require_GET
@customers_only
def enter_card(request: HttpRequest) -> HttpResponse:
    """What happens on the provider's page, and the way there."""
    if "card_page" not in request.session:
        return redirect(PAYMENT)
    return way_there(request)


@require_GET
@customers_only
def card_entered_there(request: HttpRequest) -> HttpResponse:
    """Back from the provider's page: the order goes on with the card that was entered there."""
    page = request.GET.get("page", "")
    if not page:
        return redirect(PAYMENT)
    if not is_connected() or not PAGE.fullmatch(page):
        raise Http404
    try:
        found = card_entered(page)
    except NoAnswer:
        return way_there(request, again=request.get_full_path())
    if found is None or found.customer_id != str(person(request).id):
        raise Http404
    match found.standing:
        case "entered":
            choose(request, found)
            return redirect(unanswered(request, "basket", "place_order") or "orders:place_order_check")
        case "expired":
            messages.warning(request, _("The page for your card has closed, as nobody entered one. Choose once more."))
        case "open":
            messages.warning(request, _("No card has been entered yet. Choose how you want to pay."))
    return redirect(PAYMENT)


def way_there(request: HttpRequest, again: str = "") -> HttpResponse:
    """The page that leads to the provider's; `again` is where to ask once more what came of that, if nobody knows."""
    context = {"steps": steps("place_order_payment"), "address": request.session.get("card_page"), "again": again}
    status = HTTPStatus.SERVICE_UNAVAILABLE if again else HTTPStatus.OK
    return render(request, "orders/enter_card.html", context, status=status)
