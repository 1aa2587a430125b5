"""Payment: an amount is held on the card, by a provider that answers late, twice, out of order, or never."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from orders.domain import payment
from orders.domain.money import Money
from orders.domain.payment import (
    AuthorizationExpired,
    AuthorizationRequest,
    AuthorizationVoided,
    Authorized,
    CaptureRequest,
    ExpireAuthorization,
    LatePaymentReceived,
    PaymentOutcomeUnknown,
    PaymentRequested,
    RecordAuthorization,
    RecordDecline,
    RecordUnknownOutcome,
    RefundRequest,
    RequestPayment,
    VoidAuthorization,
)
from tests.orders.domain.ids import ORDER, PARCEL, REFUND
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
    UNANSWERED,
    VOIDED,
    WEEK,
    after,
    card,
    eur,
    when,
)
from tests.scenario import Scenario

NOT_ASKED = "We did not ask the payment provider for this."
STILL_WAITING = "The payment provider has not answered yet. Wait until it is known what became of it."

REQUEST = RequestPayment(order_id=ORDER, attempt=1, amount=ALL)
ANEW = RequestPayment(order_id=ORDER, attempt=2, amount=eur(6000))
ASKED_ANEW = PaymentRequested(order_id=ORDER, attempt=2, amount=eur(6000))
AUTHORIZE = RecordAuthorization(order_id=ORDER, attempt=1, amount=ALL, expires_at=NOON + WEEK, reference="pi_1")
DECLINE = RecordDecline(order_id=ORDER, attempt=1, reason="No money.")
EXPIRE = ExpireAuthorization(order_id=ORDER, attempt=1)
VOID = VoidAuthorization(order_id=ORDER, attempt=1)
UNKNOWN = RecordUnknownOutcome(order_id=ORDER, request=AuthorizationRequest(attempt=1))
LATE = LatePaymentReceived(order_id=ORDER, request=AuthorizationRequest(attempt=1), amount=ALL, reference="pi_1")


# Asked for


def test_the_provider_is_asked_to_hold_an_amount() -> None:
    when("unrequested", REQUEST).then(REQUESTED)


@pytest.mark.parametrize("stage", ["declined", "expired", "voided", "given up"])
def test_the_provider_is_asked_anew(stage: str) -> None:
    when(stage, ANEW).then(ASKED_ANEW)


def test_to_ask_anew_gives_up_what_is_still_held() -> None:
    when("authorized", ANEW).then(VOIDED, ASKED_ANEW)
    card(CAPTURING, CAPTURED).when(ANEW).then(replace(VOIDED, amount=eur(6000)), ASKED_ANEW)
    everything = replace(CAPTURING, amount=ALL), replace(CAPTURED, amount=ALL)
    card(*everything).when(ANEW).then(ASKED_ANEW)


@pytest.mark.parametrize(
    "stage", ["requested", "unanswered", "declined", "authorized", "expired", "voided", "given up"]
)
def test_the_same_attempt_is_made_once(stage: str) -> None:
    when(stage, REQUEST).then()


@pytest.mark.parametrize("stage", ["requested", "unanswered"])
def test_nobody_is_asked_again_before_they_have_answered(stage: str) -> None:
    when(stage, ANEW).refused(STILL_WAITING)


def test_who_pays_by_invoice_is_not_asked_for_a_card() -> None:
    when("on account", REQUEST).refused("This order is paid by invoice.")


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        (eur(0), "Enter an amount of more than zero."),
        (eur(-1), "Enter an amount of more than zero."),
        (Money(cents=100, currency="GBP"), "All our amounts are in EUR."),
    ],
    ids=["nothing", "less than nothing", "pounds"],
)
def test_an_amount_is_some_euros(amount: Money, sentence: str) -> None:
    when("unrequested", replace(REQUEST, amount=amount)).refused(sentence)
    when("requested", replace(AUTHORIZE, amount=amount)).refused(sentence)


def test_a_cent_is_an_amount() -> None:
    when("unrequested", replace(REQUEST, amount=eur(1))).then(replace(REQUESTED, amount=eur(1)))


# The provider says yes


@pytest.mark.parametrize("stage", ["requested", "unanswered", "declined"])
def test_the_provider_holds_the_amount(stage: str) -> None:
    when(stage, AUTHORIZE).then(AUTHORIZED)


@pytest.mark.parametrize("stage", ["authorized", "expired", "voided"])
def test_the_provider_says_yes_twice(stage: str) -> None:
    when(stage, AUTHORIZE).then()


def test_the_provider_says_yes_after_we_have_given_up() -> None:
    when("given up", AUTHORIZE).then(LATE)
    Scenario(payment).given(REQUESTED, VOIDED, LATE).when(AUTHORIZE).then()


def test_the_provider_says_yes_to_an_earlier_attempt() -> None:
    Scenario(payment).given(REQUESTED, DECLINED, ASKED_ANEW).when(AUTHORIZE).then(LATE)


def test_what_came_too_late_is_let_go_once() -> None:
    late = Scenario(payment).given(REQUESTED, VOIDED, LATE)
    late.when(VOID).then(VOIDED)
    late.when(EXPIRE).then(EXPIRED)
    late.given(VOIDED).when(VOID).then()
    late.when(EXPIRE).then()


def test_letting_go_of_what_came_late_leaves_the_next_attempt_alone() -> None:
    later = Scenario(payment).given(REQUESTED, DECLINED, ASKED_ANEW)
    before = later.state
    assert later.given(LATE, VOIDED).state.ledger.unwanted == {}
    assert (later.state.attempt, later.state.amount) == (before.attempt, before.amount) == (2, eur(6000))
    assert type(later.state) is type(before)


def test_a_payment_for_an_order_that_was_rejected_is_seen_and_let_go() -> None:
    """No authorization within 30 minutes: the order is rejected, the payment given up, and then the money comes."""
    when("requested", VOID).then(VOIDED)
    when("given up", AUTHORIZE).then(LATE)
    Scenario(payment).given(REQUESTED, VOIDED, LATE).when(VOID).then(VOIDED)


def test_the_provider_holds_another_amount() -> None:
    when("requested", replace(AUTHORIZE, amount=eur(8999))).refused(
        "The payment provider holds €89.99, and we had asked for €90.00."
    )


# The provider says no


@pytest.mark.parametrize("stage", ["requested", "unanswered"])
def test_the_provider_says_no(stage: str) -> None:
    when(stage, DECLINE).then(DECLINED)


@pytest.mark.parametrize("stage", ["declined", "authorized", "expired", "voided", "given up"])
def test_a_no_that_is_old_news(stage: str) -> None:
    when(stage, DECLINE).then()
    Scenario(payment).given(REQUESTED, DECLINED, ASKED_ANEW).when(DECLINE).then()


def test_webhook_and_answer_in_any_order_come_to_the_same_end() -> None:
    answers: list[payment.Message] = [AUTHORIZE, DECLINE, UNKNOWN, AUTHORIZE, DECLINE]
    ends = [after(Scenario(payment).given(REQUESTED).state, *order) for order in permutations(answers)]
    assert all(isinstance(end, Authorized) and (end.attempt, end.amount) == (1, ALL) for end in ends)
    assert {end.ledger.held for end in ends} == {frozenset({1})}


# The provider says nothing


def test_the_provider_never_answers() -> None:
    when("requested", UNKNOWN).then(UNANSWERED)


@pytest.mark.parametrize("stage", ["unanswered", "declined", "authorized", "expired", "voided", "given up"])
def test_what_is_known_does_not_become_unknown(stage: str) -> None:
    when(stage, UNKNOWN).then()
    Scenario(payment).given(REQUESTED, DECLINED, ASKED_ANEW).when(UNKNOWN).then()


def test_a_late_silence_changes_nothing() -> None:
    assert card(UNANSWERED).state == card().state


# What nobody asked for


@pytest.mark.parametrize("stage", ["unrequested", "on account"])
@pytest.mark.parametrize("command", [AUTHORIZE, DECLINE, UNKNOWN, EXPIRE], ids=lambda command: type(command).__name__)
def test_what_we_never_asked_for(stage: str, command: payment.Message) -> None:
    when(stage, command).refused(NOT_ASKED)


@pytest.mark.parametrize("attempt", [0, 2])
def test_an_attempt_that_we_never_made(attempt: int) -> None:
    for command in (
        replace(AUTHORIZE, attempt=attempt),
        replace(DECLINE, attempt=attempt),
        replace(EXPIRE, attempt=attempt),
        replace(UNKNOWN, request=AuthorizationRequest(attempt=attempt)),
    ):
        when("requested", command).refused(NOT_ASKED)


@pytest.mark.parametrize(
    "request_", [CaptureRequest(shipment_id=PARCEL, attempt=1), RefundRequest(refund_id=REFUND, attempt=1)], ids=str
)
def test_a_silence_about_what_we_never_asked_for(request_: CaptureRequest | RefundRequest) -> None:
    when("authorized", RecordUnknownOutcome(order_id=ORDER, request=request_)).refused(NOT_ASKED)


# Given up, or expired


@pytest.mark.parametrize("stage", ["requested", "unanswered", "declined", "authorized"])
def test_an_amount_is_given_up(stage: str) -> None:
    when(stage, VOID).then(VOIDED)


@pytest.mark.parametrize("stage", ["unrequested", "expired", "voided", "given up", "on account"])
def test_there_is_nothing_to_give_up(stage: str) -> None:
    when(stage, VOID).then()


@pytest.mark.parametrize("stage", ["requested", "authorized"])
def test_another_attempt_is_not_given_up(stage: str) -> None:
    when(stage, replace(VOID, attempt=2)).then()


def test_only_the_rest_is_given_up_once_a_share_is_captured() -> None:
    card(CAPTURING, CAPTURED).when(VOID).then(AuthorizationVoided(order_id=ORDER, attempt=1, amount=eur(6000)))
    card(CAPTURING, CAPTURED).when(EXPIRE).then(AuthorizationExpired(order_id=ORDER, attempt=1, amount=eur(6000)))
    card(CAPTURING, FAILED).when(VOID).then(VOIDED)


def test_nothing_is_given_up_while_a_capture_is_under_way() -> None:
    card(CAPTURING).when(VOID).refused("A capture is under way. Wait for its outcome.")
    card(CAPTURING).when(ANEW).refused("A capture is under way. Wait for its outcome.")
    unanswered = PaymentOutcomeUnknown(order_id=ORDER, request=CaptureRequest(shipment_id=PARCEL, attempt=1))
    card(CAPTURING, unanswered).when(VOID).refused("A capture is under way. Wait for its outcome.")


def test_what_came_too_late_is_let_go_even_while_a_capture_is_under_way() -> None:
    second = replace(AUTHORIZED, attempt=2, amount=eur(6000))
    capturing = replace(CAPTURING, authorization=2)
    Scenario(payment).given(REQUESTED, DECLINED, ASKED_ANEW, LATE, second, capturing).when(VOID).then(VOIDED)


def test_an_authorization_expires() -> None:
    when("authorized", EXPIRE).then(EXPIRED)


@pytest.mark.parametrize("stage", ["requested", "unanswered", "declined", "expired", "voided", "given up"])
def test_what_is_not_held_does_not_expire(stage: str) -> None:
    when(stage, EXPIRE).then()


def test_what_is_captured_does_not_expire() -> None:
    card(replace(CAPTURING, amount=ALL), replace(CAPTURED, amount=ALL)).when(EXPIRE).then()
