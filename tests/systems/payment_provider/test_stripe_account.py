"""The adapter asks the sandbox through Stripe's own library: what it is told, and what it makes of trouble."""

import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
import stripe
from uuid_utils.compat import uuid7

from config.services.ports import free_port
from eventstore.effects import NotSent, Unanswered
from orders.domain.money import Money
from orders.systems.payment_provider.port import Back, Intent, Share
from orders.systems.payment_provider.stripe_account import Account, Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests.sandbox_room import API_KEY, Stand

TEN = Money(cents=1000)
DAY = 86_400


def key() -> str:
    """Some key."""
    return str(uuid7())


def held(provider: Stripe, card: str = "pm_card_visa", order_id: UUID | None = None, attempt: int = 1) -> Intent:
    """Ten euros are asked for."""
    return provider.hold(order_id or uuid7(), attempt, TEN, card, key())


def share(found: Intent, cents: int, attempt: int = 1, shipment_id: UUID | None = None) -> Share:
    """Some cents of it."""
    return Share(found.order_id, shipment_id or uuid7(), attempt, Money(cents=cents))


def back(found: Intent, cents: int, refund_id: UUID | None = None, attempt: int = 1) -> Back:
    """Some cents go back."""
    return Back(found.order_id, refund_id or uuid7(), attempt, Money(cents=cents), Money(cents=cents))


def booked(stand: Stand, found: Intent) -> list[tuple[str, int]]:
    """What the provider's ledger has of an intent, the first movement first."""
    rows = [row for row in stand.ledger("Movements") if row["intent"] == found.id]
    return [(row["what"], row["amount"]) for row in reversed(rows)]


def test_an_amount_is_held_for_a_week(provider: Stripe, stand: Stand) -> None:
    found = held(provider)
    assert (found.standing, found.amount, found.attempt, found.seconds) == ("held", TEN, 1, 7 * DAY)
    assert booked(stand, found) == [("held", 1000)]


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("pm_card_visa_chargeDeclined", "Your card was declined."),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "Your card has insufficient funds."),
        ("pm_card_chargeDeclinedExpiredCard", "Your card has expired."),
    ],
)
def test_a_declined_card_is_an_answer_in_the_provider_s_words(provider: Stripe, card: str, words: str) -> None:
    found = held(provider, card)
    assert (found.standing, found.reason) == ("declined", words)


def test_the_owner_of_a_card_may_have_to_act_first(provider: Stripe, stand: Stand) -> None:
    found = held(provider, "pm_card_authenticationRequired")
    assert found.standing == "waiting"
    stand.steer("authenticate", intent=found.id)
    assert [each.standing for each in provider.intents(found.order_id)] == ["held"]


def test_the_same_key_again_is_the_same_intent(provider: Stripe, stand: Stand) -> None:
    order_id, again = uuid7(), key()
    first = provider.hold(order_id, 1, TEN, "pm_card_visa", again)
    assert provider.hold(order_id, 1, TEN, "pm_card_visa", again) == first
    assert booked(stand, first) == [("held", 1000)]


def test_what_was_made_under_a_key_is_found_by_it(provider: Stripe) -> None:
    order_id, mine = uuid7(), key()
    assert provider.made_with(mine) is None
    assert provider.made_with(key()) is None
    assert provider.hold(order_id, 1, TEN, "pm_card_visa", mine) == provider.made_with(mine)


def test_shares_are_taken_one_by_one_and_the_last_one_ends_it(provider: Stripe, stand: Stand) -> None:
    found = held(provider)
    first, second = share(found, 300), share(found, 700)
    after = provider.take(found.id, first, key())
    assert isinstance(after, Intent)
    assert (after.standing, after.shares) == ("held", {first.shipment_id: (1, Money(cents=300))})
    last = provider.take(found.id, second, key())
    assert isinstance(last, Intent)
    assert (last.standing, len(last.shares)) == ("taken", 2)
    assert booked(stand, found) == [("held", 1000), ("captured", 300), ("captured", 700)]


