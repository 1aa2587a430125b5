"""Customer: place an order. What, where to, how to pay, check your answers, done."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from eventstore.dispatch import load
from orders.domain.money import total
from orders.domain.order import Address, Line, Unplaced, reference
from orders.screens import basket, catalogue
from orders.screens.following import country
from orders.screens.forms import PAYMENT_TERMS, Answers, DeliveryForm, PaymentForm, PlaceOrderForm
from orders.screens.task import person, send
from orders.streams import ORDER
from projections.products import Product

form_page = require_http_methods(["GET", "HEAD", "POST"])


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


@form_page
def delivery(request: HttpRequest) -> HttpResponse:
    """Where to."""
    if not basket.content(request):
        return redirect("orders:basket")
    known = request.session.get("delivery") or {"recipient": person(request).name, "country": "DE"}
    form = DeliveryForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        request.session["delivery"] = form.cleaned_data
        return redirect("orders:place_order_check" if "payment" in request.session else "orders:place_order_payment")
    return ask(request, "orders/place_order_delivery.html", "place_order", form)


@form_page
def payment(request: HttpRequest) -> HttpResponse:
    """How to pay."""
    if "delivery" not in request.session:
        return redirect("orders:place_order")
    form = PaymentForm(request.POST or None, initial={"payment_terms": request.session.get("payment")})
    if request.method == "POST" and form.is_valid():
        request.session["payment"] = form.cleaned_data["payment_terms"]
        return redirect("orders:place_order_check")
    return ask(request, "orders/place_order_payment.html", "place_order_payment", form)


def ask(request: HttpRequest, template: str, step: str, form: DeliveryForm | PaymentForm) -> HttpResponse:
    """A page that asks one question; with 422 when the answer was not understood."""
    context = {"form": form, "steps": steps(step)}
    return render(request, template, context, status=422 if form.errors else 200)


@form_page
def check(request: HttpRequest) -> HttpResponse:
    """Check your answers. What is ordered is what this page showed, at the prices it showed."""
    customer_id = person(request).id
    if request.method == "POST":
        form = PlaceOrderForm(request.POST, customer_id=customer_id)
        answer = send(form, request)
        if answer is not None:
            order_id = form.cleaned_data["order_id"]
            basket.ordered(request, order_id)
            return redirect(f"{reverse('orders:order_placed', args=[order_id])}?after={answer.position}")
        if "answers" not in form.cleaned_data:
            raise Http404
        return check_page(request, form.cleaned_data["answers"], form)
    if not basket.content(request):
        return redirect("orders:basket")
    if "delivery" not in request.session:
        return redirect("orders:place_order")
    if "payment" not in request.session:
        return redirect("orders:place_order_payment")
    found = Product.objects.in_bulk(list(basket.content(request)))
    answers = Answers(
        lines=tuple(
            Line(sku=sku, quantity=quantity, shown=found[sku].price)
            for sku, quantity in basket.content(request).items()
            if sku in found
        ),
        delivery_address=Address(**request.session["delivery"]),
        payment_terms=request.session["payment"],
    )
    return check_page(request, answers, None)


def check_page(request: HttpRequest, answers: Answers, refused: PlaceOrderForm | None) -> HttpResponse:
    """The answers as they stand, at today's prices; prices that are others than were shown are asked about again."""
    offers = {offer.sku: offer for offer in catalogue.offers(line.sku for line in answers.lines)}
    today = {sku: offer.price for sku, offer in offers.items() if offer.price}
    asked = Answers(
        lines=tuple(
            Line(sku=line.sku, quantity=line.quantity, shown=today.get(line.sku, line.shown)) for line in answers.lines
        ),
        delivery_address=answers.delivery_address,
        payment_terms=answers.payment_terms,
    )
    changes = [
        {"name": offers[line.sku].name, "shown": line.shown, "now": today[line.sku]}
        for line in answers.lines
        if line.sku in today and today[line.sku] != line.shown
    ]
    order_id = basket.checkout(request)
    context: dict[str, Any] = {
        "steps": steps("place_order_check"),
        "form": PlaceOrderForm.asking(person(request).id, order_id, asked),
        "lines": [
            {
                "name": offers[line.sku].name if line.sku in offers else line.sku,
                "sku": line.sku,
                "quantity": line.quantity,
                "price": line.shown,
                "subtotal": line.shown * line.quantity,
            }
            for line in asked.lines
        ],
        "total": total(line.shown * line.quantity for line in asked.lines),
        "address": msgspec.to_builtins(asked.delivery_address) | {"country": country(asked.delivery_address.country)},
        "payment_terms": dict(PAYMENT_TERMS)[asked.payment_terms],
        "price_changes": changes,
        "refusal": refused.non_field_errors() if refused and not changes else None,
    }
    return render(request, "orders/place_order_check.html", context, status=409 if refused else 200)


@require_GET
def order_placed(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The reference, and what happens next."""
    order = load(ORDER, f"{ORDER.name}-{order_id}").state
    if isinstance(order, Unplaced) or order.customer_id != person(request).id:
        raise Http404
    context = {"reference": reference(order_id), "url": order_address(request, order_id)}
    return render(request, "orders/order_placed.html", context)


def order_address(request: HttpRequest, order_id: UUID) -> str:
    """The order's page, told what it has to show."""
    address = reverse("orders:order", args=[order_id])
    after = request.GET.get("after", "")
    return f"{address}?after={after}" if after.isdecimal() else address
