"""A refund in two pieces: nothing is said of it before each piece has its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from eventstore.messages import Refused
from orders.domain import payment
from orders.domain.reasons import PAID_OTHERWISE
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.port import Refund
from orders.systems.payment_provider.recording import refunded
from orders.systems.payment_provider.stripe_account import Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests.connections import connected
from tests.processes import play
from tests.shop import send
from tests.systems.payment_provider.test_border import FOUR, SIX, TEN, failing, give_back, names, pass_by, taken_in_two

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _connected(provider: Stripe, desk: Checkout) -> Iterator[None]:
    with connected([PaymentBorder(provider, desk)]):
        yield


@contextmanager
def pieces_stand(standings: dict[int, Any]) -> Iterator[None]:
    """The provider says of what goes back, by its cents, that it stands so."""
    gives, has = Stripe.give_back, Stripe.refunds

    def now(found: Refund) -> Refund:
        return replace(found, standing=standings[found.amount.cents])

    with (
        patch.object(Stripe, "give_back", lambda *asked: now(gives(*asked))),
        patch.object(Stripe, "refunds", lambda *asked: [now(each) for each in has(*asked)]),
    ):
        yield


def letters(provider: Stripe, order_id: UUID) -> None:
    """The provider writes how each piece stands."""
    for intent in provider.intents(order_id):
        for each in provider.refunds(intent.id):
            for command in refunded(each):
                send(command)


def test_that_a_piece_failed_is_said_once_the_other_has_its_end(provider: Stripe) -> None:
    order_id, refund_id, standings = taken_in_two(), uuid7(), {600: "waiting", 400: "waiting"}
    given_up = payment.WriteOffRefund(order_id=order_id, refund_id=refund_id, reason=PAID_OTHERWISE)
    with pieces_stand(standings):
        give_back(order_id, refund_id, TEN)
        names(order_id)
        standings[400] = "failed"
        letters(provider, order_id)
        assert names(order_id)[-1] == "RefundRequested"
        with pytest.raises(Refused, match="has not answered yet"):
            send(given_up)
        pass_by(16)
        assert names(order_id)[-1] == "PaymentOutcomeUnknown"
        standings[600] = "paid"
        letters(provider, order_id)
        pass_by(61)
        assert names(order_id)[-1] == "RefundFailed"
    assert play.ledger(order_id).refunds[refund_id].rest == FOUR
    assert play.ledger(order_id).refunded == SIX


def test_a_piece_that_was_refused_at_once_is_not_waited_for() -> None:
    order_id, refund_id, standings = taken_in_two(), uuid7(), {600: "waiting"}
    with pieces_stand(standings), failing(2):
        give_back(order_id, refund_id, TEN)
        assert names(order_id)[-1] == "RefundRequested"
        pass_by(16)
        assert names(order_id)[-1] == "PaymentOutcomeUnknown"
        standings[600] = "paid"
        pass_by(61)
        assert names(order_id)[-1] == "RefundFailed"
    assert play.ledger(order_id).refunded == SIX