def test_a_share_is_taken_once_whatever_its_key(provider: Stripe, stand: Stand) -> None:
    found = held(provider)
    first = share(found, 300)
    assert provider.taken(found.id, first, key()) is None
    provider.take(found.id, first, key())
    assert provider.taken(found.id, first, key()) == provider.take(found.id, first, key())
    assert booked(stand, found) == [("held", 1000), ("captured", 300)]


def test_where_there_is_no_multicapture_further_shares_are_charged_by_themselves(
    provider: Stripe, stand: Stand
) -> None:
    found = held(provider, "pm_card_mastercard")
    first, second = share(found, 300), share(found, 700)
    provider.take(found.id, first, key())
    again = key()
    made = provider.take(found.id, second, again)
    assert isinstance(made, Intent)
    assert made.id != found.id
    assert (made.shipment_id, made.shares) == (second.shipment_id, {second.shipment_id: (1, Money(cents=700))})
    assert provider.taken(found.id, second, again) == made
    assert booked(stand, found) == [("held", 1000), ("captured", 300), ("released", 700)]
    assert booked(stand, made) == [("captured", 700)]


def test_what_is_not_held_any_more_cannot_be_taken(provider: Stripe, stand: Stand) -> None:
    found = held(provider)
    provider.release(found.id, key())
    provider.release(found.id, key())
    assert provider.take(found.id, share(found, 100), key()) == "Nothing is held on the card any more."
    assert booked(stand, found) == [("held", 1000), ("released", 1000)]


def test_more_than_is_held_cannot_be_taken(provider: Stripe) -> None:
    found = held(provider)
    assert provider.take(found.id, share(found, 1001), key()) == "The amount to capture is more than what is held."


def test_an_amount_goes_back_once(provider: Stripe, stand: Stand) -> None:
    found = held(provider)
    provider.take(found.id, share(found, 1000), key())
    wanted, same = back(found, 400), key()
    first = provider.give_back(found.id, wanted, same)
    assert (first.standing, first.amount) == ("paid", Money(cents=400))
    assert provider.give_back(found.id, wanted, same) == first
    assert provider.refunds(found.id) == [first]
    assert booked(stand, found)[-1] == ("refunded", 400)


def test_more_than_was_taken_does_not_go_back(provider: Stripe) -> None:
    found = held(provider)
    provider.take(found.id, share(found, 300), key())
    refused = provider.give_back(found.id, back(found, 301), key())
    assert (refused.standing, refused.reason) == (
        "failed",
        "Refund amount is greater than unrefunded amount on charge.",
    )


def test_a_refund_that_a_bank_does_not_take_has_failed(provider: Stripe) -> None:
    found = held(provider, "pm_card_refundFail")
    provider.take(found.id, share(found, 1000), key())
    refund = provider.give_back(found.id, back(found, 1000), key())
    assert (refund.standing, refund.reason) == ("failed", "The card's bank does not take it.")


def test_what_was_made_is_listed_the_newest_first_and_added_up(provider: Stripe) -> None:
    made = [held(provider) for _ in range(3)]
    provider.take(made[0].id, share(made[0], 700), key())
    provider.give_back(made[0].id, back(made[0], 200), key())
    found = [each.order_id for each in provider.made(0, 2**40)]
    assert found[:3] == [each.order_id for each in reversed(made)]
    assert provider.made(0, 1) == []
    assert provider.totals(made[0].order_id) == (Money(cents=700), Money(cents=200))


# Trouble


