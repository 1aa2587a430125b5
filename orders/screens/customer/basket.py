"""The basket: what somebody is about to order, kept in their session until they do."""

from collections.abc import Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from uuid_utils.compat import uuid7

from accounts.sessions import read_anew
from orders.domain.order import MOST_LINES, MOST_PIECES

# What a session holds of an order that somebody is about to place.
BEGUN = ("basket", "delivery", "if_short", "payment", "checkout", "cards")


class BasketFull(Exception):
    """The basket holds as much as an order can."""


def content(request: HttpRequest) -> dict[str, int]:
    """Pieces by product number."""
    basket: dict[str, int] = request.session.get("basket", {})
    return basket


def pieces(request: HttpRequest) -> int:
    """How many pieces are in the basket."""
    return sum(content(request).values()) if hasattr(request, "session") else 0


def change(request: HttpRequest, sku: str, quantity: int) -> None:
    """So many pieces of a product are wanted now; none of it for 0. BasketFull beyond what an order can have."""
    wanted = content(request) | {sku: quantity}  # in its place, so that no line moves under somebody's finger
    basket = {each: number for each, number in wanted.items() if number > 0}
    if quantity > MOST_PIECES or len(basket) > MOST_LINES:
        raise BasketFull
    request.session["basket"] = basket


def checkout(request: HttpRequest) -> UUID:
    """The id of the order that this basket will become: one basket is one order, however often it is sent."""
    if "checkout" not in request.session:
        request.session["checkout"] = str(uuid7())
    return UUID(request.session["checkout"])


def ordered(request: HttpRequest, order_id: UUID, pieces: Mapping[str, int]) -> None:
    """These pieces have become an order; what was put into the basket meanwhile waits for the next one."""
    read_anew(request.session)  # to place it may have taken its time
    if request.session.get("checkout") == str(order_id):
        left = {sku: quantity - pieces.get(sku, 0) for sku, quantity in content(request).items()}
        request.session["basket"] = {sku: quantity for sku, quantity in left.items() if quantity > 0}
        del request.session["checkout"]


def begun(session: Any) -> dict[str, Any]:
    """What a session holds of an order that is about to be placed."""
    return {name: session[name] for name in BEGUN if name in session}


def take_up(request: HttpRequest, begun_before: dict[str, Any]) -> None:
    """An order that was begun in a session before goes on in this one, beside what is in the basket here already.

    Of a product that is in both there are as many as in the one that has more: somebody may have put it there anew.
    """
    here, before = content(request), begun_before.get("basket", {})
    both = {sku: max(here.get(sku, 0), before.get(sku, 0)) for sku in before | here}
    request.session.update(begun_before | begun(request.session))
    request.session["basket"] = dict(islice(both.items(), MOST_LINES))
