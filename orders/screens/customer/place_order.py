"""Customer: place an order. What, where to, how to pay, check your answers, done."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from msgspec.structs import asdict
from uuid_utils.compat import uuid7

from accounts.domain.customer import AddDeliveryAddress
from accounts.models import User
from eventstore import log
from eventstore.dispatch import dispatch
from eventstore.messages import Refused
from orders.domain.money import total
from orders.domain.order import (
    PLACED_ALREADY,
    PRICE_CHANGED,
    Address,
    Line,
    Offer,
    OrderPlaced,
    changed_prices,
    reference,
)
from orders.screens import catalogue
from orders.screens.customer import basket, paying
from orders.screens.customer.forms import (
    IF_SHORT,
    NEW_ADDRESS,
    Answers,
    DeliveryForm,
    PaymentForm,
    PlaceOrderForm,
)
from orders.screens.customer.may_order import why_not
from orders.screens.customer.paying import in_words, payment_of, ways_to_pay
from orders.screens.order_details import country
from orders.screens.task import customers_only, errors_of, form_page, person, send_alone
from orders.streams import ORDER
from orders.systems.payment_provider.cards import NoAnswer
from orders.templatetags.shop import sentence
from projections.customer_page import CustomerPage
from projections.products import Product

NO_ANSWER = gettext_lazy("The payment provider does not answer now. Try again in a minute, or pay in another way.")


def steps(now: str) -> list[dict[str, str]]:
    """The steps of the task: which are done, which is now, and which come after."""
    titles = {
        "basket": _("Basket"),
        "place_order": _("Where to"),
        "place_order_payment": _("How to pay"),
        "place_order_check": _("Check and order"),
    }
    names = list(titles)
    state = dict.fromkeys(names[: names.index(now)], "done") | {now: "now"}
    return [
        {"title": title, "state": state.get(name, "todo"), "url": reverse(f"orders:{name}")}
        for name, title in titles.items()
    ]


def unanswered(request: HttpRequest, *questions: str) -> str | None:
    """The first of these steps that still waits for an answer."""
    answered = {
        "basket": bool(basket.content(request)),
        "place_order": "delivery" in request.session,
        "place_order_payment": paying.is_answered(request),
    }
    return next((f"orders:{question}" for question in questions if not answered[question]), None)


@form_page
@customers_only
def delivery(request: HttpRequest) -> HttpResponse:
    """Where to."""
    if first := unanswered(request, "basket"):
        return redirect(first)
    addresses = kept_addresses(person(request).id)
    form = DeliveryForm(
        request.POST if request.method == "POST" else None, addresses=addresses, initial=so_far(request, addresses)
    )
    if form.is_valid() and keep_address(request, form):
        request.session["delivery"] = asdict(form.address)
        request.session["if_short"] = form.cleaned_data["if_short"]
        return redirect(unanswered(request, "place_order_payment") or "orders:place_order_check")
    return ask(request, "orders/place_order_delivery.html", "place_order", form)


def kept_addresses(customer_id: UUID) -> dict[str, Address]:
    """The addresses that a customer keeps with us, each by its id."""
    row = CustomerPage.objects.filter(customer_id=customer_id).first()
    kept = row.addresses if row else []
    return {each["address_id"]: Address(**each["address"]) for each in kept if each["address"]}


def so_far(request: HttpRequest, addresses: Mapping[str, Address]) -> dict[str, Any]:
    """What was answered before; for the first time, what is most likely."""
    given = request.session.get("delivery")
    typed = given or {"recipient": person(request).name, "country": "DE"}
    chosen = next((key for key, address in addresses.items() if not given or asdict(address) == given), NEW_ADDRESS)
    return {**typed, "kept": chosen, "if_short": request.session.get("if_short", "wait")}


def keep_address(request: HttpRequest, form: DeliveryForm) -> bool:
    """Keep a new address with us, where the customer wants that; False where it can't be, which the form says."""
    if not form.cleaned_data["keep"] or form.address in form.addresses.values():
        return True
    customer_id = person(request).id
    address_id = uuid5(customer_id, msgspec.json.encode(form.address).decode())
    command = AddDeliveryAddress(customer_id=customer_id, address_id=address_id, address=form.address)
    try:
        dispatch(command, actor=person(request).actor, command_id=uuid7())
    except Refused as refused:
        form.add_error("keep", sentence(refused.sentence, refused.values))
        return False
    return True


@form_page
@customers_only
def payment(request: HttpRequest) -> HttpResponse:
    """How to pay."""
    if first := unanswered(request, "basket", "place_order"):
        return redirect(first)
    ways, initial = ways_to_pay(request), {"payment_terms": request.session.get("payment")}
    form = PaymentForm(request.POST if request.method == "POST" else None, ways=ways, initial=initial)
    if not form.is_bound:
        paying.ask_anew(request, paying.ORDERING)
    if not form.is_valid():
        return ask(request, "orders/place_order_payment.html", "place_order_payment", form)
    if form.cleaned_data["payment_terms"] != paying.NEW_CARD:
        request.session["payment"] = form.cleaned_data["payment_terms"]
        return redirect("orders:place_order_check")
    try:
        paying.open_card_page(request, paying.ORDERING)
    except NoAnswer:
        form.add_error("payment_terms", NO_ANSWER)
        return ask(request, "orders/place_order_payment.html", "place_order_payment", form, wrong=503)
    return redirect("orders:enter_card")


