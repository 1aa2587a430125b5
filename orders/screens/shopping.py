"""Customer: look at products, and fill a basket."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import STAFF
from orders.domain.money import total
from orders.screens import basket
from orders.screens.forms import QuantityForm
from projections.products import Product

PAGE = 60


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Staff begin with what needs doing, everybody else with the products."""
    if request.user.is_authenticated and request.user.roles & STAFF:
        return redirect("orders:what_needs_doing")
    return redirect("orders:products")


@login_not_required
@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """The catalogue."""
    page = Paginator(Product.objects.filter(listed=True).order_by("name", "sku"), PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "orders/products.html", {"products": page})


@login_not_required
@require_GET
def product(request: HttpRequest, sku: str) -> HttpResponse:
    """One product."""
    found = Product.objects.filter(sku=sku, listed=True).first()
    if found is None:
        raise Http404
    return render(request, "orders/product.html", {"product": found})


@login_not_required
@require_GET
def show_basket(request: HttpRequest) -> HttpResponse:
    """What is in the basket, at today's prices."""
    return render(request, "orders/basket.html", basket_context(request))


def basket_context(request: HttpRequest, form: QuantityForm | None = None) -> dict[str, object]:
    """What the basket's page shows; of a withdrawn product it says so."""
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
    return {
        "lines": lines,
        "total": total(found[sku].price * n for sku, n in basket.content(request).items() if sku in found),
        "form": form,
    }


@login_not_required
@require_POST
def add_to_basket(request: HttpRequest) -> HttpResponse:
    """So many more pieces of a product."""
    return put(request, "orders:products", more=True)


@login_not_required
@require_POST
def change_basket(request: HttpRequest) -> HttpResponse:
    """So many pieces of a product, or none of it."""
    return put(request, "orders:basket", more=False)


def put(request: HttpRequest, then: str, *, more: bool) -> HttpResponse:
    """Change the basket as the form says; with a form that cannot be, the basket and the errors."""
    form = QuantityForm(request.POST)
    if form.is_valid():
        sku, quantity = form.cleaned_data["sku"], form.cleaned_data["quantity"]
        wanted = quantity + basket.content(request).get(sku, 0) if more else quantity
        listed = Product.objects.filter(sku=sku, listed=True).first()
        try:
            if listed is None and wanted > 0:
                form.add_error(None, _("This product is not in our catalogue."))
            else:
                basket.change(request, sku, wanted)
                if more and listed:
                    messages.success(
                        request,
                        ngettext(
                            "%(count)d piece of %(name)s is in your basket.",
                            "%(count)d pieces of %(name)s are in your basket.",
                            wanted,
                        )
                        % {"count": wanted, "name": listed.name},
                    )
                return redirect(then)
        except basket.BasketFull:
            form.add_error("quantity", _("A basket holds up to 200 products, and up to 999 pieces of each."))
    return render(request, "orders/basket.html", basket_context(request, form), status=422)
