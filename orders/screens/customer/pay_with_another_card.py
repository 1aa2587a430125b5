"""Customer: pay with another card. One that they have entered already, or a new one on the provider's page."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from orders.domain.order import reference
from orders.domain.payment import PayWithAnotherCard
from orders.screens.customer import enter_card, paying
from orders.screens.customer.order_forms import PayWithAnotherCardForm
from orders.screens.customer.paying import NEW_CARD, Purpose, kept_cards
from orders.screens.customer.place_order import NO_ANSWER
from orders.screens.order_now import OrderNow
from orders.screens.order_tasks import order_for, order_task, other_card, way_back, why_not
from orders.screens.standing import decline_of, paid_until
from orders.screens.task import form_page
from orders.systems.payment_provider.cards import NoAnswer, is_connected
from orders.templatetags.shop import money

NOT_CONNECTED = gettext_lazy("No card can be entered now: we are connected to no payment provider.")
ENTER = "customer/enter_another_card.html"


def for_order(order_id: UUID) -> Purpose:
    """The pages on which a card is entered for an order that was placed already."""
    return Purpose("pay_with_another_card", "enter_another_card", "another_card_entered", order_id)


@form_page
def pay_with_another_card(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Which card; a new one is entered with the provider first."""
    now, purpose = order_for(request, order_id, PayWithAnotherCard), for_order(order_id)
    rehearsal = other_card(now)
    cards = kept_cards(request) if is_connected() else []
    entered = {"card": cards[-1].name} if cards and request.GET.get("card") == "entered" else {}
    form = PayWithAnotherCardForm.asked(request, seen=now.payment.version, now=now, cards=cards, initial=entered)
    if not form.is_bound:
        paying.ask_anew(request, purpose)
    elif form.is_valid() and form.cleaned_data["card"] == NEW_CARD and is_connected():
        if why_not(request, rehearsal, now):
            return redirect("orders:pay_with_another_card", order_id)
        try:
            paying.open_card_page(request, purpose)
            return redirect("orders:enter_another_card", order_id)
        except NoAnswer:
            form.add_error("card", NO_ANSWER)
    return ask(request, now, form, rehearsal)


def ask(
    request: HttpRequest, now: OrderNow, form: PayWithAnotherCardForm, rehearsal: PayWithAnotherCard
) -> HttpResponse:
    """The page that asks for a card, and says what that does."""
    amount = money(form.amount)
    closed: dict[str, Any] = {} if is_connected() or why_not(request, rehearsal, now) else {"reason": NOT_CONNECTED}
    return order_task(
        request,
        now,
        form,
        "customer/pay_with_another_card.html",
        title=_("Pay with another card"),
        button=_("Pay %(amount)s with this card") % {"amount": amount},
        rehearsal=rehearsal,
        said=_("The other card is asked now. This page says what comes of it."),
        consequences=[
            _("Holds %(amount)s on the card that you choose.") % {"amount": amount},
            _("Nothing is charged before a parcel leaves, and what was cancelled is never charged."),
        ],
        declined=decline_of(now, paid_until(now.order_id)),
        came_without_card=request.GET.get("card") == "none",
        **closed,
    )


@require_safe
def enter_another_card(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What happens on the provider's page, and the way there."""
    return enter_card.way_there(request, for_order(order_id), ENTER, **about(request, order_id))


@require_safe
def another_card_entered(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Back from the provider's page: the card that was entered there is the one to choose."""
    page = about(request, order_id)
    purpose = for_order(order_id)
    chosen = f"{purpose.address(purpose.asks)}?card=entered"
    return enter_card.way_back(request, purpose, lambda _card: redirect(chosen), ENTER, **page)


def about(request: HttpRequest, order_id: UUID) -> dict[str, object]:
    """Which order a card is entered for, which has to be one's own."""
    now = order_for(request, order_id, PayWithAnotherCard)
    asks = for_order(order_id).address("pay_with_another_card")
    return {"reference": reference(order_id), "back": way_back(now), "instead": asks}
