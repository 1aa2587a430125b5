"""Shipping as equations: what stock and warehouse are told, as the pieces of an order come and go."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid5

import pytest

from eventstore.messages import Event
from orders.domain import order, shipment, stock_item
from orders.processes.goods import Goods, goods_of, told, with_plan
from orders.processes.shipping import NOT_THERE, shipping
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER, SECOND, SHIPMENT

WRITTEN_OFF = stock_item.WriteOffShortPick(sku=MUG, order_id=ORDER, shipment_id=SHIPMENT, missing=1)


def after(*events: Event, if_short: order.IfShort = "wait") -> Goods:
    goods = goods_of(h.placed(if_short=if_short))
    for event in events:
        goods = told(goods, event)
    return goods


def done(before: Goods, event: Event) -> list[Any]:
    return [*shipping(before, event, told(before, event))]


PICKED_SHORT: Sequence[Event] = (h.planned(mug=2), h.picking(), h.short())


@pytest.mark.parametrize("event", [h.packed(mug=1), h.stopped()])
def test_what_was_not_on_the_shelf_is_written_off_once_the_parcel_is_packed_or_stopped(event: Event) -> None:
    assert done(after(*PICKED_SHORT), event) == [WRITTEN_OFF]


def test_it_is_written_off_once() -> None:
    assert done(after(*PICKED_SHORT, h.packed(mug=1)), h.stopped()) == []


def test_who_wants_no_others_has_them_cancelled() -> None:
    before = after(*PICKED_SHORT, if_short="cancel")
    cancelled = order.CancelOrderLines(
        order_id=ORDER,
        cancellation_id=uuid5(SHIPMENT, MUG),
        sku=MUG,
        quantity=1,
        reason=NOT_THERE,
        parcels=(order.Parcel(stage="packed", pieces={MUG: 1}),),
    )
    assert done(before, h.packed(mug=1)) == [WRITTEN_OFF, cancelled]


def test_only_parcels_that_were_to_hold_what_is_not_there_are_stopped() -> None:
    stop = shipment.CancelShipment(shipment_id=SECOND, reason=NOT_THERE)
    asked = with_plan(after(h.reserved(KETTLE, 1), h.planned(kettle=1), h.reserved(MUG, 2)), split=False)
    assert done(asked, h.backordered(MUG, 1, 1)) == [stop]
    assert done(told(asked, h.planned(SECOND, mug=2)), h.backordered(MUG, 1, 1)) == [stop]
    assert done(told(told(asked, h.planned(SECOND, mug=2)), h.picking(SECOND)), h.backordered(MUG, 1, 1)) == []
