"""May order: whether a customer can place orders now, said on each step towards one, before its last button."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from orders.screens import catalogue
from orders.templatetags.shop import sentence


def why_not(request: HttpRequest) -> dict[str, Any]:
    """Why whoever is signed in can place no orders now, and where they can go instead; nothing where they can.

    What was just sent has its own answer.
    """
    user = request.user
    if request.method == "POST" or not isinstance(user, User) or CUSTOMER not in user.roles:
        return {}
    refused = catalogue.standing_in_the_way(user.id)
    if refused is None:
        return {}
    instead = {"title": _("My orders"), "url": reverse("orders:my_orders")}
    return {"reason": sentence(refused.sentence, refused.values), "instead": instead}
