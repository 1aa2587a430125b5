"""Charging, as it is run now, as equations: what a refund comes from is kept for it, and what has gone is known."""

import pytest
from msgspec.structs import replace

from eventstore.messages import Event
from eventstore.process import Ask
from orders.domain import payment
from orders.domain.money import Money
from orders.processes import PROCESSES, charging, charging_heedful, charging_to_the_cent
from tests import factories
from tests.processes.story import Story
from tests.processes.test_charging import FOUR, ORDER, PLACED, REFUND, SIX, TAKEN, TEN, refund, waits
from tests.processes.test_charging_heedful import LOOK, failed, gives_back

ONE, THREE, NINE = (Money(cents=cents) for cents in (100, 300, 900))


def story(*events: Event) -> Story:
    """An order by card, and what has happened since."""
    return Story(charging_to_the_cent).given(PLACED, *events)


def test_an_order_that_is_placed_now_is_charged_so_and_one_that_was_placed_before_as_it_was() -> None:
    [process] = [each for each in PROCESSES if each.name == "charging"]
    assert process.policies == {1: charging, 2: charging_heedful, 3: charging_to_the_cent}


def other(amount: Money) -> Event:
    """Another refund."""
    return refund(amount, ORDER)


def of_another(asked: Ask) -> Ask:
    """The same, for the other refund."""
    return Ask(asked.system, replace(asked.request, refund_id=ORDER))


@pytest.mark.parametrize("failure", [failed(), failed(pi_2=THREE), failed(pi_1=SIX)], ids=["untold", "last", "first"])
def test_what_a_refund_is_to_come_from_is_kept_for_it(failure: Event) -> None:
    told = story(*TAKEN, refund(NINE), failure)
    told.when(other(ONE)).then(of_another(gives_back(ONE, 1, ("pi_2", ONE))), waits(10))
    told.when(refund(NINE, attempt=2)).then(gives_back(NINE, 2, ("pi_1", SIX), ("pi_2", THREE)), waits(11))


def test_the_second_version_had_nothing_left_for_it() -> None:
    told = Story(charging_heedful).given(PLACED, *TAKEN, refund(NINE), failed(pi_2=THREE), other(ONE))
    told.when(refund(NINE, attempt=2)).then(unpaid(refund(NINE, attempt=2)), waits(11))


def test_once_it_is_written_off_what_has_not_gone_is_there_for_another() -> None:
    written_off = factories.RefundWrittenOff.build(order_id=ORDER, refund_id=REFUND)
    told = story(*TAKEN, refund(NINE), failed(pi_2=THREE), written_off)
    told.when(other(SIX + ONE)).then(of_another(gives_back(SIX + ONE, 1, ("pi_1", SIX), ("pi_2", ONE))), waits(11))
    all_of_it = story(*TAKEN, refund(TEN), failed(), written_off)
    all_of_it.when(other(TEN)).then(of_another(gives_back(TEN, 1, ("pi_1", SIX), ("pi_2", FOUR))), waits(11))


def unpaid(asked: Event, **gone: Money) -> payment.RecordRefundFailure:
    """It cannot go back, but for what has gone."""
    assert isinstance(asked, payment.RefundRequested)
    return payment.RecordRefundFailure(
        order_id=ORDER, refund_id=asked.refund_id, attempt=asked.attempt, reason=charging.NOT_TAKEN, gone=gone
    )


def test_where_the_rest_was_never_taken_what_has_gone_is_not_forgotten() -> None:
    again = refund(TEN + ONE, attempt=2)
    told = story(*TAKEN, refund(TEN), failed(pi_2=FOUR))
    told.when(again).then(unpaid(again, pi_2=FOUR), waits(10))


def test_once_it_was_it_comes_from_there_as_well() -> None:
    late = factories.PaymentCaptured.build(order_id=ORDER, shipment_id=REFUND, amount=ONE, reference="pi_2/late-1")
    told = story(*TAKEN, refund(TEN + ONE), failed(), late)
    asked = gives_back(TEN + ONE, 2, ("pi_1", SIX), ("pi_2", FOUR + ONE))
    told.when(refund(TEN + ONE, attempt=2)).then(asked, waits(11))
    told.when(replace(failed(), attempt=2)).then(LOOK)


@pytest.mark.parametrize("event", [*TAKEN, other(ONE), failed()])
def test_everything_else_is_as_before(event: Event) -> None:
    for given in (TAKEN, (*TAKEN, refund(TEN))):
        assert story(*given).when(event).todo == Story(charging_heedful).given(PLACED, *given).when(event).todo


def test_an_order_of_which_no_card_is_known_is_nothing_to_it() -> None:
    Story(charging_to_the_cent).when(refund(TEN)).then()
