"""Shelves: goods arrive, are counted, or are of no use any more."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain.roles import WAREHOUSE
from eventstore.dispatch import load
from orders.domain.stock_item import StockItem
from orders.screens.task import form_page, only, perform, sent_before
from orders.screens.warehouse.stock_forms import (
    CountStockForm,
    ReceiveStockForm,
    StockForm,
    WriteOffStockForm,
    difference,
)
from orders.streams import STOCK_ITEM


def stock_now(sku: str) -> StockItem:
    """What lies on the shelf of a product at this moment, from the log itself."""
    found: StockItem = load(STOCK_ITEM, f"{STOCK_ITEM.name}-{sku}").state
    return found


@form_page
@only(WAREHOUSE)
def receive_stock(request: HttpRequest) -> HttpResponse:
    """Goods have arrived: who waits for them gets theirs first."""
    form = ReceiveStockForm.asked(request, initial=chosen(request))
    context = {
        "title": _("Receive stock"),
        "consequences": [_("Orders that wait for the product get theirs first, the oldest order before the others.")],
    }
    return done(request, form, "receive_stock", context, lambda: _("Received: %s.") % what(form, "quantity"))


@form_page
@only(WAREHOUSE)
def write_off_stock(request: HttpRequest) -> HttpResponse:
    """Pieces can't be sold any more."""
    form = WriteOffStockForm.asked(request, initial=chosen(request))
    context = {
        "title": _("Write off stock"),
        "consequences": [_("The pieces are gone from the stock. If that was wrong, count the stock.")],
    }
    return done(request, form, "write_off_stock", context, lambda: _("Written off: %s.") % what(form, "quantity"))


@form_page
@only(WAREHOUSE)
def count_stock(request: HttpRequest) -> HttpResponse:
    """Somebody has counted: the difference is shown, and asked about, before the books are corrected."""
    form = CountStockForm.asked(request, initial=chosen(request))
    context: dict[str, Any] = {"title": _("Count stock")}
    if form.is_bound and form.is_valid():
        sku, counted = form.cleaned_data["sku"], form.cleaned_data["counted"]
        if not sent_before(form, request):
            form.compare(stock_now(sku).on_hand)
        context["consequences"] = SimpleLazyObject(lambda: of_count(stock_now(sku), counted))
    return done(request, form, "count_stock", context, lambda: _("Counted: %s.") % what(form, "counted"))


def of_count(item: StockItem, counted: int) -> list[str]:
    """What a count changes."""
    follows = [difference(counted, item.on_hand)]
    if (missing := item.reserved - counted) > 0:
        wait = ngettext(
            "{n} piece that an order has reserved is not there: the youngest order waits again.",
            "{n} pieces that orders have reserved are not there: the youngest orders wait again.",
            missing,
        )
        follows.append(wait.format(n=missing))
    return follows


def chosen(request: HttpRequest) -> dict[str, str]:
    """The product with which somebody came here."""
    return {"sku": request.GET.get("sku", "")}


def what(form: StockForm, quantity: str) -> str:
    """How many pieces of which product."""
    return f"{form.cleaned_data[quantity]} × {form.name}"


def done(request: HttpRequest, form: StockForm, template: str, context: dict[str, Any], said: Any) -> HttpResponse:
    """The page of a task with stock, which leads to the page of the product's stock."""
    valid = form.is_bound and form.is_valid()
    sku = form.cleaned_data["sku"] if valid else ""
    then = reverse("orders:stock_item", args=[sku]) if sku else reverse("orders:stock")
    context = {"back": {"title": _("stock"), "url": reverse("orders:stock")}, "name": form.name, **context}
    return perform(request, form, f"warehouse/{template}.html", context, then=then, said=said() if valid else "")
