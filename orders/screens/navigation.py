"""Where each role goes: the places that the navigation leads to, in the order in which they stand there."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import ADMIN, CUSTOMER, CUSTOMER_SERVICE, FINANCE, OPERATIONS, OPERATORS, STAFF, WAREHOUSE

VISITOR = "visitor"  # whoever has not signed in


class Place(NamedTuple):
    """A place, the name of its address, a glyph that repeats the words, and who goes there."""

    title: str | Promise
    address: str
    icon: str
    roles: frozenset[str]


PLACES = (
    Place(_("What needs doing"), "orders:what_needs_doing", "list-checks", STAFF),
    Place(_("Shipments"), "orders:shipments", "package-open", frozenset({WAREHOUSE})),
    Place(_("Stock"), "orders:stock", "warehouse", frozenset({WAREHOUSE})),
    Place(
        _("Products"),
        "orders:products",
        "store",
        frozenset({VISITOR, CUSTOMER, CUSTOMER_SERVICE, OPERATIONS, ADMIN}),
    ),
    Place(_("My orders"), "orders:my_orders", "package", frozenset({CUSTOMER})),
    Place(_("My returns"), "orders:my_returns", "undo-2", frozenset({CUSTOMER})),
    Place(_("Find"), "orders:find", "search", frozenset({CUSTOMER_SERVICE, FINANCE})),
    Place(_("Returns"), "orders:returns_desk", "undo-2", frozenset({CUSTOMER_SERVICE, WAREHOUSE})),
    Place(_("Backorders"), "orders:backorders", "hourglass", frozenset({CUSTOMER_SERVICE})),
    Place(_("Invoices"), "orders:invoices", "receipt-euro", frozenset({FINANCE})),
    Place(_("Refunds"), "orders:refunds", "undo-2", frozenset({FINANCE})),
    Place(_("E-mails"), "systems:sent_emails", "mail", frozenset({CUSTOMER_SERVICE, OPERATIONS, ADMIN})),
    Place(_("Operations"), "orders:read_models", "activity", OPERATORS),
    Place(_("Catalogue"), "orders:catalogue", "book-open", frozenset({OPERATIONS, ADMIN})),
    Place(_("Notices"), "orders:notices", "inbox", frozenset({FINANCE})),
    Place(_("Revenue"), "orders:revenue_per_day", "chart-column", frozenset({FINANCE, ADMIN})),
)


class Shown(NamedTuple):
    """A place as a page shows it; `current` is "page" where one is there, "true" where one is on a page below it."""

    title: str | Promise
    url: str
    icon: str
    current: str


def places(path: str, roles: frozenset[str]) -> list[Shown]:
    """The places of somebody with these roles, who is at `path`."""
    who = roles or {VISITOR}
    found = [(place, reverse(place.address)) for place in PLACES if place.roles & who]
    nearest = max((url for _, url in found if path.startswith(url)), key=len, default="")
    return [Shown(place.title, url, place.icon, current(url, nearest, path)) for place, url in found]


def current(url: str, nearest: str, path: str) -> str:
    """What the link to a place says of being there."""
    if url != nearest:
        return ""
    return "page" if url == path else "true"
