"""Payment: money goes back, never more than came in, and above a limit only when two people say so."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from eventstore.messages import Refused
from orders.domain import payment
from orders.domain.payment import (
    GOODWILL,
    ApproveRefund,
    GrantGoodwillRefund,
    InvoicePaid,
    NothingLeftToRefund,
    PaymentOutcomeUnknown,
    PaymentRefunded,
    RecordRefund,
    RecordRefundFailure,
    RecordUnknownOutcome,
    RefundApproved,
    RefundFailed,
    RefundPayment,
    RefundProposed,
    RefundRejected,
    RefundRequest,
    RefundRequested,
    RefundWrittenOff,
    RejectRefund,
    RetryRefund,
    TransferRefund,
    WriteOffRefund,
)
from orders.domain.reasons import PAID_OTHERWISE
from tests.orders.domain.ids import ORDER, PARCEL, PARCEL_2, REFUND, REFUND_2, RETURN
from tests.orders.domain.payments import CAPTURED, CAPTURING, INVOICED, after, card, eur, when
from tests.orders.domain.payments import FAILED as CAPTURE_FAILED
from tests.orders.domain.payments import WRITTEN_OFF as GIVEN_UP
from tests.scenario import Scenario

STILL_WAITING = "The payment provider has not answered yet. Wait until it is known what became of it."
NOT_ASKED = "We did not ask the payment provider for this."
NO_SUCH = "There is no such refund."

REFUND_IT = RefundPayment(order_id=ORDER, refund_id=REFUND, amount=eur(1000), reason="Cancelled.")
ASKED = RefundRequested(order_id=ORDER, refund_id=REFUND, attempt=1, amount=eur(1000), reason="Cancelled.")
ASKED_AGAIN = replace(ASKED, attempt=2)
PAID = RecordRefund(order_id=ORDER, refund_id=REFUND, attempt=1, amount=eur(1000), reference="re_1")
REFUNDED = PaymentRefunded(order_id=ORDER, refund_id=REFUND, attempt=1, amount=eur(1000), reference="re_1")
NOT_PAID = RecordRefundFailure(order_id=ORDER, refund_id=REFUND, attempt=1, reason="Closed.")
FAILED = RefundFailed(order_id=ORDER, refund_id=REFUND, attempt=1, amount=eur(1000), reason="Closed.")
RETRY = RetryRefund(order_id=ORDER, refund_id=REFUND, attempt=2)
WRITE_OFF = WriteOffRefund(order_id=ORDER, refund_id=REFUND, reason="Paid in cash.")
WRITTEN_OFF = RefundWrittenOff(order_id=ORDER, refund_id=REFUND, amount=eur(1000), reason="Paid in cash.")
UNKNOWN = RecordUnknownOutcome(order_id=ORDER, request=RefundRequest(refund_id=REFUND, attempt=1))
UNANSWERED = PaymentOutcomeUnknown(order_id=ORDER, request=RefundRequest(refund_id=REFUND, attempt=1))

GRANT = GrantGoodwillRefund(
    order_id=ORDER, refund_id=REFUND, amount=eur(5001), reason="It came late.", granted_by="sofia"
)
PROPOSED = RefundProposed(
    order_id=ORDER, refund_id=REFUND, amount=eur(5001), reason="It came late.", proposed_by="sofia"
)
APPROVE = ApproveRefund(order_id=ORDER, refund_id=REFUND, approved_by="felix")
APPROVED = RefundApproved(order_id=ORDER, refund_id=REFUND, approved_by="felix")
REJECT = RejectRefund(order_id=ORDER, refund_id=REFUND, reason="Too much.")
REJECTED = RefundRejected(order_id=ORDER, refund_id=REFUND, reason="Too much.")
GOODWILL_ASKED = RefundRequested(order_id=ORDER, refund_id=REFUND, attempt=1, amount=eur(5001), reason="It came late.")


def paid(*events: payment.Happening) -> Scenario:
    """A payment of which €30.00 came in, and what has happened since."""
    return card(CAPTURING, CAPTURED, *events)


def paid_well(*events: payment.Happening) -> Scenario:
    """A payment of which €90.00 came in, and what has happened since."""
    return card(replace(CAPTURING, amount=eur(9000)), replace(CAPTURED, amount=eur(9000)), *events)


# Owed to the customer


def test_what_was_paid_goes_back() -> None:
    paid().when(REFUND_IT).then(ASKED)
    paid().when(replace(REFUND_IT, amount=eur(3000))).then(replace(ASKED, amount=eur(3000)))


def test_no_more_goes_back_than_came_in() -> None:
    sorry = replace(GRANT, refund_id=REFUND_2)
    paid().when(replace(GRANT, amount=eur(3001))).refused("Only €30.00 can still be refunded.")
    for since in [(ASKED,), (ASKED, UNANSWERED), (ASKED, REFUNDED), (ASKED, FAILED)]:
        paid(*since).when(replace(sorry, amount=eur(2001))).refused("Only €20.00 can still be refunded.")
        for amount in (eur(2000), eur(2001), eur(3000)):
            second = replace(REFUND_IT, refund_id=REFUND_2, amount=amount)
            paid(*since).when(second).then(replace(ASKED, refund_id=REFUND_2, amount=eur(2000)))


def test_where_all_went_back_nobody_has_to_do_anything() -> None:
    all_of_it = replace(ASKED, amount=eur(3000))
    nothing = NothingLeftToRefund(order_id=ORDER, refund_id=REFUND_2, reason="Cancelled.")
    second = replace(REFUND_IT, refund_id=REFUND_2)
    paid(all_of_it).when(second).then(nothing)
    paid(all_of_it, nothing).when(second).then()
    card(CAPTURING, CAPTURE_FAILED, GIVEN_UP).when(second).then(nothing)


def test_while_money_may_still_come_in_too_much_is_refused() -> None:
    """A person asks again once it is known what came in. So nobody pays later for what they sent back."""
    for events in [(), (CAPTURING,), (CAPTURING, CAPTURE_FAILED)]:
        card(*events).when(REFUND_IT).refused("Only €0.00 can still be refunded.")
    when("unrequested", REFUND_IT).refused("Only €0.00 can still be refunded.")
    paid().when(replace(REFUND_IT, amount=eur(3001))).refused("Only €30.00 can still be refunded.")
    other = replace(CAPTURING, shipment_id=PARCEL_2)
    paid(other).when(replace(REFUND_IT, amount=eur(3001))).refused("Only €30.00 can still be refunded.")
    paid(other).when(REFUND_IT).then(ASKED)


@pytest.mark.parametrize("since", [(ASKED,), (ASKED, REFUNDED), (ASKED, FAILED), (ASKED, FAILED, WRITTEN_OFF)])
def test_a_refund_is_asked_for_once(since: tuple[payment.Happening, ...]) -> None:
    paid(*since).when(REFUND_IT).then()


def test_something_goes_back() -> None:
    paid().when(replace(REFUND_IT, amount=eur(0))).refused("Enter an amount of more than zero.")
    paid().when(replace(GRANT, amount=eur(-1))).refused("Enter an amount of more than zero.")


# Goodwill


def test_one_person_may_grant_up_to_the_limit() -> None:
    assert eur(5000) == GOODWILL
    paid_well().when(replace(GRANT, amount=eur(5000))).then(replace(GOODWILL_ASKED, amount=eur(5000)))


def test_above_the_limit_a_second_person_is_asked() -> None:
    paid_well().when(GRANT).then(PROPOSED)
    paid_well(PROPOSED).when(APPROVE).then(APPROVED, GOODWILL_ASKED)
    paid_well(PROPOSED).when(REJECT).then(REJECTED)


def test_nobody_approves_their_own_refund() -> None:
    paid_well(PROPOSED).when(replace(APPROVE, approved_by="sofia")).refused(
        "You proposed this refund. Somebody else has to approve it."
    )


def test_a_refund_is_granted_once() -> None:
    for since in [(PROPOSED,), (PROPOSED, REJECTED), (PROPOSED, APPROVED, GOODWILL_ASKED), (GOODWILL_ASKED,)]:
        paid_well(*since).when(GRANT).then()


def test_goodwill_has_a_reason_and_a_limit_of_its_own() -> None:
    paid_well().when(replace(GRANT, reason=" ")).refused("Enter a reason.")
    paid_well(PROPOSED).when(replace(REJECT, reason="")).refused("Enter a reason.")
    paid().when(GRANT).refused("Only €30.00 can still be refunded.")


def test_what_is_proposed_is_spoken_for_until_it_is_rejected() -> None:
    other = replace(GRANT, refund_id=REFUND_2, amount=eur(4000))
    asked = replace(GOODWILL_ASKED, refund_id=REFUND_2, amount=eur(4000))
    paid_well(PROPOSED).when(other).refused("Only €39.99 can still be refunded.")
    paid_well(PROPOSED, REJECTED).when(other).then(asked)


def test_what_is_due_goes_before_what_is_only_proposed() -> None:
    due = replace(REFUND_IT, refund_id=REFUND_2, amount=eur(9000))
    asked = replace(ASKED, refund_id=REFUND_2, amount=eur(9000))
    paid_well(PROPOSED).when(due).then(asked)
    for command in (APPROVE, replace(GRANT, refund_id=RETURN, amount=eur(1))):
        paid_well(PROPOSED, asked).when(command).refused("Only €0.00 can still be refunded.")
    paid_well(PROPOSED, asked).when(REJECT).then(REJECTED)


@pytest.mark.parametrize("since", [(), (UNANSWERED,), (REFUNDED,), (FAILED,), (FAILED, WRITTEN_OFF)])
def test_an_approved_refund_is_approved(since: tuple[payment.Happening, ...]) -> None:
    decided = paid_well(PROPOSED, APPROVED, GOODWILL_ASKED, *since)
    decided.when(APPROVE).then()
    decided.when(REJECT).refused("This refund was approved already.")


def test_a_rejected_refund_is_rejected() -> None:
    paid_well(PROPOSED, REJECTED).when(REJECT).then()
    paid_well(PROPOSED, REJECTED).when(APPROVE).refused("This refund was rejected.")


@pytest.mark.parametrize(
    "command", [APPROVE, REJECT, PAID, NOT_PAID, RETRY, WRITE_OFF], ids=lambda command: type(command).__name__
)
def test_a_refund_that_is_not_there(command: payment.Message) -> None:
    paid().when(command).refused(NO_SUCH)


# Paid back, or not


def test_the_money_goes_back() -> None:
    paid(ASKED).when(PAID).then(REFUNDED)
    paid(ASKED, UNANSWERED).when(PAID).then(REFUNDED)
    assert paid(ASKED, REFUNDED).state.ledger.refunded == eur(1000)


def test_the_money_cannot_go_back() -> None:
    paid(ASKED).when(NOT_PAID).then(FAILED)
    paid(ASKED, UNANSWERED).when(NOT_PAID).then(FAILED)


def test_the_money_comes_back_after_it_was_believed_to_have_arrived() -> None:
    paid(ASKED, REFUNDED).when(NOT_PAID).then(FAILED)
    assert paid(ASKED, REFUNDED, FAILED).state.ledger.refunded == eur(0)


def test_a_piece_that_could_not_go_says_nothing_of_all_of_it_until_that_had_gone() -> None:
    piece = replace(NOT_PAID, piece=True)
    paid(ASKED).when(piece).then()
    paid(ASKED, UNANSWERED).when(piece).then()
    paid(ASKED, FAILED).when(piece).then()
    paid(ASKED, REFUNDED).when(piece).then(FAILED)


def test_answers_in_any_order_come_to_the_same_end() -> None:
    answers: list[payment.Message] = [PAID, NOT_PAID, UNKNOWN, PAID, NOT_PAID]
    ends = [after(paid(ASKED).state, *order).ledger for order in permutations(answers)]
    assert {(end.refunds[REFUND].standing, end.refunded.cents) for end in ends} == {("failed", 0)}


PART_OF_IT = replace(NOT_PAID, gone={"pi_1": eur(600)})
IN_PART = replace(FAILED, amount=eur(400), gone={"pi_1": eur(600)})


def test_of_a_refund_that_failed_the_pieces_that_went_are_given_back() -> None:
    paid(ASKED).when(PART_OF_IT).then(IN_PART)
    failed = paid(ASKED, IN_PART)
    assert failed.state.ledger.refunded == eur(600)
    failed.when(WRITE_OFF).then(replace(WRITTEN_OFF, amount=eur(400)))
    given_up = paid(ASKED, IN_PART, WRITTEN_OFF).state.ledger
    assert (given_up.refunded, given_up.refundable) == (eur(600), eur(2400))


def test_they_stay_given_back_while_the_rest_is_asked_for_anew() -> None:
    again = paid(ASKED, IN_PART, ASKED_AGAIN)
    assert again.state.ledger.refunded == eur(600)
    again.when(replace(PAID, attempt=2)).then(replace(REFUNDED, attempt=2))
    assert paid(ASKED, IN_PART, ASKED_AGAIN, REFUNDED).state.ledger.refunded == eur(1000)


def test_who_knows_of_one_piece_only_is_corrected_by_who_knows_of_all() -> None:
    paid(ASKED, FAILED).when(PART_OF_IT).then(IN_PART)
    paid(ASKED, IN_PART).when(NOT_PAID).then()
    paid(ASKED, IN_PART).when(PART_OF_IT).then()


def test_what_went_is_some_money_and_less_than_all_of_it() -> None:
    for cents, sentence in [(0, "Enter an amount of more than zero."), (1000, "€10.00 was paid back, and we had")]:
        more = replace(NOT_PAID, gone={"pi_1": eur(cents)})
        with pytest.raises(Refused, match=sentence):
            payment.decide(more, paid(ASKED).state)


@pytest.mark.parametrize("since", [(REFUNDED,), (FAILED,), (FAILED, WRITTEN_OFF), (FAILED, ASKED_AGAIN)])
def test_what_is_known_is_not_recorded_again(since: tuple[payment.Happening, ...]) -> None:
    paid(ASKED, *since).when(PAID).then()
    paid(ASKED, *since).when(UNKNOWN).then()


@pytest.mark.parametrize("since", [(FAILED,), (FAILED, WRITTEN_OFF), (FAILED, ASKED_AGAIN)])
def test_a_failure_is_not_recorded_again(since: tuple[payment.Happening, ...]) -> None:
    paid(ASKED, *since).when(NOT_PAID).then()


def test_another_amount_went_back() -> None:
    paid(ASKED).when(replace(PAID, amount=eur(999))).refused("€9.99 was paid back, and we had asked for €10.00.")


@pytest.mark.parametrize("attempt", [0, 2])
def test_an_attempt_that_we_never_made(attempt: int) -> None:
    paid(ASKED).when(replace(PAID, attempt=attempt)).refused(NOT_ASKED)
    paid(ASKED).when(replace(NOT_PAID, attempt=attempt)).refused(NOT_ASKED)


def test_the_provider_never_answers() -> None:
    paid(ASKED).when(UNKNOWN).then(UNANSWERED)
    paid(ASKED, UNANSWERED).when(UNKNOWN).then()


# Tried again, or written off


def test_a_failed_refund_is_tried_again() -> None:
    paid(ASKED, FAILED).when(RETRY).then(ASKED_AGAIN)
    paid(ASKED, FAILED, ASKED_AGAIN).when(RETRY).then()
    paid(ASKED, FAILED, WRITTEN_OFF).when(RETRY).refused("This refund was written off.")


def test_a_failed_refund_is_written_off() -> None:
    paid(ASKED, FAILED).when(WRITE_OFF).then(WRITTEN_OFF)
    paid(ASKED, FAILED, WRITTEN_OFF).when(WRITE_OFF).then()
    paid(ASKED, FAILED).when(replace(WRITE_OFF, reason="")).refused("Enter a reason.")
    assert paid(ASKED, FAILED, WRITTEN_OFF).state.ledger.refundable == eur(3000)


def test_what_was_paid_in_another_way_is_given_back_and_not_once_more() -> None:
    settled = replace(WRITTEN_OFF, reason=PAID_OTHERWISE)
    paid(ASKED, FAILED).when(replace(WRITE_OFF, reason=PAID_OTHERWISE)).then(settled)
    in_part = (ASKED, IN_PART, replace(settled, amount=eur(400)))
    for happened, as_it_came in (((ASKED, FAILED, settled), eur(0)), (in_part, eur(600))):
        ledger = paid(*happened).state.ledger
        assert (ledger.refunded, ledger.left) == (as_it_came, eur(2000))
    again = replace(GRANT, refund_id=REFUND_2, amount=eur(2001))
    paid(ASKED, FAILED, settled).when(again).refused("Only €20.00 can still be refunded.")


@pytest.mark.parametrize("command", [RETRY, WRITE_OFF], ids=["retry", "write off"])
def test_what_has_not_failed_is_neither_tried_again_nor_written_off(command: payment.Message) -> None:
    paid(ASKED).when(command).refused(STILL_WAITING)
    paid(ASKED, UNANSWERED).when(command).refused(STILL_WAITING)
    paid(ASKED, REFUNDED).when(command).refused("This refund has been paid meanwhile.")


@pytest.mark.parametrize("command", [PAID, NOT_PAID, RETRY, WRITE_OFF], ids=lambda command: type(command).__name__)
def test_nothing_is_paid_that_nobody_approved(command: payment.Message) -> None:
    paid_well(PROPOSED).when(command).refused("This refund waits for a second person to approve it.")
    paid_well(PROPOSED, REJECTED).when(command).refused("Nothing is to be paid for this refund.")
    paid_well(PROPOSED).when(UNKNOWN).then()


BY_BANK = (INVOICED, InvoicePaid(order_id=ORDER, shipment_id=PARCEL, amount=INVOICED.amount, transfer="DE-1"))
TO_TRANSFER = replace(ASKED, way="transfer")
TRANSFER = TransferRefund(order_id=ORDER, refund_id=REFUND, reference="re_1")


def test_what_was_paid_by_bank_goes_back_by_bank() -> None:
    Scenario(payment).given(*BY_BANK).when(REFUND_IT).then(TO_TRANSFER)
    Scenario(payment).given(*BY_BANK, TO_TRANSFER).when(TRANSFER).then(REFUNDED)
    Scenario(payment).given(*BY_BANK, TO_TRANSFER, FAILED).when(TRANSFER).then(REFUNDED)
    Scenario(payment).given(*BY_BANK, TO_TRANSFER, FAILED).when(RETRY).then(replace(TO_TRANSFER, attempt=2))


def test_what_is_to_be_transferred_can_be_given_up_and_nobody_is_asked_for_it() -> None:
    to_transfer = Scenario(payment).given(*BY_BANK, TO_TRANSFER)
    to_transfer.when(RETRY).refused("This refund is transferred: the payment provider is not asked for it.")
    to_transfer.when(WRITE_OFF).then(WRITTEN_OFF)
    given_up = Scenario(payment).given(*BY_BANK, TO_TRANSFER, WRITTEN_OFF)
    given_up.when(TRANSFER).refused("This refund was written off.")
    Scenario(payment).given(*BY_BANK, TO_TRANSFER, UNANSWERED).when(WRITE_OFF).refused(STILL_WAITING)


def test_a_transfer_has_a_reference_and_is_made_once_and_for_nothing_else() -> None:
    to_pay = Scenario(payment).given(*BY_BANK, TO_TRANSFER)
    to_pay.when(replace(TRANSFER, reference=" ")).refused("Enter the reference of the transfer.")
    paid_back = Scenario(payment).given(*BY_BANK, TO_TRANSFER, REFUNDED)
    paid_back.when(TRANSFER).refused("This refund has been paid meanwhile.")
    lost = Scenario(payment).given(*BY_BANK, TO_TRANSFER, FAILED, WRITTEN_OFF)
    lost.when(TRANSFER).refused("This refund was written off.")
    for proposed, sentence in (
        ((PROPOSED,), "This refund waits for a second person to approve it."),
        ((PROPOSED, REJECTED), "Nothing is to be paid for this refund."),
    ):
        Scenario(payment).given(*BY_BANK, *proposed).when(TRANSFER).refused(sentence)
    paid(ASKED).when(TRANSFER).refused("This refund goes back to the card by itself.")
