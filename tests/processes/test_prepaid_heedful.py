"""Fulfilment, prepaid, as it is run now: what was said before counts as well, as equations."""

import pytest

from eventstore.messages import Event
from eventstore.process import Send
from orders.domain import order, shipment
from orders.processes import PROCESSES, prepaid, prepaid_heedful, prepaid_in_full
from tests.processes import happened as h
from tests.processes.happened import MUG, ORDER, SHIPMENT
from tests.processes.story import Story

PARCEL = Send(shipment.PlanShipment(shipment_id=SHIPMENT, order_id=ORDER, pieces={MUG: 2}))
SHORT: tuple[Event, ...] = (h.placed(), h.reserved(), h.backordered())


def story(*events: Event) -> Story:
    return Story(prepaid_heedful).given(*events)


def answered(answer: order.Answer) -> order.BackorderAnswered:
    return order.BackorderAnswered(order_id=ORDER, answer=answer)


TAKE, WAIT = answered("take_what_is_there"), answered("wait")


def test_an_order_that_begins_today_is_carried_so_and_one_that_began_before_as_it_was() -> None:
    [process] = [each for each in PROCESSES if each.name == "prepaid"]
    assert process.policies == {1: prepaid, 2: prepaid_in_full, 3: prepaid_heedful}


@pytest.mark.parametrize(
    "said",
    [
        (*SHORT, TAKE),
        (*SHORT, h.declined(), TAKE, h.replaced(2)),
        (h.placed(), h.backordered(), TAKE, h.reserved()),
        (*SHORT, WAIT, TAKE),
    ],
    ids=["while the card is asked", "once it was declined", "while the stock is asked", "in place of another answer"],
)
def test_who_takes_what_is_there_before_it_is_paid_is_sent_it_once_it_is(said: tuple[Event, ...]) -> None:
    assert PARCEL in story(*said).when(h.authorized()).todo
    assert PARCEL not in Story(prepaid_in_full).given(*said).when(h.authorized()).todo


@pytest.mark.parametrize("said", [(), (WAIT,), (TAKE, WAIT)], ids=["nothing", "to wait", "to wait after all"])
def test_who_waits_waits(said: tuple[Event, ...]) -> None:
    paid = story(*SHORT, *said).when(h.authorized())
    assert PARCEL not in paid.todo
    assert PARCEL in paid.when(TAKE).todo


def test_an_order_that_ends_before_it_is_paid_is_sent_nothing() -> None:
    assert PARCEL not in story(*SHORT, TAKE, h.CANCELLED).when(h.authorized()).todo
