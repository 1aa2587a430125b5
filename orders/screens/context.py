"""What every screen knows: the roles of whoever looks, where they can go, and how much is in their basket."""

from typing import Any

from django.http import HttpRequest

from accounts.domain.roles import CUSTOMER, STAFF
from accounts.screens.kept import mark
from orders.screens.customer import basket
from orders.screens.navigation import places


def shop(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    user = getattr(request, "user", None)
    roles = user.roles if user and user.is_authenticated else frozenset()
    return {
        "roles": roles,
        "staff": bool(roles & STAFF),
        "may_order": CUSTOMER in roles or not roles,
        "places": places(request.path, roles),
        "basket_count": basket.pieces(request),
        "whose": lambda: mark(request),  # made for those pages only that have a form
    }
