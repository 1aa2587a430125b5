"""Customer: look at products, and fill a basket."""

from collections.abc import Collection
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.domain.roles import STAFF
from orders.domain.money import total
from orders.domain.order import NO_LONGER_SOLD
from orders.screens.customer import basket
from orders.screens.customer.forms import NOT_IN_CATALOGUE, AddForm, QuantityForm
from orders.screens.customer.may_order import why_not
from orders.screens.task import errors_of, form_page
from orders.templatetags.shop import sentence
from projections.engine.waiting import as_of
from projections.products import PROJECTION, Product

MOST = 200


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Staff begin with what needs doing, everybody else with the products."""
    staff = request.user.is_authenticated and request.user.roles & STAFF
    return redirect("orders:what_needs_doing" if staff else "orders:products")


@login_not_required
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """The catalogue."""
    listed = Product.objects.filter(listed=True).order_by("name", "sku")[:MOST]
    context = {"products": [shown(request, each) for each in listed], "as_of": as_of(PROJECTION.name)}
    return render(request, "orders/products.html", context)


@login_not_required
@require_safe
def product(request: HttpRequest, sku: str) -> HttpResponse:
    """One product, even when it is withdrawn: somebody may have kept its address."""
    found = known(sku)
    if found is None:
        raise Http404
    return product_page(request, found, None)


def known(sku: str) -> Product | None:
    """A product that is or was in the catalogue."""
    return Product.objects.exclude(name="").filter(sku=sku).first()


def product_page(request: HttpRequest, product: Product, form: AddForm | None) -> HttpResponse:
    """A product; with 422 and the errors when it could not be put into the basket."""
    context = {"product": shown(request, product), "as_of": as_of(PROJECTION.name), "form": form}
    return render(request, "orders/product.html", context, status=422 if form else 200)


def shown(request: HttpRequest, product: Product) -> dict[str, Any]:
    """A product as a page shows it."""
    return product.values() | {
        "price": product.price,
        "withdrawn": product.withdrawn,
        "in_basket": basket.content(request).get(product.sku, 0),
    }


@login_not_required
@form_page
def add_to_basket(request: HttpRequest) -> HttpResponse:
    """So many more pieces of a product."""
    if request.method != "POST":
        return redirect("orders:products")
    form = AddForm(request.POST)
    if not put(request, form, listed(form), more=True):
        product = known(form.cleaned_data.get("sku", ""))
        return product_page(request, product, form) if product else basket_page(request, form)
    sku = form.cleaned_data["sku"]
    wanted = basket.content(request)[sku]
    text = ngettext(
        "%(count)d piece of “%(name)s” is in your basket.",
        "%(count)d pieces of “%(name)s” are in your basket.",
        wanted,
    )
    messages.success(request, text % {"count": wanted, "name": Product.objects.get(sku=sku).name})
    return redirect("orders:products")


@login_not_required
@require_safe
def show_basket(request: HttpRequest) -> HttpResponse:
    """What is in the basket, at today's prices."""
    return basket_page(request)


@login_not_required
@form_page
def change_quantity(request: HttpRequest) -> HttpResponse:
    """So many pieces of each product, and none of the one to remove; what was not understood stays as it was typed."""
    if request.method != "POST":
        return redirect("orders:basket")
    told = list(zip_longest(request.POST.getlist("sku"), request.POST.getlist("quantity"), fillvalue=""))
    if gone := request.POST.get("remove"):  # whatever quantity was typed beside it
        told = [*(each for each in told if each[0] != gone), (gone, "0")]
    forms = [QuantityForm({"sku": sku, "quantity": quantity}) for sku, quantity in told]
    sold = listed(*forms)
    if wrong := [form for form in forms if not put(request, form, sold, more=False)]:
        return basket_page(request, *wrong)
    ordering = request.POST.get("then") == "place_order"
    if (ordering or not told) and (refusal := no_longer_sold(request)):
        return basket_page(request, refusal=refusal)
    if not told:
        return basket_page(request, QuantityForm({"sku": "", "quantity": ""}))
    return redirect("orders:place_order" if ordering else "orders:basket")


def no_longer_sold(request: HttpRequest) -> str:
    """What has to be removed from the basket before it can be ordered; nothing where all of it is for sale."""
    withdrawn = Product.objects.filter(sku__in=list(basket.content(request)), listed=False).exclude(name="")
    return " ".join(sentence(NO_LONGER_SOLD, {"name": each.name}) for each in withdrawn.order_by("name"))


def listed(*forms: QuantityForm) -> set[str]:
    """Those of their products that are for sale."""
    skus = [form.cleaned_data["sku"] for form in forms if form.is_valid()]
    return set(Product.objects.filter(sku__in=skus, listed=True).values_list("sku", flat=True))


def put(request: HttpRequest, form: QuantityForm, sold: Collection[str], *, more: bool) -> bool:
    """Change the basket as the form says; False, with what is wrong in the form, where that cannot be."""
    if not form.is_valid():
        return False
    sku, quantity = form.cleaned_data["sku"], form.cleaned_data["quantity"]
    wanted = quantity + basket.content(request).get(sku, 0) if more else quantity
    if wanted and sku not in sold:
        form.add_error(None, NOT_IN_CATALOGUE)
        return False
    try:
        basket.change(request, sku, wanted)
    except basket.BasketFull:
        form.add_error("quantity", _("A basket holds up to 200 products, and up to 999 pieces of each."))
        return False
    return True


def basket_page(request: HttpRequest, *wrong: QuantityForm, refusal: str = "") -> HttpResponse:
    """The basket; with 422 and the errors when a quantity was not understood, which stays as it was typed."""
    found = Product.objects.in_bulk(list(basket.content(request)))
    held = {sku: quantity for sku, quantity in basket.content(request).items() if sku in found}
    here = {form.data["sku"]: form for form in wrong if form.data.get("sku") in held}
    lines = [
        {
            "product": shown(request, found[sku]),
            "quantity": quantity,
            "price": found[sku].price,
            "subtotal": found[sku].price * quantity,
            "form": here.get(sku),
        }
        for sku, quantity in held.items()
    ]
    elsewhere = [form for form in wrong if form not in here.values()]
    said = [refusal, *(error for form in elsewhere for error in errors_of(form))]
    context = {
        "lines": lines,
        "total": total(found[sku].price * quantity for sku, quantity in held.items()),
        "wrong": [line for line in lines if line["form"]],
        "refusal": " ".join(dict.fromkeys(filter(None, said))),
    } | (why_not(request) if lines else {})
    return render(request, "orders/basket.html", context, status=422 if wrong or refusal else 200)
