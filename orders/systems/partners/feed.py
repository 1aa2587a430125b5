"""The feed: all that a partner is told, paged from any position; what a full page says stays so for ever."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from msgspec import Meta

from eventstore import log
from eventstore.messages import Event, Message
from eventstore.streams import stored_as
from orders.domain import order, product, shipment
from orders.systems.partners import published
from orders.systems.partners.asking import Asked, Given, Operation
from orders.systems.partners.language import Position
from orders.systems.partners.problems import Problem
from orders.systems.partners.published import TYPES, CloudEvent
from orders.systems.partners.translation import told
from projections import partner_events

MOST = 200
FOR_EVER = "private, max-age=31536000, immutable"

# Which of our own events is told under which type.
OURS: dict[type[Message], type[Event]] = {
    published.ProductListed: product.ProductListed,
    published.PriceChanged: product.PriceChanged,
    published.ProductWithdrawn: product.ProductWithdrawn,
    published.OrderPlaced: order.OrderPlaced,
    published.OrderConfirmed: order.OrderConfirmed,
    published.OrderRejected: order.OrderRejected,
    published.OrderHeld: order.OrderHeld,
    published.OrderReleased: order.OrderReleased,
    published.LinesCancelled: order.OrderLinesCancelled,
    published.CancellationRequested: order.CancellationRequested,
    published.CancellationRefused: order.CancellationRefused,
    published.OrderCancelled: order.OrderCancelled,
    published.OrderCompleted: order.OrderCompleted,
    published.ShipmentDispatched: shipment.ShipmentDispatched,
    published.ShipmentDelivered: shipment.ShipmentDelivered,
    published.ShipmentLost: shipment.ShipmentLost,
}


ONE_TYPE = f"({'|'.join(map(re.escape, TYPES))})"
type Types = Annotated[
    str,
    Meta(
        description="Types, separated by commas.",
        extra_json_schema={"pattern": f"^({ONE_TYPE}(,{ONE_TYPE})*)?$"},
    ),
]


class Page(Message):
    """Which events: those behind this position, so many of them, of these types; all types without."""

    after: Position = 0
    limit: Annotated[int, Meta(ge=1, le=MOST)] = MOST
    types: Types = ""
    personal_data: bool = False


class Events(Message):
    """A page of events, oldest first. `next` is where to go on; while there is `more`, at once, else after a while."""

    events: tuple[CloudEvent, ...]
    next: str
    more: bool


def list_events(asked: Asked) -> Given:
    """A page of events. A full one never changes, and may be kept; so may what nobody has added to."""
    page: Page = asked.query
    if page.personal_data:
        ask_for_personal_data(asked)
    types = types_of(page.types)
    until = partner_events.settled_until()
    found = positions(asked.partner.id, page.after, until, types, page.limit)
    full = len(found) == page.limit
    behind = found[-1] if found else page.after
    asked_again = {"after": behind, "limit": page.limit} | {"types": page.types} | {"personal_data": page.personal_data}
    body = msgspec.json.encode(
        Events(
            events=tuple(at(found, personal=page.personal_data)),
            next=f"/api/v1/events/?{urlencode({name: said for name, said in asked_again.items() if said})}",
            more=full,
        )
    )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = FOR_EVER if full and not page.personal_data else "private, no-cache"
    headers = {"ETag": etag, "Cache-Control": kept, "Vary": "Authorization"}
    if etag in asked.request.headers.get("If-None-Match", ""):
        return Given(b"", 304, headers)
    return Given(body, headers=headers)


def ask_for_personal_data(asked: Asked) -> None:
    """A problem, unless the token is good for personal data, and the partner may see them."""
    if not (asked.partner.may_see_personal_data and "personal_data:read" in asked.scopes):
        raise Problem("out_of_scope", _("You may not see personal data, or this token is not good for them."))


def types_of(text: str) -> list[str]:
    """The types in a text; all of them without any."""
    types = text.split(",") if text else []
    if unknown := sorted(set(types) - TYPES.keys()):
        raise Problem("malformed", _("There is no type %(name)s.") % {"name": unknown[0]})
    return types or list(TYPES)


def positions(partner_id: UUID, after: int, until: int, types: Iterable[str], most: int) -> list[int]:
    """Where the first events are that a partner is told of, of these types."""
    names = [stored_as(OURS[TYPES[name]]).name for name in types]
    return partner_events.of_partner(partner_id, after, until, names, most)


def at(places: Sequence[int], *, personal: bool) -> Iterable[CloudEvent]:
    """The events at these positions, as partners are told of them."""
    facts: Sequence[log.Recorded[Any]] = log.recorded(log.rows_at(places))
    return (told(fact, personal=personal) for fact in facts)


LIST_EVENTS = Operation(
    name="listEvents",
    method="GET",
    summary="What has happened to your orders and in the catalogue, from any position on.",
    scope="events:read",
    query=Page,
    answers={200: Events, 304: None},
    do=list_events,
)
