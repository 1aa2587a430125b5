"""Payment: each shipment's share is taken, once, and the shares add up."""

from itertools import pairwise, permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from orders.domain import payment
from orders.domain.money import Money, total
from orders.domain.payment import (
    CapturePayment,
    CaptureRequest,
    CaptureRequested,
    LatePaymentReceived,
    PaymentOutcomeUnknown,
    RecordCapture,
    RecordCaptureFailure,
    RecordUnknownOutcome,
    RetryCapture,
    WriteOffCapture,
)
from tests.orders.domain.ids import ORDER, PARCEL, PARCEL_2
from tests.orders.domain.payments import (
    ALL,
    AUTHORIZED,
    CAPTURED,
    CAPTURING,
    EXPIRED,
    FAILED,
    REQUESTED,
    SHARE,
    STAGES,
    VOIDED,
    WRITTEN_OFF,
    after,
    card,
    eur,
    when,
)
from tests.scenario import Scenario

STILL_WAITING = "The payment provider has not answered yet. Wait until it is known what became of it."
NOT_ASKED = "We did not ask the payment provider for this."

CAPTURE = CapturePayment(order_id=ORDER, shipment_id=PARCEL, amount=SHARE)
TAKEN = RecordCapture(order_id=ORDER, shipment_id=PARCEL, attempt=1, amount=SHARE, reference="ch_1")
NOT_TAKEN = RecordCaptureFailure(order_id=ORDER, shipment_id=PARCEL, attempt=1, reason="Card expired.")
RETRY = RetryCapture(order_id=ORDER, shipment_id=PARCEL, attempt=2)
RETRIED = replace(CAPTURING, attempt=2)
WRITE_OFF = WriteOffCapture(order_id=ORDER, shipment_id=PARCEL, reason="Tried enough.")
UNKNOWN = RecordUnknownOutcome(order_id=ORDER, request=CaptureRequest(shipment_id=PARCEL, attempt=1))
UNANSWERED = PaymentOutcomeUnknown(order_id=ORDER, request=CaptureRequest(shipment_id=PARCEL, attempt=1))
LATE = LatePaymentReceived(
    order_id=ORDER, request=CaptureRequest(shipment_id=PARCEL, attempt=1), amount=SHARE, reference="ch_1"
)


# Asked for


def test_a_share_is_captured() -> None:
    card().when(CAPTURE).then(CAPTURING)


def test_two_shipments_are_captured_up_to_the_total_exactly() -> None:
    rest = CapturePayment(order_id=ORDER, shipment_id=PARCEL_2, amount=eur(6000))
    asked = replace(CAPTURING, shipment_id=PARCEL_2, amount=eur(6000))
    card(CAPTURING).when(rest).then(asked)
    card(CAPTURING, CAPTURED).when(rest).then(asked)
    card(CAPTURING, CAPTURED).when(replace(rest, amount=eur(6001))).refused(
        "Only €60.00 is still held on the card, and €60.01 is asked for."
    )


@given(st.sets(st.integers(1, ALL.cents - 1), max_size=199))
def test_the_shares_of_any_number_of_shipments_add_up_to_the_cent(cuts: set[int]) -> None:
    shares = [eur(end - start) for start, end in pairwise([0, *sorted(cuts), ALL.cents])]
    state = card().state
    for number, share in enumerate(shares):
        asked = replace(CAPTURE, shipment_id=UUID(int=number), amount=share)
        state = after(state, asked, replace(TAKEN, shipment_id=UUID(int=number), amount=share))
    assert state.ledger.received == total(shares) == ALL
    assert state.ledger.committed(1) == ALL


@pytest.mark.parametrize(
    "since", [(CAPTURING,), (CAPTURING, CAPTURED), (CAPTURING, FAILED), (CAPTURING, CAPTURED, VOIDED)]
)
def test_a_shipment_is_captured_once(since: tuple[payment.Happening, ...]) -> None:
    card(*since).when(CAPTURE).then()


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ("unrequested", "Nobody has asked for this payment yet."),
        ("requested", STILL_WAITING),
        ("unanswered", STILL_WAITING),
        ("expired", "The authorization has expired. Ask for a new one first."),
        ("voided", "The authorization was given up."),
        ("given up", "The authorization was given up."),
        ("on account", "This order is paid by invoice."),
    ],
)
def test_nothing_is_captured_that_is_not_held(stage: str, sentence: str) -> None:
    when(stage, replace(CAPTURE, shipment_id=PARCEL_2)).refused(sentence)


UNTRIED = replace(FAILED, attempt=0, reason="The card was declined.")
DECLINED = replace(STAGES["declined"][-1], attempt=2)


