"""Carriage, as equations: a parcel gets its label, is followed until it arrives, and what is not needed goes back."""

from datetime import timedelta
from uuid import UUID

from eventstore.messages import Event
from eventstore.process import Accept, Ask, CommandRefused, DeadlineReached, StopWaiting, Wait
from orders.domain import shipment
from orders.processes import carriage
from orders.processes.carriage import BuyLabel, DiscardLabel, FindParcel, GiveLabelBack
from tests.processes import happened as h
from tests.processes.happened import NEXT_WEEK, ORDER, SHIPMENT
from tests.processes.story import NOON, Story

LABELLED = shipment.LabelPrinted(shipment_id=SHIPMENT, order_id=ORDER, carrier="Post", tracking_number="P1")
DELIVERED = shipment.ShipmentDelivered(shipment_id=SHIPMENT, order_id=ORDER, delivered_at=NOON)
PACKED, LEFT = (h.packed(), LABELLED), (h.packed(), LABELLED, h.dispatched())


def story(*events: Event) -> Story:
    return Story(carriage).given(*events)


def reached(name: str) -> DeadlineReached:
    return DeadlineReached(instance=f"carriage:{SHIPMENT}", name=name, due_at=NEXT_WEEK)


def refused(name: str) -> CommandRefused:
    return CommandRefused(instance=f"carriage:{SHIPMENT}", command_id=UUID(int=8), name=name, sentence="No.", values={})


def test_a_packed_parcel_needs_a_label_for_its_weight() -> None:
    label = BuyLabel(shipment_id=SHIPMENT, order_id=ORDER, grams=900)
    story().when(h.packed()).then(Ask("carrier", label))


def test_a_label_that_is_there_changes_nothing_else() -> None:
    story(h.packed()).when(LABELLED).then()


def test_a_parcel_that_has_left_is_looked_for_when_nobody_says_anything() -> None:
    at = NOON + timedelta(minutes=3)
    waits = Wait("look", at + timedelta(days=1)), Wait("patience", at + timedelta(days=30))
    story(*PACKED).when(h.dispatched()).then(*waits)


def test_it_is_looked_for_every_day() -> None:
    again = Wait("look", NOON + timedelta(minutes=4, days=1))
    story(*LEFT).when(reached("look")).then(Ask("carrier", FindParcel(shipment_id=SHIPMENT)), again)


def test_what_nobody_has_seen_for_a_month_is_lost() -> None:
    gone = shipment.ReportShipmentLost(shipment_id=SHIPMENT)
    story(*LEFT).when(reached("patience")).then(StopWaiting("look"), gone)


def test_the_file_of_a_label_is_not_kept_once_the_parcel_has_arrived_or_is_lost() -> None:
    discard = Ask("carrier", DiscardLabel(shipment_id=SHIPMENT))
    story(*LEFT).when(DELIVERED).then(discard)
    story(*LEFT).when(h.lost()).then(discard)


def test_the_label_of_a_stopped_parcel_goes_back() -> None:
    story(*PACKED).when(h.stopped()).then(Ask("carrier", GiveLabelBack(shipment_id=SHIPMENT)))


def test_a_label_that_is_still_asked_for_goes_back_behind_its_purchase() -> None:
    story(h.packed()).when(h.stopped()).then(Ask("carrier", GiveLabelBack(shipment_id=SHIPMENT)))


def test_a_parcel_that_was_never_packed_has_no_label() -> None:
    story().when(h.stopped()).then()


def test_a_label_that_comes_too_late_is_nobodys_task() -> None:
    story(h.packed(), h.stopped()).when(refused("RecordLabel")).then(Accept())


def test_any_other_refusal_is_somebodys_task() -> None:
    story(h.packed()).when(refused("RecordLabel")).then()
