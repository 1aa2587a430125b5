"""A parcel as its screens know it: from the log itself, so that nothing is missing that was done a moment ago."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from eventstore.dispatch import Loaded, load
from orders.domain import order as orders
from orders.domain import shipment
from orders.domain.order import reference
from orders.domain.shipment import OrderStanding, Picking, Unplanned
from orders.screens.colleagues import colleague_at
from orders.streams import ORDER, SHIPMENT
from projections.products import Product


class Line(NamedTuple):
    """A product of a parcel: how many pieces are to go into it, are picked, are missing, and are left to pick."""

    sku: str
    name: str
    picture: str
    quantity: int
    picked: int
    missing: int

    @property
    def left(self) -> int:
        """How many pieces are still to be picked."""
        return self.quantity - self.picked - self.missing


def known(shipment_id: UUID) -> Loaded:
    """The shipment as it is now; 404 where there is none."""
    found = load(SHIPMENT, f"{SHIPMENT.name}-{shipment_id}")
    if isinstance(found.state, Unplanned):
        raise Http404
    return found


def standing(order_id: UUID) -> OrderStanding:
    """Whether the order still wants its parcels to leave."""
    order: orders.Order = load(ORDER, f"{ORDER.name}-{order_id}").state
    match order:
        case orders.Cancelled() | orders.Rejected():
            return "cancelled"
        case orders.Placed() | orders.Confirmed():
            if order.cancelling:
                return "cancellation_requested"
            return "held" if order.held else "open"
        case orders.Completed() | orders.Unplaced():
            return "open"


def lines_of(rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The lines of a read model's row, by the names and pictures of their products."""
    rows = list(rows)
    products = Product.objects.in_bulk([row["sku"] for row in rows])
    unlisted = Product()
    return [
        Line(
            sku=row["sku"],
            name=products.get(row["sku"], unlisted).name or row["sku"],
            picture=products.get(row["sku"], unlisted).picture,
            quantity=row["quantity"],
            picked=row["picked"],
            missing=row["missing"],
        )
        for row in rows
    ]


def lines_of_state(state: Picking) -> list[Line]:
    """The lines of a shipment that is being picked."""
    got, missing = state.picked, state.missing
    return lines_of(
        {"sku": sku, "quantity": quantity, "picked": got.get(sku, 0), "missing": missing.get(sku, 0)}
        for sku, quantity in state.pieces.items()
    )


def frame(request: HttpRequest, shipment_id: UUID, order_id: UUID) -> dict[str, Any]:
    """What the frame of every task about a parcel shows: where one came from, and who else is at it."""
    return {
        "shipment_id": shipment_id,
        "order_id": order_id,
        "reference": reference(order_id),
        "back": {"title": titled(order_id), "url": page(shipment_id)},
        "taken_by": colleague_at(request, "shipment", shipment_id),
    }


def titled(order_id: UUID) -> str:
    """What a parcel is called."""
    return _("Shipment {reference}").format(reference=reference(order_id))


def page(shipment_id: UUID) -> str:
    """The address of a parcel's page."""
    return reverse("orders:shipment", args=[shipment_id])


def pieces_of(state: shipment.Shipment) -> dict[str, int]:
    """What lies in a parcel, or on the cart for it."""
    match state:
        case shipment.Picking() | shipment.Packed() | shipment.Labelled():
            return state.picked
        case _:
            return {}


def nothing_is_there(state: Picking) -> bool:
    """Whether all pieces of a parcel are known to be missing: there is nothing to pack."""
    return not state.picked and not any(map(state.left, state.pieces))