def anew(amount: Money = ALL) -> tuple[payment.Happening, ...]:
    """The hold is gone, and another one is there."""
    return (EXPIRED, replace(REQUESTED, attempt=2, amount=amount), replace(AUTHORIZED, attempt=2, amount=amount))


def test_what_has_left_while_the_card_was_declined_is_a_capture_that_failed() -> None:
    declined = card(EXPIRED, replace(REQUESTED, attempt=2), DECLINED)
    declined.when(CAPTURE).then(UNTRIED)
    declined.given(UNTRIED).when(CAPTURE).then()
    declined.when(RETRY).refused("The card was declined.")
    declined.when(TAKEN).refused(NOT_ASKED)
    declined.when(WRITE_OFF).then(WRITTEN_OFF)


def test_and_is_captured_once_another_one_holds_it() -> None:
    again = (replace(REQUESTED, attempt=3), replace(AUTHORIZED, attempt=3))
    held = card(EXPIRED, replace(REQUESTED, attempt=2), DECLINED, UNTRIED, *again)
    asked = replace(CAPTURING, authorization=3)
    held.when(CAPTURE).then(asked)
    held.when(replace(RETRY, attempt=1)).then(asked)
    held.given(asked).when(CAPTURE).then()
    held.when(replace(RETRY, attempt=1)).then()


def test_so_is_what_failed_under_an_earlier_authorization() -> None:
    card(CAPTURING, FAILED, *anew(SHARE)).when(CAPTURE).then(replace(RETRIED, authorization=2))
    card(CAPTURING, FAILED, *anew(eur(2999))).when(CAPTURE).then()


@pytest.mark.parametrize("since", [(), (UNANSWERED,), (CAPTURED,), (FAILED, WRITTEN_OFF), (FAILED, RETRIED)])
def test_but_nothing_that_was_taken_or_may_be_or_is_given_up(since: tuple[payment.Happening, ...]) -> None:
    card(CAPTURING, *since, *anew()).when(CAPTURE).then()


def test_something_is_captured() -> None:
    card().when(replace(CAPTURE, amount=eur(0))).refused("Enter an amount of more than zero.")


# Taken


def test_the_share_is_taken() -> None:
    card(CAPTURING).when(TAKEN).then(CAPTURED)
    card(CAPTURING, UNANSWERED).when(TAKEN).then(CAPTURED)


@pytest.mark.parametrize("since", [(FAILED,), (FAILED, WRITTEN_OFF), (FAILED, RETRIED)])
def test_the_share_is_taken_after_all(since: tuple[payment.Happening, ...]) -> None:
    card(CAPTURING, *since).when(TAKEN).then(CAPTURED)


def test_the_share_is_taken_even_after_the_authorization_is_gone() -> None:
    card(CAPTURING, EXPIRED).when(TAKEN).then(CAPTURED)


def test_the_provider_says_twice_that_it_was_taken() -> None:
    card(CAPTURING, CAPTURED).when(TAKEN).then()
    card(CAPTURING, FAILED, RETRIED, CAPTURED).when(TAKEN).then()


def test_what_is_taken_by_two_attempts_is_given_back() -> None:
    twice = card(CAPTURING, FAILED, RETRIED, replace(CAPTURED, attempt=2))
    twice.when(TAKEN).then(LATE)
    twice.given(LATE).when(TAKEN).then()
    assert twice.state.ledger.received == twice.state.ledger.refundable == eur(6000)


def test_the_provider_took_another_amount() -> None:
    card(CAPTURING).when(replace(TAKEN, amount=eur(2999))).refused(
        "The payment provider took €29.99, and we had asked for €30.00."
    )


# Not taken


def test_the_share_cannot_be_taken() -> None:
    card(CAPTURING).when(NOT_TAKEN).then(FAILED)
    card(CAPTURING, UNANSWERED).when(NOT_TAKEN).then(FAILED)


@pytest.mark.parametrize("since", [(CAPTURED,), (FAILED,), (FAILED, WRITTEN_OFF), (FAILED, RETRIED)])
def test_a_failure_that_is_old_news(since: tuple[payment.Happening, ...]) -> None:
    card(CAPTURING, *since).when(NOT_TAKEN).then()


def test_answers_in_any_order_come_to_the_same_end() -> None:
    answers: list[payment.Message] = [TAKEN, NOT_TAKEN, UNKNOWN, TAKEN, NOT_TAKEN]
    ends = [after(card(CAPTURING).state, *order).ledger for order in permutations(answers)]
    assert {(end.captures[PARCEL].standing, end.received.cents) for end in ends} == {("captured", 3000)}


