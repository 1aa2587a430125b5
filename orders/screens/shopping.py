"""Customer: look at products, and fill a basket."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import STAFF
from orders.domain.money import total
from orders.screens import basket
from orders.screens.forms import QuantityForm
from projections.products import PROJECTION, Product
from projections.engine.waiting import as_of

MOST = 200


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Staff begin with what needs doing, everybody else with the products."""
    staff = request.user.is_authenticated and request.user.roles & STAFF
    return redirect("orders:what_needs_doing" if staff else "orders:products")


@login_not_required
@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """The catalogue."""
    listed = Product.objects.filter(listed=True).order_by("name", "sku")[:MOST]
    context = {"products": [shown(request, each) for each in listed], "as_of": as_of(PROJECTION.name)}
    return render(request, "orders/products.html", context)


@login_not_required
@require_GET
def product(request: HttpRequest, sku: str) -> HttpResponse:
    """One product, even when it is withdrawn: somebody may have kept its address."""
    found = Product.objects.exclude(name="").filter(sku=sku).first()
    if found is None:
        raise Http404
    context = {"product": shown(request, found), "as_of": as_of(PROJECTION.name)}
    return render(request, "orders/product.html", context)


def shown(request: HttpRequest, product: Product) -> dict[str, Any]:
    """A product as a page shows it."""
    return product.values() | {
        "price": product.price,
        "withdrawn": product.withdrawn,
        "in_basket": basket.content(request).get(product.sku, 0),
    }


@login_not_required
@require_GET
def show_basket(request: HttpRequest) -> HttpResponse:
    """What is in the basket, at today's prices."""
    return basket_page(request, QuantityForm())


def basket_page(request: HttpRequest, form: QuantityForm) -> HttpResponse:
    """The basket; with 422 and the errors when a quantity was not understood."""
    found = Product.objects.in_bulk(list(basket.content(request)))
    lines = [
        {
            "product": found[sku],
            "quantity": quantity,
            "price": found[sku].price,
            "subtotal": found[sku].price * quantity,
        }
        for sku, quantity in basket.content(request).items()
        if sku in found
    ]
    sums = (found[sku].price * quantity for sku, quantity in basket.content(request).items() if sku in found)
    context = {"lines": lines, "total": total(sums), "refusal": first_error(form)}
    return render(request, "orders/basket.html", context, status=422 if form.errors else 200)


def first_error(form: QuantityForm) -> str:
    """What is wrong with a quantity, in a sentence."""
    return next((str(error) for errors in form.errors.values() for error in errors), "")


@login_not_required
@require_POST
def add_to_basket(request: HttpRequest) -> HttpResponse:
    """So many more pieces of a product."""
    return put(request, "orders:products", more=True)


@login_not_required
@require_POST
def change_quantity(request: HttpRequest) -> HttpResponse:
    """So many pieces of a product, or none of it."""
    return put(request, "orders:basket", more=False)


def put(request: HttpRequest, then: str, *, more: bool) -> HttpResponse:
    """Change the basket as the form says; the basket with what is wrong, where that cannot be."""
    form = QuantityForm(request.POST)
    if not form.is_valid():
        return basket_page(request, form)
    sku, quantity = form.cleaned_data["sku"], form.cleaned_data["quantity"]
    wanted = quantity + basket.content(request).get(sku, 0) if more else quantity
    product = Product.objects.filter(sku=sku, listed=True).first()
    if wanted > 0 and product is None:
        form.add_error(None, _("This product is not in our catalogue."))
        return basket_page(request, form)
    try:
        basket.change(request, sku, wanted)
    except basket.BasketFull:
        form.add_error(None, _("A basket holds up to 200 products, and up to 999 pieces of each."))
        return basket_page(request, form)
    if more and product:
        text = ngettext(
            "%(count)d piece of “%(name)s” is in your basket.",
            "%(count)d pieces of “%(name)s” are in your basket.",
            wanted,
        )
        messages.success(request, text % {"count": wanted, "name": product.name})
    return redirect(then)
