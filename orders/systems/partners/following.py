"""Orders of partners as they follow what happens: one, or a page of all that a partner has placed."""

from itertools import takewhile
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, convert

from eventstore import log
from eventstore.messages import Message
from orders.domain.order import reference
from orders.systems.partners import language
from orders.systems.partners.asking import Asked, Given, Operation
from orders.systems.partners.ordering import placed
from orders.systems.partners.translation import amount
from projections import order_page, partner_events
from projections.engine.waiting import wait_for
from projections.order_page import OrderPage

MOST = 50


class After(Message):
    """What has to be shown: everything up to this position. It waits for that for a second at most."""

    after: language.Position = 0


class Page(Message):
    """Which orders: those that were placed after this position, so many of them."""

    after: language.Position = 0
    limit: Annotated[int, Meta(ge=1, le=MOST)] = MOST


def show_order(asked: Asked) -> Given:
    """An order; it waits a moment, and says so when it is behind."""
    order_id = placed(asked)
    after: After = asked.query
    reached = wait_for(order_page.PROJECTION.name, min(after.after, log.number()))
    row = OrderPage.objects.filter(order_id=order_id).first()
    if row is None:
        on_its_way = language.OrderOnItsWay(order_id=order_id, reference=reference(order_id))
        return Given(on_its_way, 202, {"Retry-After": "1"})
    return Given(shown(row, updating=not reached))


def list_orders(asked: Asked) -> Given:
    """A page of orders."""
    page: Page = asked.query
    found = partner_events.placed_by(asked.partner.id, page.after, page.limit)
    rows: dict[UUID | None, OrderPage] = OrderPage.objects.in_bulk([order_id for _, order_id in found])
    # An order that its page does not show yet ends the page of orders, lest a partner pass it by.
    there = list(takewhile(lambda each: each[1] in rows, found))
    orders = tuple(shown(rows[order_id], updating=False) for _, order_id in there)
    after = there[-1][0] if there else page.after
    full = len(there) == page.limit or len(there) < len(found)
    more = f"/api/v1/orders/?after={after}&limit={page.limit}" if full else None
    return Given(language.Orders(orders=orders, next=more))


def shown(row: OrderPage, *, updating: bool) -> language.Order:
    """An order as partners see it."""
    return language.Order(
        order_id=row.order_id,
        reference=row.reference,
        customer_id=row.customer_id,
        status=convert(row.status, language.OrderStatus),
        placed_at=row.placed_at,
        payment_terms=convert(row.payment_terms, language.Terms),
        lines=tuple(map(line, row.lines)),
        total=amount(row.total),
        parcels=tuple(map(parcel, row.parcels)),
        updating=updating,
    )


def line(kept: dict[str, Any]) -> language.OrderedLine:
    """A line as partners see it."""
    return convert({name: kept[name] for name in language.OrderedLine.__struct_fields__}, language.OrderedLine)


def parcel(kept: dict[str, Any]) -> language.Parcel:
    """A parcel as partners see it."""
    told = {name: kept[name] for name in language.Parcel.__struct_fields__ if name in kept}
    return convert(told, language.Parcel)


SHOW_ORDER = Operation(
    name="showOrder",
    method="GET",
    summary="An order, as it stands. Say after which position you ask, and it shows what you have just done.",
    scope="orders:read",
    query=After,
    answers={200: language.Order, 202: language.OrderOnItsWay},
    problems=("not_there",),
    do=show_order,
)
LIST_ORDERS = Operation(
    name="listOrders",
    method="GET",
    summary="Your orders, in the order in which they were placed.",
    scope="orders:read",
    query=Page,
    answers={200: language.Orders},
    do=list_orders,
)