@pytest.mark.parametrize("command", [TAKEN, NOT_TAKEN, RETRY, WRITE_OFF], ids=lambda command: type(command).__name__)
def test_what_we_never_asked_for(command: payment.Message) -> None:
    card().when(command).refused(NOT_ASKED)


@pytest.mark.parametrize("attempt", [0, 2])
def test_an_attempt_that_we_never_made(attempt: int) -> None:
    for command in (replace(TAKEN, attempt=attempt), replace(NOT_TAKEN, attempt=attempt)):
        card(CAPTURING).when(command).refused(NOT_ASKED)


# Unanswered


def test_the_provider_never_answers() -> None:
    card(CAPTURING).when(UNKNOWN).then(UNANSWERED)


@pytest.mark.parametrize("since", [(UNANSWERED,), (CAPTURED,), (FAILED,), (FAILED, WRITTEN_OFF), (FAILED, RETRIED)])
def test_what_is_known_does_not_become_unknown(since: tuple[payment.Happening, ...]) -> None:
    card(CAPTURING, *since).when(UNKNOWN).then()


# Tried again, or written off


def test_a_failed_capture_is_tried_again() -> None:
    card(CAPTURING, FAILED).when(RETRY).then(RETRIED)


def test_a_failed_capture_is_tried_again_once() -> None:
    card(CAPTURING, FAILED, RETRIED).when(RETRY).then()
    card(CAPTURING).when(replace(RETRY, attempt=1)).then()


def test_a_failed_capture_is_tried_again_under_a_new_authorization() -> None:
    anew = (replace(REQUESTED, attempt=2, amount=SHARE), replace(AUTHORIZED, attempt=2, amount=SHARE))
    card(CAPTURING, FAILED, EXPIRED).when(RETRY).refused("The authorization has expired. Ask for a new one first.")
    card(CAPTURING, FAILED, EXPIRED, *anew).when(RETRY).then(replace(RETRIED, authorization=2))
    small = (replace(anew[0], amount=eur(2999)), replace(anew[1], amount=eur(2999)))
    card(CAPTURING, FAILED, EXPIRED, *small).when(RETRY).refused("€30.00 is no longer held on the card.")


def test_under_a_new_authorization_there_is_room_for_what_others_have_left() -> None:
    anew = (replace(REQUESTED, attempt=2, amount=eur(5000)), replace(AUTHORIZED, attempt=2, amount=eur(5000)))
    other = CaptureRequested(order_id=ORDER, shipment_id=PARCEL_2, authorization=2, attempt=1, amount=eur(2001))
    card(CAPTURING, FAILED, EXPIRED, *anew, other).when(RETRY).refused("€30.00 is no longer held on the card.")
    other = replace(other, amount=eur(2000))
    card(CAPTURING, FAILED, EXPIRED, *anew, other).when(RETRY).then(replace(RETRIED, authorization=2))


def test_a_failed_capture_keeps_its_share_as_its_goods_have_left() -> None:
    card(CAPTURING, FAILED).when(CapturePayment(order_id=ORDER, shipment_id=PARCEL_2, amount=eur(6001))).refused(
        "Only €60.00 is still held on the card, and €60.01 is asked for."
    )
    others = CaptureRequested(order_id=ORDER, shipment_id=PARCEL_2, authorization=1, attempt=1, amount=eur(6000))
    card(CAPTURING, FAILED, others).when(RETRY).then(RETRIED)


@pytest.mark.parametrize("command", [RETRY, WRITE_OFF], ids=["retry", "write off"])
def test_what_has_not_failed_is_neither_tried_again_nor_written_off(command: payment.Message) -> None:
    card(CAPTURING).when(command).refused(STILL_WAITING)
    card(CAPTURING, UNANSWERED).when(command).refused(STILL_WAITING)
    card(CAPTURING, CAPTURED).when(command).refused("This has been captured meanwhile.")


def test_a_failed_capture_is_written_off() -> None:
    card(CAPTURING, FAILED).when(WRITE_OFF).then(WRITTEN_OFF)
    card(CAPTURING, FAILED, WRITTEN_OFF).when(WRITE_OFF).then()
    card(CAPTURING, FAILED, WRITTEN_OFF).when(RETRY).refused("This capture was written off.")
    card(CAPTURING, FAILED).when(replace(WRITE_OFF, reason="")).refused("Enter a reason.")


def test_what_was_taken_of_nothing_is_nothing() -> None:
    assert Scenario(payment).given(*STAGES["authorized"]).state.ledger.received == eur(0)
