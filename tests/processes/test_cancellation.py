"""Cancellation as equations: what is not wanted is stopped and undone, or it is too late."""

from types import ModuleType

import pytest

from eventstore.messages import Event
from eventstore.process import Accept
from orders.domain import order, payment, shipment, stock_item
from orders.domain.money import Money
from orders.processes import cancellation, cancellation_in_any_order, cancellation_to_the_last
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER, SECOND, SHIPMENT
from tests.processes.story import Story

REQUESTED = payment.PaymentRequested(order_id=ORDER, attempt=1, amount=Money(cents=100))
PLACED: tuple[Event, ...] = (h.placed(), h.reserved(), h.reserved(KETTLE, 1), REQUESTED)
PACKED: tuple[Event, ...] = (*PLACED, h.planned(), h.picking(), h.packed())
ENDED = "The order has ended."
RELEASED = (
    stock_item.ReleaseReservation(sku=MUG, order_id=ORDER, no_longer_wanted=2),
    stock_item.ReleaseReservation(sku=KETTLE, order_id=ORDER, no_longer_wanted=1),
)
GIVEN_UP = payment.VoidAuthorization(order_id=ORDER, attempt=1)
POLICIES = [cancellation, cancellation_to_the_last, cancellation_in_any_order]
policy: ModuleType = cancellation


@pytest.fixture(autouse=True, params=POLICIES, ids=["first", "second", "now"])
def _policy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of this is so in orders that began under any version."""
    monkeypatch.setitem(globals(), "policy", request.param)


def story(*events: Event) -> Story:
    return Story(policy).given(*events)


def stop(shipment_id: object = SHIPMENT, reason: str = "Not needed.") -> shipment.CancelShipment:
    return shipment.CancelShipment(shipment_id=shipment_id, reason=reason)  # type: ignore[arg-type]  # an id


@pytest.mark.parametrize("ending", [h.CANCELLED, h.REJECTED])
def test_stock_and_payment_of_an_order_that_ended_are_given_back(ending: Event) -> None:
    story(*PLACED).when(ending).then(*RELEASED, GIVEN_UP)


def test_its_parcels_are_stopped() -> None:
    story(*PLACED, h.planned()).when(h.CANCELLED).then(*RELEASED, stop(reason=ENDED), GIVEN_UP)


def test_every_authorization_that_was_asked_for_is_given_up() -> None:
    again = payment.PaymentRequested(order_id=ORDER, attempt=2, amount=Money(cents=100))
    both = (GIVEN_UP, payment.VoidAuthorization(order_id=ORDER, attempt=2))
    story(*PLACED, again).when(h.CANCELLED).then(*RELEASED, *both)


def test_what_comes_only_afterwards_is_undone_too() -> None:
    ended = story(h.placed(), h.CANCELLED)
    ended.when(h.reserved()).then(RELEASED[0])
    ended.when(h.backordered()).then(RELEASED[1])
    ended.when(REQUESTED).then(GIVEN_UP)
    ended.when(h.planned()).then(stop(reason=ENDED))


def test_a_cancellation_stops_the_parcels_that_are_made_ready() -> None:
    story(*PACKED).when(h.ASKED_TO_CANCEL).then(stop())


def test_once_all_are_stopped_the_order_is_cancelled() -> None:
    cancel = order.CancelOrder(order_id=ORDER, reason="Not needed.", parcels=())
    story(*PACKED, h.ASKED_TO_CANCEL).when(h.stopped()).then(cancel)


def test_and_what_was_held_for_it_is_given_up() -> None:
    story(*PACKED, h.ASKED_TO_CANCEL, h.stopped()).when(h.CANCELLED).then(*RELEASED, GIVEN_UP)


def test_not_before_all_of_them_are_stopped() -> None:
    two = (*PLACED, h.planned(mug=2), h.picking(), h.planned(SECOND, kettle=1), h.picking(SECOND))
    asked = story(*two).when(h.ASKED_TO_CANCEL)
    asked.then(stop(), stop(SECOND))
    asked.when(h.stopped()).then()
    asked.when(h.stopped(SECOND)).then(order.CancelOrder(order_id=ORDER, reason="Not needed.", parcels=()))


def test_a_parcel_that_was_faster_refuses_it() -> None:
    late = order.RefuseCancellation(order_id=ORDER, reason="The parcel has left. You can return the goods instead.")
    story(*PACKED, h.ASKED_TO_CANCEL).when(h.dispatched()).then(late)
    story(*PACKED, h.dispatched()).when(h.ASKED_TO_CANCEL).then(late)


@pytest.mark.parametrize("name", ["CancelShipment", "RefuseCancellation"])
def test_who_was_too_late_is_told_so_by_what_happened(name: str) -> None:
    for before in (PACKED, (*PACKED, h.ASKED_TO_CANCEL), (*PACKED, h.CANCELLED)):
        story(*before).when(h.refused(name)).then(Accept())


def test_any_other_refusal_waits_for_a_person() -> None:
    for before in (PACKED, (*PACKED, h.ASKED_TO_CANCEL), (*PACKED, h.CANCELLED)):
        story(*before).when(h.refused("CancelOrder")).then()


def test_a_parcel_that_is_planned_meanwhile_is_stopped_as_well() -> None:
    story(*PLACED, h.ASKED_TO_CANCEL).when(h.planned()).then(stop())


def test_after_a_refused_cancellation_the_order_goes_its_way() -> None:
    refused = story(*PACKED, h.ASKED_TO_CANCEL, h.dispatched()).when(h.GOES_ON)
    refused.then()
    refused.when(h.planned(SECOND)).then(stop(SECOND, "Fewer pieces are wanted meanwhile."))


def test_lines_that_are_cancelled_go_back_to_the_stock() -> None:
    story(*PLACED).when(h.lines_cancelled()).then(RELEASED[1])


def test_and_a_parcel_that_was_planned_with_them_is_stopped() -> None:
    story(*PLACED, h.planned()).when(h.lines_cancelled()).then(RELEASED[1], stop())


def test_but_not_one_that_holds_no_more_than_is_wanted() -> None:
    story(*PLACED, h.planned(mug=2)).when(h.lines_cancelled()).then(RELEASED[1])
    story(*PLACED, h.planned(), h.picking()).when(h.lines_cancelled()).then(RELEASED[1])


def test_nor_one_that_is_planned_when_the_lines_are_gone() -> None:
    story(*PLACED, h.lines_cancelled()).when(h.planned(mug=2)).then()
    story(*PLACED, h.lines_cancelled()).when(h.planned()).then(stop(reason="Fewer pieces are wanted meanwhile."))


def test_a_completed_order_is_over() -> None:
    over = story(*PACKED, h.dispatched(), h.COMPLETED)
    over.when(h.planned(SECOND)).then()
    over.when(h.CANCELLED).then()
