"""Replacing: a customer whose card was declined pays with another one; nobody else can, and nothing else is paid so."""

import pytest
from msgspec.structs import replace

from orders.domain import payment
from orders.domain.payment import (
    Authorized,
    CardReplaced,
    PaymentRequested,
    PayWithAnotherCard,
    RecordAuthorization,
    RecordDecline,
    VoidAuthorization,
)
from tests.orders.domain.ids import ORDER, PARCEL
from tests.orders.domain.payments import (
    ALL,
    AUTHORIZED,
    CAPTURED,
    CAPTURING,
    DECLINED,
    EXPIRED,
    FAILED,
    NOON,
    REQUESTED,
    STAGES,
    WEEK,
    WRITTEN_OFF,
    after,
    eur,
    when,
)
from tests.scenario import Scenario

PAY = PayWithAnotherCard(order_id=ORDER, customer_id=PARCEL, card="pm_other", price=ALL)
SECOND = (
    CardReplaced(order_id=ORDER, card="pm_other", attempt=2),
    PaymentRequested(order_id=ORDER, attempt=2, amount=ALL),
)
STILL_WAITING = "The payment provider has not answered yet. Wait until it is known what became of it."
NOT_DECLINED = "The card was not declined: no other one is needed."
WHY_NOT = {
    "unrequested": "Nobody has asked for this payment yet.",
    "requested": STILL_WAITING,
    "unanswered": STILL_WAITING,
    "authorized": NOT_DECLINED,
    "expired": NOT_DECLINED,
    "voided": "Nothing is to be paid any more.",
    "given up": "Nothing is to be paid any more.",
    "on account": "This order is paid by invoice.",
}


def test_another_card_is_asked_for_all_that_is_to_be_paid() -> None:
    when("declined", PAY).then(*SECOND)


def test_and_another_one_when_that_is_declined_too() -> None:
    declined = replace(DECLINED, attempt=2)
    third = (replace(SECOND[0], attempt=3), replace(SECOND[1], attempt=3))
    Scenario(payment).given(REQUESTED, DECLINED, *SECOND, declined).when(PAY).then(*third)


def test_what_was_cancelled_meanwhile_is_not_asked_for() -> None:
    less = replace(SECOND[1], amount=eur(2500))
    when("declined", replace(PAY, price=eur(2500))).then(SECOND[0], less)


@pytest.mark.parametrize(("since", "left"), [(CAPTURED, 6000), (WRITTEN_OFF, 6000), (FAILED, 9000)])
def test_nor_what_is_settled(since: payment.Happening, left: int) -> None:
    expired = (AUTHORIZED, CAPTURING, since, EXPIRED, replace(REQUESTED, attempt=2), replace(DECLINED, attempt=2))
    third = (replace(SECOND[0], attempt=3), replace(SECOND[1], attempt=3, amount=eur(left)))
    Scenario(payment).given(REQUESTED, *expired).when(PAY).then(*third)


def test_of_what_costs_nothing_any_more_nothing_is_to_be_paid() -> None:
    when("declined", replace(PAY, price=eur(0))).refused("Nothing is to be paid any more.")


@pytest.mark.parametrize("stage", sorted(STAGES.keys() - {"declined"}))
def test_only_a_card_that_was_declined_is_replaced(stage: str) -> None:
    when(stage, PAY).refused(WHY_NOT[stage])


def test_asked_for_twice_one_card_is_asked_once() -> None:
    Scenario(payment).given(REQUESTED, DECLINED, *SECOND).when(PAY).refused(STILL_WAITING)


@pytest.mark.parametrize("card", ["", "4242424242424242", "pm_"])
def test_a_card_is_the_provider_s_name_for_it(card: str) -> None:
    when("declined", replace(PAY, card=card)).refused("Choose one of your cards.")


def test_the_other_card_pays() -> None:
    asked = Scenario(payment).given(REQUESTED, DECLINED, *SECOND).state
    held = RecordAuthorization(order_id=ORDER, attempt=2, amount=ALL, expires_at=NOON + WEEK, reference="pi_2")
    old = RecordDecline(order_id=ORDER, attempt=1, reason="No money.")
    paid = after(asked, old, held, old)
    assert isinstance(paid, Authorized)
    assert (paid.attempt, paid.amount, paid.ledger.held) == (2, ALL, frozenset({2}))


def test_the_first_card_says_yes_after_all_and_is_let_go() -> None:
    late = RecordAuthorization(order_id=ORDER, attempt=1, amount=ALL, expires_at=NOON + WEEK, reference="pi_1")
    asked = Scenario(payment).given(REQUESTED, DECLINED, *SECOND).state
    told = after(asked, late)
    assert told.ledger.unwanted == {1: ALL}
    assert after(told, VoidAuthorization(order_id=ORDER, attempt=1)).ledger.unwanted == {}
    assert told.ledger.received == eur(0)


def test_it_is_the_customer_s_alone() -> None:
    assert payment.owner(PAY, payment.initial) == PARCEL
    assert payment.owner(VoidAuthorization(order_id=ORDER, attempt=1), payment.initial) is None