@pytest.mark.parametrize("kind", ["silent", "hang", "error", "failed_after", "garbage"])
def test_whatever_leaves_us_in_doubt_is_unanswered_and_the_key_finds_the_truth(
    provider: Stripe, stand: Stand, kind: str
) -> None:
    order_id, mine = uuid7(), key()
    stand.misbehave(kind, "POST /v1/payment_intents")
    with pytest.raises(Unanswered):
        provider.hold(order_id, 1, TEN, "pm_card_visa", mine)
    done = kind in ("silent", "failed_after", "garbage")
    known = provider.made_with(mine)
    assert (known is not None) is done
    made = provider.hold(order_id, 1, TEN, "pm_card_visa", mine)
    assert booked(stand, made) == [("held", 1000)]


def test_a_system_that_is_down_is_unanswered(provider: Stripe, stand: Stand) -> None:
    stand.steer("down", seconds="60")
    with pytest.raises(Unanswered, match="503"):
        held(provider)


def test_where_nobody_listens_nothing_is_sent() -> None:
    nobody = Stripe(Account(f"http://127.0.0.1:{free_port()}", API_KEY, 1.0))
    with pytest.raises(NotSent):
        held(nobody)
    with pytest.raises(NotSent):
        nobody.made_with(key())


def test_a_wrong_key_is_for_a_person_to_look_at(stand: Stand) -> None:
    with pytest.raises(stripe.AuthenticationError):
        held(Stripe(Account(stand.address, "sk_test_wrong", 1.0)))


def test_too_many_requests_are_asked_again() -> None:
    def limited(*_: Any) -> None:
        raise stripe.RateLimitError("Slow down.")

    provider = Stripe(Account("http://127.0.0.1:1", API_KEY, 1.0))
    deeds: list[Callable[[], object]] = [lambda: held(provider), lambda: provider.release("pi_1", "k")]
    provider.intents_api = type("Api", (), {"create": limited, "cancel": limited})()
    for deed in deeds:
        with pytest.raises(NotSent, match="too much to do"):
            deed()


@pytest.mark.parametrize("answer", [SimpleNamespace(to_dict=dict), SimpleNamespace(data=[]), [], None])
def test_what_is_no_answer_is_unanswered(answer: object) -> None:
    odd = Mock(**dict.fromkeys([f"{what}.return_value" for what in ("create", "retrieve", "search", "list")], answer))
    provider, desk = Stripe(Account("http://127.0.0.1:1", API_KEY)), Checkout(Account("http://127.0.0.1:1", API_KEY))
    provider.intents_api = provider.refunds_api = desk.sessions_api = odd
    mine = share(Intent(id="pi_1", order_id=uuid7(), attempt=1, amount=TEN, standing="held"), 1)
    deeds: list[Callable[[], object]] = [
        lambda: held(provider),
        lambda: provider.take("pi_1", mine, "k"),
        lambda: provider.taken("pi_1", mine, "k"),
        lambda: provider.made_with("k"),
        lambda: provider.refunds("pi_1"),
        lambda: provider.totals(uuid7()),
        lambda: desk.open(uuid7(), "a@shop.example", "", ("a", "b"), "k"),
        lambda: desk.entered("cs_1"),
    ]
    for deed in deeds:
        with pytest.raises(Unanswered, match="no answer"):
            deed()


def test_what_nobody_expects_of_a_request_is_for_a_person(provider: Stripe) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such PaymentMethod"):
        held(provider, "pm_nobody_has_this_card")


def test_a_request_whose_sender_died_while_sending_it_moves_no_money(stand: Stand, provider: Stripe) -> None:
    found, first, same = held(provider), uuid7(), key()
    host, _, port = stand.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as dying:
        dying.sendall(
            f"POST /v1/payment_intents/{found.id}/capture HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: Bearer {API_KEY}\r\nIdempotency-Key: {same}\r\nContent-Length: 90\r\n\r\n".encode()
        )
        dying.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1 200" not in dying.recv(1000)
    taken = provider.take(found.id, share(found, 400, shipment_id=first), same)
    assert isinstance(taken, Intent)
    assert taken.shares == {first: (1, Money(cents=400))}
