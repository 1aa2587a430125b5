"""Carriage, as it is run now, as equations: a parcel is looked for until the carrier has said that it knows nothing."""

from datetime import timedelta
from uuid import UUID

import pytest

from eventstore.messages import Event
from eventstore.process import Ask, CommandSkipped, RequestAnswered, Send, Wait
from orders.domain import shipment
from orders.processes import PROCESSES, carriage, carriage_by_answer
from orders.processes.carriage import BuyLabel, DiscardLabel, FindParcel
from tests.processes import happened as h
from tests.processes.happened import ORDER, SHIPMENT
from tests.processes.story import Story
from tests.processes.test_carriage import DELIVERED, LEFT, PACKED, reached

LOOK = Ask("carrier", FindParcel(shipment_id=SHIPMENT))
LOST = Send(shipment.ReportShipmentLost(shipment_id=SHIPMENT))


def story(*events: Event) -> Story:
    return Story(carriage_by_answer).given(*events)


def answered(name: str = "FindParcel") -> RequestAnswered:
    return RequestAnswered(instance=f"carriage:{SHIPMENT}", command_id=UUID(int=8), name=name)


def skipped(name: str = "FindParcel") -> CommandSkipped:
    return CommandSkipped(instance=f"carriage:{SHIPMENT}", command_id=UUID(int=8), name=name, reason="It is away.")


def test_a_parcel_that_is_packed_now_is_carried_so_and_one_that_was_packed_before_as_it_was() -> None:
    [process] = [each for each in PROCESSES if each.name == "carriage"]
    assert process.policies == {1: carriage, 2: carriage_by_answer}


def test_labels_and_deadlines_are_as_before() -> None:
    story().when(h.packed()).then(Ask("carrier", BuyLabel(shipment_id=SHIPMENT, order_id=ORDER, grams=900)))
    assert story(*PACKED).when(h.dispatched()).todo == Story(carriage).given(*PACKED).when(h.dispatched()).todo
    story(*LEFT).when(DELIVERED).then(Ask("carrier", DiscardLabel(shipment_id=SHIPMENT)))


@pytest.mark.parametrize("over", [answered(), skipped()], ids=["answered", "skipped"])
def test_a_day_after_an_answer_it_is_looked_for_again_and_not_before(over: Event) -> None:
    told = story(*LEFT).when(reached("look"))
    told.then(LOOK)
    told.when(over).then(Wait("look", told.at + timedelta(days=1)))


def test_what_nobody_has_seen_for_a_month_is_lost_once_the_carrier_knows_nothing_of_it() -> None:
    told = story(*LEFT).when(reached("patience"))
    told.then()
    told.when(reached("look")).then(LOOK)
    told.when(answered()).then(LOST)


def test_a_look_under_way_when_the_month_ends_is_waited_for() -> None:
    story(*LEFT, reached("look"), reached("patience")).when(answered()).then(LOST)


def test_what_the_carrier_has_delivered_is_not_lost() -> None:
    story(*LEFT, reached("look"), reached("patience"), DELIVERED).when(answered()).then()


def test_a_look_that_a_person_gives_up_says_nothing_of_the_parcel() -> None:
    told = story(*LEFT, reached("look"), reached("patience")).when(skipped())
    told.then(Wait("look", told.at + timedelta(days=1)))
    assert told.given(reached("look")).when(answered()).todo == [LOST]


@pytest.mark.parametrize("name", ["BuyLabel", "DiscardLabel"])
def test_other_answers_say_nothing_of_the_parcel(name: str) -> None:
    for given in (PACKED, LEFT, (*LEFT, reached("patience")), (*LEFT, DELIVERED)):
        story(*given).when(answered(name)).then()
        story(*given).when(skipped(name)).then()


def test_what_is_over_is_not_looked_for() -> None:
    for event in (answered(), skipped(), reached("patience")):
        over = story(*LEFT, DELIVERED).when(event)
        over.then()
        assert isinstance(over.state, carriage.Over)


def test_a_parcel_that_was_packed_before_takes_no_notice_of_answers() -> None:
    for event in (answered(), skipped()):
        before = Story(carriage).given(*LEFT).when(event)
        before.then()
        assert isinstance(before.state, carriage.Underway)
