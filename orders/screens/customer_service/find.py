"""Customer service: find orders and customers with one search box."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE
from orders.domain.order import typed_reference
from orders.screens.customer_service.forms import FindForm
from orders.screens.following import Following
from orders.screens.task import only
from projections import search
from projections.customer_page import CustomerPage
from projections.order_page import OrderPage
from projections.search import Kind, SearchTerm

MOST = 25


@require_safe
@only(CUSTOMER_SERVICE, FINANCE)
def find(request: HttpRequest) -> HttpResponse:
    """Orders and customers by the beginning of a word, newest first. A whole order number leads to its order."""
    form = FindForm(request.GET if "q" in request.GET else None)
    asked = form.cleaned_data["q"].strip() if form.is_valid() else ""
    following = Following(request, search.PROJECTION.name)
    if only_one := numbered(asked):
        return redirect("orders:order", only_one)
    words = asked.lstrip("# ")
    subjects = subjects_of(words, request.GET.get("from", ""))
    context = {
        "form": form,
        "asked": asked,
        "found": results(subjects[:MOST], words),
        "more": "?" + urlencode({"q": asked, "from": subjects[MOST - 1]}) if len(subjects) > MOST else "",
        "as_of": following.as_of,
    }
    return render(request, "customer_service/find.html", context, status=422 if form.is_bound and form.errors else 200)


def subjects_of(asked: str, last: str) -> list[UUID]:
    """The orders and customers that are found, behind this one; one more than a page shows."""
    terms = search.found(asked)
    with suppress(ValueError):
        terms = terms.filter(subject__lt=UUID(last))
    return list(terms.order_by("-subject").values_list("subject", flat=True).distinct()[: MOST + 1])


def numbered(asked: str) -> UUID | None:
    """The order whose number was typed as a whole; a name can look like a number that no order has."""
    number = typed_reference(asked)
    terms = SearchTerm.objects.filter(kind=Kind.NUMBER, text=number.casefold()) if number else SearchTerm.objects.none()
    found = terms.values_list("subject", flat=True)[:2]
    return found[0] if len(found) == 1 else None


def results(subjects: list[UUID], asked: str) -> list[dict[str, Any]]:
    """What was found, in the order in which it is shown: title, url, what, more, and the words that fit."""
    orders = OrderPage.objects.in_bulk(subjects)
    people = [*(row.customer_id for row in orders.values()), *subjects]
    customers = CustomerPage.objects.in_bulk(people)
    fitting = fits(subjects, asked)
    found = []
    for subject in subjects:
        if subject in orders:
            found.append(as_order(orders[subject], customers) | {"fits": fitting.get(subject, "")})
        elif subject in customers:
            found.append(as_customer(customers[subject]) | {"fits": fitting.get(subject, "")})
    return found


def fits(subjects: list[UUID], asked: str) -> dict[UUID, str]:
    """Which of the words of each of these begin with one that was typed."""
    words = tuple(search.folded(asked))
    labels: Mapping[str, object] = dict(Kind.choices)
    found: dict[UUID, str] = {}
    for term in SearchTerm.objects.filter(subject__in=subjects).order_by("kind", "item"):
        if words and term.text.startswith(words):
            found.setdefault(term.subject, f"{labels[term.kind]}: {term.text}")
    return found


def as_order(row: OrderPage, customers: dict[UUID, CustomerPage]) -> dict[str, Any]:
    """An order as a result."""
    customer = customers.get(row.customer_id)
    address = row.delivery_address or {}
    return {
        "kind": _("Order"),
        "title": row.reference,
        "url": reverse("orders:order", args=[row.order_id]),
        "tag": row.get_status_display(),
        "who": customer.name if customer else address.get("recipient", ""),
        "at": row.placed_at,
        "total": row.total,
    }


def as_customer(row: CustomerPage) -> dict[str, Any]:
    """A customer as a result."""
    return {
        "kind": _("Customer"),
        "title": str(row),
        "url": reverse("orders:customer", args=[row.customer_id]),
        "tag": row.get_standing_display(),
        "who": row.email,
        "at": row.registered_at,
        "total": None,
    }
