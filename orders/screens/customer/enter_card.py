"""Customer: enter a card. That is done on a page of the payment provider's, from which they come back to us."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.screens.customer.paying import ORDERING, WITH_CARD, Purpose, keep
from orders.screens.customer.place_order import steps, unanswered
from orders.screens.task import customers_only, person
from orders.systems.payment_provider.cards import NoAnswer, SavedCard, card_entered, is_connected

PAGE = re.compile(r"cs_\w{1,200}", re.ASCII)


@require_safe
@customers_only
def enter_card(request: HttpRequest) -> HttpResponse:
    """What happens on the provider's page, and the way there."""
    return way_there(request, ORDERING, "orders/enter_card.html", steps=steps("place_order_payment"))


@require_safe
@customers_only
def card_entered_there(request: HttpRequest) -> HttpResponse:
    """Back from the provider's page: the order goes on with the card that was entered there."""

    def go_on(card: SavedCard) -> HttpResponse:
        request.session["payment"] = f"{WITH_CARD}{card.name}"
        return redirect(unanswered(request, "basket", "place_order") or "orders:place_order_check")

    return way_back(request, ORDERING, go_on, "orders/enter_card.html", steps=steps("place_order_payment"))


def way_there(request: HttpRequest, purpose: Purpose, template: str, **page: Any) -> HttpResponse:
    """The page that leads to the provider's, where one was opened."""
    address = request.session.get(purpose.passing("card_page"))
    if address is None:
        return redirect(purpose.address(purpose.asks))
    return render(request, template, {**page, "address": address})


def way_back(
    request: HttpRequest, purpose: Purpose, go_on: Callable[[SavedCard], HttpResponse], template: str, **page: Any
) -> HttpResponse:
    """What comes of the provider's page: it goes on with the card; or nobody knows yet, and can ask `again`."""
    asks = redirect(purpose.address(purpose.asks))
    name = request.GET.get("page", "")
    if not name:
        return asks
    if not is_connected() or not PAGE.fullmatch(name):
        raise Http404
    try:
        found = card_entered(name)
    except NoAnswer:
        return render(
            request, template, {**page, "again": request.get_full_path()}, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    if found is None or found.customer_id != str(person(request).id):
        raise Http404
    match found.standing:
        case "entered":
            return go_on(keep(request, found, purpose))
        case "expired":
            messages.warning(request, _("The page for your card has closed, as nobody entered one. Choose once more."))
        case "open":
            messages.warning(request, _("No card has been entered yet. Choose how you want to pay."))
    return asks
