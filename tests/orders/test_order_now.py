"""An order at this moment: what happened to it and to its parcels is told in the order in which it happened."""

from datetime import timedelta
from typing import Any

import pytest

from eventstore import log
from eventstore.log import Recorded
from orders.processes.goods import nth_parcel
from orders.screens.order_now import in_time, order_now
from tests import factories
from tests.eventstore.pieces import METADATA
from tests.factories.facts import stream_of
from tests.orders.domain.ids import ORDER

PARCEL = nth_parcel(ORDER, 1)
OF = {"order_id": ORDER, "shipment_id": PARCEL}
MUGS = factories.OrderedLine.build(sku="MUG", quantity=3)
MISSED = (
    factories.OrderPlaced.build(order_id=ORDER, lines=(MUGS,), if_short="cancel"),
    factories.ShipmentPlanned.build(**OF, pieces={"MUG": 3}),
    factories.PickingStarted.build(**OF),
    factories.ShortPickReported.build(**OF, sku="MUG", missing=1),
    factories.ShipmentPacked.build(**OF, pieces={"MUG": 2}),
    factories.OrderLinesCancelled.build(order_id=ORDER, sku="MUG", quantity=1, in_all=1),
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("numbered", [False, True])
def test_a_piece_that_was_missed_is_cancelled_once(numbered: bool) -> None:
    for event in MISSED:
        log.append([log.New(stream_of(event), [event])], METADATA)
    if numbered:
        log.number()
    goods = order_now(ORDER, (), ()).goods
    assert goods.cancelled == {"MUG": 1}
    assert goods.worth == MUGS.price * 2 == goods.due(PARCEL)


def stream_by_stream(facts: list[Recorded[Any]]) -> list[Recorded[Any]]:
    """The facts as their streams are read."""
    return sorted(facts, key=lambda fact: (fact.stream, fact.version))


@pytest.mark.parametrize("numbered", range(len(MISSED) + 1))
def test_facts_are_told_in_the_order_of_the_log_and_then_of_time(numbered: int) -> None:
    facts = [
        factories.Fact.build(event=fact.event, version=fact.version, position=position, recorded_at=fact.recorded_at)
        for place, fact in enumerate(factories.history(*MISSED), start=1)
        for position in [place if place <= numbered else None]
    ]
    assert in_time(stream_by_stream(facts)) == facts


def test_a_clock_that_jumps_back_puts_no_event_ahead_of_an_earlier_one_of_its_stream() -> None:
    facts = [
        factories.Fact.build(
            event=fact.event,
            version=fact.version,
            position=None,
            recorded_at=fact.recorded_at - timedelta(hours=place),
        )
        for place, fact in enumerate(factories.history(*MISSED))
    ]
    told = in_time(stream_by_stream(facts))
    for stream in {fact.stream for fact in facts}:
        versions = [fact.version for fact in told if fact.stream == stream]
        assert versions == sorted(versions)
