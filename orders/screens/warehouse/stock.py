"""Stock: how many pieces there are of each product, and what has happened to those of one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.roles import CUSTOMER_SERVICE, OPERATIONS, WAREHOUSE
from accounts.models import User
from orders.domain.order import reference
from orders.domain.stock_item import CountStock, ReceiveStock, WriteOffStock
from orders.screens.following import Following
from orders.screens.open_tasks import Choice, open_tasks
from orders.screens.paging import portion
from orders.screens.task import only, person
from orders.screens.warehouse.picture import Steps, steps
from orders.screens.words import names_for, who_else
from projections import products, stock_movements
from projections.products import Product
from projections.stock_movements import StockMovement

DRAWN = 200  # changes of what is on hand, the latest ones
MOST_SEARCHED = 100


@require_safe
@only(WAREHOUSE, CUSTOMER_SERVICE, OPERATIONS)
def stock(request: HttpRequest) -> HttpResponse:
    """How many pieces there are of each product; found by its number, or by words of its name."""
    following = Following(request, products.PROJECTION.name)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:MOST_SEARCHED]
    waited_for = request.GET.get("show") == "waited_for"
    found = Product.objects.filter(Q(sku__istartswith=asked) | Q(name__icontains=asked)) if asked else Product.objects
    page = portion(request, found.filter(waited_for__gt=0) if waited_for else found.all(), "sku")
    context = {
        "items": page.rows,
        "more": page.more,
        "q": asked,
        "kind": "chosen" if asked or waited_for else "",
        "kinds": [
            {"name": _("All products"), "url": request.path, "chosen": not waited_for, "count": None},
            {"name": _("Waited for"), "url": "?show=waited_for", "chosen": waited_for, "count": None},
        ],
        "following": following,
        "may_work": WAREHOUSE in person(request).roles,
    }
    return render(request, "warehouse/stock.html", context)


@require_safe
@only(WAREHOUSE, CUSTOMER_SERVICE, OPERATIONS)
def stock_item(request: HttpRequest, sku: str) -> HttpResponse:
    """The stock of a product: what there is, how that came to be, and what can be done."""
    following = Following(request, products.PROJECTION.name, stock_movements.PROJECTION.name)
    product = get_object_or_404(Product, sku=sku)
    page = portion(request, StockMovement.objects.filter(sku=sku), "-version")
    context = {
        "product": product,
        "title": product.name or sku,
        "tasks": open_tasks(request, choices(sku)),
        "picture": drawn(product),
        "movements": in_words(page.rows, person(request)),
        "more": page.more,
        "following": following,
    }
    return render(request, "warehouse/stock_item.html", context)


def choices(sku: str) -> list[Choice]:
    """The tasks that there are with the stock of a product."""
    return [
        Choice(_("Receive stock"), f"{reverse('orders:receive_stock')}?sku={sku}", ReceiveStock(sku=sku, quantity=1)),
        Choice(_("Count stock"), f"{reverse('orders:count_stock')}?sku={sku}", CountStock(sku=sku, counted=0)),
        Choice(
            _("Write off stock"),
            f"{reverse('orders:write_off_stock')}?sku={sku}",
            WriteOffStock(sku=sku, quantity=1, reason="?"),
        ),
    ]


def drawn(product: Product) -> Steps | None:
    """How many pieces were on hand after each of the latest changes, as a picture; None where nothing has changed."""
    changes = StockMovement.objects.filter(sku=product.sku).exclude(on_hand=0).order_by("-version")[:DRAWN]
    left, points = product.on_hand, []
    for change in changes:
        points.append((change.at, left))
        left -= change.on_hand
    return steps(points[::-1]) if points else None


def in_words(movements: Sequence[StockMovement], reader: User) -> list[dict[str, Any]]:
    """Movements as the page shows them."""
    names = names_for(reader, (each.actor for each in movements))
    return [
        {
            "at": each.at,
            "movement": each.get_movement_display(),
            "pieces": each.pieces,
            "on_hand": f"{each.on_hand:+d}" if each.on_hand else "",
            "order": reference(each.order_id) if each.order_id else "",
            "order_url": reverse("orders:order", args=[each.order_id]) if each.order_id else "",
            "who": names.get(each.actor) or who_else(each.actor),
            "reason": each.reason,
        }
        for each in movements
    ]
