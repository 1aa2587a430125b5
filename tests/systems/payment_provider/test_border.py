"""An order that is paid by card goes its way by itself: the provider is asked, and what it says is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from unittest.mock import Mock, patch
from uuid import UUID

import pytest
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from config.services.ports import free_port
from eventstore import clock, log
from eventstore.models import Effect
from eventstore.rest import to_rest
from orders.domain import payment
from orders.domain.money import Money, total
from orders.domain.reasons import PAID_OTHERWISE
from orders.processes.payment_requests import GiveAmountBack, Source
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.looking_through import known
from orders.systems.payment_provider.port import Back, Intent, Refund
from orders.systems.payment_provider.stripe_account import Account, Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests import factories
from tests.connections import connected
from tests.processes import play
from tests.sandbox_room import API_KEY, Stand
from tests.shop import send
from tests.systems.tempest.buyers import METADATA

pytestmark = pytest.mark.django_db(transaction=True)

TEN, NINE, SIX, FOUR, ONE = (Money(cents=cents) for cents in (1000, 900, 600, 400, 100))
PROCESSES = ["process:charging", "process:reconciliation"]


@pytest.fixture(autouse=True)
def _connected(provider: Stripe, desk: Checkout) -> Iterator[None]:
    with connected([PaymentBorder(provider, desk)]):
        yield


def ordered(card: str = "pm_card_visa") -> UUID:
    """An order by card, of which ten euros are asked for."""
    order_id = uuid7()
    log.append([log.New(f"order-{order_id}", [factories.OrderPlaced.build(order_id=order_id, card=card)])], METADATA)
    send(payment.RequestPayment(order_id=order_id, attempt=1, amount=TEN))
    return order_id


def names(order_id: UUID) -> list[str]:
    """What has happened to the payment, once all that can be done by itself was done."""
    to_rest(PROCESSES)
    return [each.name for each in log.read_stream(f"payment-{order_id}")]


def capture(order_id: UUID, amount: Money) -> None:
    """A parcel leaves."""
    send(payment.CapturePayment(order_id=order_id, shipment_id=uuid7(), amount=amount))


def pass_by(minutes: float) -> None:
    """Time passes."""
    clock.forward(timedelta(minutes=minutes))


def money(stand: Stand, order_id: UUID) -> list[tuple[str, int]]:
    """What the provider has done for an order."""
    mine = {row["intent"] for row in stand.ledger("Payments") if row["order"] == str(order_id)}
    return [(row["what"], row["amount"]) for row in reversed(stand.ledger("Movements")) if row["intent"] in mine]


def test_an_amount_is_held_taken_and_given_back(stand: Stand) -> None:
    order_id = ordered()
    assert names(order_id) == ["PaymentRequested", "PaymentAuthorized"]
    capture(order_id, SIX)
    assert names(order_id)[-1] == "PaymentCaptured"
    capture(order_id, FOUR)
    assert names(order_id)[-1] == "PaymentCaptured"
    send(payment.RefundPayment(order_id=order_id, refund_id=uuid7(), amount=TEN, reason="Sorry."))
    assert names(order_id)[-1] == "PaymentRefunded"
    assert money(stand, order_id) == [("held", 1000), ("captured", 600), ("captured", 400), ("refunded", 1000)]


def test_what_was_taken_in_two_pieces_goes_back_in_two(stand: Stand) -> None:
    order_id = ordered("pm_card_mastercard")
    names(order_id)
    for share in (SIX, FOUR):
        capture(order_id, share)
        names(order_id)
    send(payment.RefundPayment(order_id=order_id, refund_id=uuid7(), amount=TEN, reason="Sorry."))
    assert names(order_id)[-1] == "PaymentRefunded"
    assert money(stand, order_id)[-2:] == [("refunded", 600), ("refunded", 400)]


def test_a_declined_card_is_declined_in_the_provider_s_words() -> None:
    order_id = ordered("pm_card_visa_chargeDeclinedInsufficientFunds")
    assert names(order_id) == ["PaymentRequested", "PaymentDeclined"]


def test_what_nobody_wants_any_more_is_not_even_asked_for(stand: Stand) -> None:
    order_id = ordered()
    send(payment.VoidAuthorization(order_id=order_id, attempt=1))
    assert names(order_id) == ["PaymentRequested", "AuthorizationVoided"]
    assert money(stand, order_id) == []


def test_what_came_too_late_is_released_by_itself(stand: Stand) -> None:
    order_id = ordered()
    stand.misbehave("failed_after", "POST /v1/payment_intents")
    assert names(order_id) == ["PaymentRequested", "PaymentOutcomeUnknown"]
    send(payment.VoidAuthorization(order_id=order_id, attempt=1))
    pass_by(1)
    assert names(order_id)[-2:] == ["LatePaymentReceived", "AuthorizationVoided"]
    assert money(stand, order_id) == [("held", 1000), ("released", 1000)]
    assert not Effect.objects.exists()


def test_an_answer_that_was_lost_is_found_and_nothing_is_held_twice(stand: Stand) -> None:
    order_id = ordered()
    stand.misbehave("failed_after", "POST /v1/payment_intents")
    names(order_id)
    pass_by(1)
    assert names(order_id) == ["PaymentRequested", "PaymentOutcomeUnknown", "PaymentAuthorized"]
    assert money(stand, order_id) == [("held", 1000)]


def test_whose_owner_has_to_act_is_looked_into_when_no_letter_comes(stand: Stand) -> None:
    order_id = ordered("pm_card_authenticationRequired")
    assert names(order_id) == ["PaymentRequested"]
    [intent] = [row["intent"] for row in stand.ledger("Payments") if row["order"] == str(order_id)]
    stand.steer("authenticate", intent=intent)
    assert names(order_id) == ["PaymentRequested"]
    pass_by(16)
    assert names(order_id) == ["PaymentRequested", "PaymentOutcomeUnknown", "PaymentAuthorized"]


def test_a_refund_that_takes_its_time_is_looked_into(stand: Stand) -> None:
    order_id, refund_id = ordered("pm_card_refundFail"), uuid7()
    names(order_id)
    capture(order_id, TEN)
    names(order_id)
    send(payment.RefundPayment(order_id=order_id, refund_id=refund_id, amount=TEN, reason="Sorry."))
    assert names(order_id)[-1] == "RefundFailed"
    send(payment.RetryRefund(order_id=order_id, refund_id=refund_id, attempt=2))
    assert names(order_id)[-1] == "RefundFailed"
    assert [amount for what, amount in money(stand, order_id) if what == "refunded"] == []


def taken_in_two() -> UUID:
    """An order of which six euros were taken, and four by themselves."""
    order_id = ordered("pm_card_mastercard")
    names(order_id)
    for share in (SIX, FOUR):
        capture(order_id, share)
        names(order_id)
    return order_id


@contextmanager
def failing(number: int) -> Iterator[None]:
    """This call of all that give money back is answered with a no."""
    real, calls = Stripe.give_back, count(1)

    def give_back(self: Stripe, intent: str, back: Back, key: str) -> Refund:
        if next(calls) == number:
            return Refund(id="", standing="failed", reason="The card was closed.", **back._asdict())
        return real(self, intent, back, key)

    with patch.object(Stripe, "give_back", give_back):
        yield


def give_back(order_id: UUID, refund_id: UUID, amount: Money) -> None:
    """Something goes back."""
    send(payment.RefundPayment(order_id=order_id, refund_id=refund_id, amount=amount, reason="Sorry."))


@pytest.mark.parametrize(("piece", "gone"), [(1, FOUR), (2, SIX)])
def test_a_piece_that_went_is_in_the_books_although_the_other_failed(piece: int, gone: Money, provider: Stripe) -> None:
    order_id, first, second = taken_in_two(), uuid7(), uuid7()
    with failing(piece):
        give_back(order_id, first, TEN)
        assert names(order_id)[-1] == "RefundFailed"
    assert play.ledger(order_id).refunded == provider.totals(order_id).back == gone
    send(payment.WriteOffRefund(order_id=order_id, refund_id=first, reason="It was agreed with the customer."))
    assert play.ledger(order_id).left == TEN - gone
    give_back(order_id, second, TEN - gone)
    assert names(order_id)[-1] == "PaymentRefunded"
    assert play.ledger(order_id).refunded == provider.totals(order_id).back == TEN


def test_what_was_paid_in_another_way_went_past_the_provider(provider: Stripe) -> None:
    order_id, refund_id = taken_in_two(), uuid7()
    with failing(1):
        give_back(order_id, refund_id, TEN)
        names(order_id)
    send(payment.WriteOffRefund(order_id=order_id, refund_id=refund_id, reason=PAID_OTHERWISE))
    assert known(order_id) == provider.totals(order_id)
    assert play.ledger(order_id).left == TEN - TEN


def test_tried_again_the_rest_goes(provider: Stripe) -> None:
    order_id, refund_id = taken_in_two(), uuid7()
    with failing(2):
        give_back(order_id, refund_id, TEN)
        names(order_id)
    send(payment.RetryRefund(order_id=order_id, refund_id=refund_id, attempt=2))
    assert names(order_id)[-1] == "PaymentRefunded"
    assert play.ledger(order_id).refunded == provider.totals(order_id).back == TEN


def test_tried_again_after_another_refund_the_rest_goes(provider: Stripe, stand: Stand) -> None:
    order_id, first, second = taken_in_two(), uuid7(), uuid7()
    with failing(1):
        give_back(order_id, first, NINE)
        assert names(order_id)[-1] == "RefundFailed"
    give_back(order_id, second, ONE)
    assert names(order_id)[-1] == "PaymentRefunded"
    assert play.ledger(order_id).refunded == provider.totals(order_id).back == FOUR
    with failing(1):
        send(payment.RetryRefund(order_id=order_id, refund_id=first, attempt=2))
        assert names(order_id)[-1] == "RefundFailed"
    assert play.ledger(order_id).refunded == provider.totals(order_id).back
    send(payment.RetryRefund(order_id=order_id, refund_id=first, attempt=3))
    assert names(order_id)[-1] == "PaymentRefunded"
    assert play.ledger(order_id).refunded == provider.totals(order_id).back == TEN
    assert sorted(amount for what, amount in money(stand, order_id) if what == "refunded") == [100, 300, 600]


@pytest.mark.parametrize("kind", ["silent", "failed_after", "garbage"])
def test_the_rest_of_a_refund_goes_once_although_no_answer_comes(provider: Stripe, stand: Stand, kind: str) -> None:
    order_id, first = taken_in_two(), uuid7()
    with failing(1):
        give_back(order_id, first, NINE)
        names(order_id)
    give_back(order_id, uuid7(), ONE)
    names(order_id)
    send(payment.RetryRefund(order_id=order_id, refund_id=first, attempt=2))
    stand.misbehave(kind, "POST /v1/refunds", times=2)
    for _ in range(3):
        names(order_id)
        pass_by(1)
    assert names(order_id)[-1] == "PaymentRefunded"
    assert sorted(amount for what, amount in money(stand, order_id) if what == "refunded") == [100, 300, 600]


def test_what_has_gone_of_a_refund_is_not_sent_again_under_any_key(provider: Stripe, stand: Stand) -> None:
    order_id, refund_id = taken_in_two(), uuid7()
    border = PaymentBorder(provider, Mock())
    sources = tuple(Source(intent=each.id, amount=share_of(each)) for each in provider.intents(order_id))
    asked = GiveAmountBack(order_id=order_id, refund_id=refund_id, attempt=1, amount=TEN, sources=sources)
    first = border.ask(asked, uuid7())
    assert [type(each) for each in first] == [payment.RecordRefund]
    assert border.ask(asked, uuid7()) == first
    assert len([what for what, _ in money(stand, order_id) if what == "refunded"]) == 2


def share_of(intent: Intent) -> Money:
    """What was taken under an intent."""
    return total(amount for _, amount in intent.shares.values())


def test_a_letter_that_knows_of_one_piece_has_the_others_looked_for(provider: Stripe) -> None:
    order_id, refund_id = taken_in_two(), uuid7()
    give_back(order_id, refund_id, TEN)
    names(order_id)
    real = Stripe.refunds

    def four_came_back(self: Stripe, intent: str) -> list[Refund]:
        found = real(self, intent)
        return [replace(each, standing="failed") if each.amount == FOUR else each for each in found]

    with patch.object(Stripe, "refunds", four_came_back):
        send(factories.RecordRefundFailure.build(order_id=order_id, refund_id=refund_id, piece=True))
        assert names(order_id)[-2:] == ["RefundFailed", "RefundFailed"]
    assert play.ledger(order_id).refunded == SIX


def test_what_a_provider_that_is_away_was_asked_it_is_asked_once(stand: Stand) -> None:
    order_id = ordered()
    names(order_id)
    capture(order_id, TEN)
    names(order_id)
    away = Account(f"http://127.0.0.1:{free_port()}", API_KEY, 1.0)
    with connected([PaymentBorder(Stripe(away), Checkout(away))]):
        give_back(order_id, uuid7(), SIX)
        for _ in range(5):
            names(order_id)
            pass_by(60)
        assert sorted(Effect.objects.values_list("name", flat=True)) == ["GiveAmountBack", "LookInto"]
    assert names(order_id)[-1] == "PaymentRefunded"
    assert not Effect.objects.exists()
    assert money(stand, order_id)[-1] == ("refunded", 600)
    with connected([PaymentBorder(Stripe(away), Checkout(away))]):
        give_back(order_id, uuid7(), FOUR)
        for _ in range(3):
            names(order_id)
            pass_by(60)
        assert sorted(Effect.objects.values_list("name", flat=True)) == ["GiveAmountBack", "LookInto"]