def ask(
    request: HttpRequest, template: str, step: str, form: DeliveryForm | PaymentForm, wrong: int = 422
) -> HttpResponse:
    """A page that asks one question; with another status when the answer was not understood, or leads nowhere."""
    context = {"form": form, "steps": steps(step), "came_without_card": request.GET.get("card") == "none"}
    context |= why_not(request)
    return render(request, template, context, status=wrong if form.errors else 200)


@form_page
@customers_only
def check(request: HttpRequest) -> HttpResponse:
    """Check your answers. What is ordered is what this page showed, at the prices it showed."""
    form = None
    if request.method == "POST":
        form = PlaceOrderForm(request.POST, customer_id=person(request).id)
        if answer := send_alone(form, request):
            said: Answers = form.cleaned_data["answers"]
            basket.ordered(request, said.order_id, {line.sku: line.quantity for line in said.lines})
            return redirect(f"{reverse('orders:order_placed', args=[said.order_id])}?after={answer.position}")
        if "answers" in form.cleaned_data:
            if form.has_error(NON_FIELD_ERRORS, PLACED_ALREADY):
                let_go_of(request, form.cleaned_data["answers"].order_id)
            return check_page(request, form.cleaned_data["answers"], form)
    if first := unanswered(request, "basket", "place_order", "place_order_payment"):
        return redirect(first)
    return check_page(request, answers_so_far(request), form)


def let_go_of(request: HttpRequest, order_id: UUID) -> None:
    """What was placed is in the basket no longer, where the session missed that, as one that was saved elsewhere."""
    if placed := placed_by(person(request), order_id):
        basket.ordered(request, order_id, {line.sku: line.quantity for line in placed.lines})


def answers_so_far(request: HttpRequest) -> Answers:
    """All answers that were given, and the prices of the basket."""
    found = Product.objects.in_bulk(list(basket.content(request)))
    paid = payment_of(request.session["payment"])
    return Answers(
        order_id=basket.checkout(request),
        lines=tuple(
            Line(sku=sku, quantity=quantity, shown=found[sku].price)
            for sku, quantity in basket.content(request).items()
            if sku in found
        ),
        delivery_address=Address(**request.session["delivery"]),
        payment_terms=paid.terms,
        card=paid.card,
        if_short=request.session.get("if_short", "wait"),
    )


def check_page(request: HttpRequest, answers: Answers, form: PlaceOrderForm | None) -> HttpResponse:
    """The answers as they stand, at today's prices; prices that are others than were shown are asked about again."""
    offers = {offer.sku: offer for offer in catalogue.offers(line.sku for line in answers.lines)}
    changes = changed_prices(answers.lines, offers.values())
    now = {line.sku: price for line, price in changes}
    asked = [msgspec.structs.replace(line, shown=now.get(line.sku, line.shown)) for line in answers.lines]
    told = form is not None and form.has_error(NON_FIELD_ERRORS, PRICE_CHANGED) and bool(changes)
    placed = form is not None and form.has_error(NON_FIELD_ERRORS, PLACED_ALREADY)
    address = answers.delivery_address
    context = {
        "steps": steps("place_order_check"),
        "form": PlaceOrderForm.asking(person(request).id, msgspec.structs.replace(answers, lines=tuple(asked))),
        "lines": shown(asked, offers),
        "total": total(line.shown * line.quantity for line in asked),
        "address": msgspec.to_builtins(address) | {"country": country(address.country)},
        "payment_terms": in_words(request, answers.payment_terms, answers.card),
        "if_short": dict(IF_SHORT)[answers.if_short],
        "price_changes": [
            {"name": offers[line.sku].name, "shown": line.shown, "now": price} for line, price in changes
        ],
        "placed_url": order_address(request, answers.order_id) if placed else "",
        "refusal": "" if told else " ".join(errors_of(form)),
    } | why_not(request)
    return render(request, "orders/place_order_check.html", context, status=422 if form else 200)


def shown(lines: Sequence[Line], offers: dict[str, Offer]) -> list[dict[str, Any]]:
    """The lines of an order as its page shows them."""
    here = dict(Product.objects.filter(sku__in=[line.sku for line in lines]).values_list("sku", "available"))
    return [
        {
            "name": offers[line.sku].name if line.sku in offers else line.sku,
            "sku": line.sku,
            "quantity": line.quantity,
            "price": line.shown,
            "subtotal": line.shown * line.quantity,
            "fate": out_of_stock(line.quantity - max(here.get(line.sku, 0), 0)),
        }
        for line in lines
    ]


def out_of_stock(pieces: int) -> list[str]:
    """What is said of a line of which so many pieces are not there."""
    text = ngettext(
        "%(count)d piece is out of stock. We send it when it is back.",
        "%(count)d pieces are out of stock. We send them when they are back.",
        pieces,
    )
    return [text % {"count": pieces}] if pieces > 0 else []


@require_safe
def order_placed(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The reference, and what happens next."""
    placed = placed_by(person(request), order_id)
    if placed is None:
        raise Http404
    context = {"reference": reference(order_id), "url": order_address(request, order_id), "placed": placed}
    return render(request, "orders/order_placed.html", context)


def placed_by(customer: User, order_id: UUID) -> OrderPlaced | None:
    """How somebody's own order was placed."""
    first = next(log.read_stream(f"{ORDER.name}-{order_id}", until=1), None)
    placed = first.event if first else None
    return placed if isinstance(placed, OrderPlaced) and placed.customer_id == customer.id else None


def order_address(request: HttpRequest, order_id: UUID) -> str:
    """The order's page, told what it has to show."""
    address = reverse("orders:order", args=[order_id])
    after = request.GET.get("after", "")
    return f"{address}?after={after}" if after.isdecimal() else address
