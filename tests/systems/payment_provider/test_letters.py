"""Stripe's webhooks: what is forged, altered, stale or no event at all is refused; the rest is heeded once."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
import stripe
from django.conf import settings
from django.test import Client
from uuid_utils.compat import uuid7

from config.sandbox.payment_provider.provider import Bank
from eventstore import clock, log
from eventstore.inbox import heeding
from eventstore.models import Received, ReceivedCount
from orders.domain import payment
from orders.domain.money import Money
from orders.systems.payment_provider.letters import PaymentLetters
from orders.systems.payment_provider.stripe_shapes import mark_of
from tests.connections import connected
from tests.shop import send

pytestmark = pytest.mark.django_db

SECRET = "whsec_of_the_tests"
ADDRESS = "/webhooks/payment_provider/"


@pytest.fixture(autouse=True)
def _connected() -> Iterator[None]:
    with connected(senders=[PaymentLetters(SECRET)]):
        yield


@pytest.fixture
def order() -> UUID:
    """An order, of whose card ten euros were asked for."""
    order_id = uuid7()
    send(payment.RequestPayment(order_id=order_id, attempt=1, amount=Money(cents=1000)))
    return order_id


def intent(order_id: UUID, status: str = "requires_capture", **more: Any) -> dict[str, Any]:
    """A PaymentIntent of an order."""
    metadata = {"order_id": str(order_id), "attempt": "1", "key": "k"} | more.pop("metadata", {})
    found = {"id": "pi_1", "object": "payment_intent", "amount": 1000, "currency": "eur", "status": status}
    return found | {"metadata": metadata, "latest_charge": "ch_1"} | more


def refund(order_id: UUID, refund_id: UUID, status: str = "succeeded", **more: Any) -> dict[str, Any]:
    """A Refund of an order."""
    metadata = {"order_id": str(order_id), "refund_id": str(refund_id), "attempt": "1", "whole": "400"}
    found = {"id": "re_1", "object": "refund", "amount": 400, "currency": "eur", "status": status}
    return found | {"payment_intent": "pi_1", "metadata": metadata} | more


def event(thing: Mapping[str, Any], kind: str = "payment_intent.amount_capturable_updated", name: str = "evt_1") -> str:
    """An event about it."""
    return json.dumps({"id": name, "object": "event", "type": kind, "data": {"object": thing}})


def signature(body: str, secret: str = SECRET, age: float = 0.0) -> str:
    """As Stripe signs."""
    return str(stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time() - age)))


def post(body: str, header: str | None = None) -> int:
    """Stripe writes to us, and is answered with this status."""
    signed = signature(body) if header is None else header
    answer = Client(headers={"Stripe-Signature": signed}).post(ADDRESS, body, content_type="application/json")
    return answer.status_code


def counted() -> dict[str, int]:
    """How many letters there were of each kind."""
    return dict(ReceivedCount.objects.values_list("outcome", "letters"))


def names(order_id: UUID) -> list[str]:
    """What has happened to the payment."""
    heeding.heed_everybody()
    return [each.name for each in log.read_stream(f"payment-{order_id}")]


def test_what_is_held_is_recorded_once_however_often_it_is_said(order: UUID) -> None:
    body = event(intent(order))
    assert (post(body), post(body)) == (200, 200)
    assert names(order) == ["PaymentRequested", "PaymentAuthorized"]
    assert counted() == {"kept": 1, "kept before": 1}


def test_a_hold_lasts_from_when_it_was_told_of_although_the_letter_lay(order: UUID, monkeypatch: Any) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)
    a_week_on = clock.now() + timedelta(days=7)
    post(event(intent(order)))
    clock.forward(timedelta(days=3))
    assert names(order)[-1] == "PaymentAuthorized"
    [held] = [each.event for each in log.read_stream(f"payment-{order}") if each.name == "PaymentAuthorized"]
    assert isinstance(held, payment.PaymentAuthorized)
    assert abs(held.expires_at - a_week_on) < timedelta(minutes=1)


def test_what_was_kept_before_it_was_noted_when_lasts_from_now(order: UUID) -> None:
    post(event(intent(order)))
    kept = Received.objects.get()
    said = msgspec.json.decode(bytes(kept.content))
    assert said.pop("told_at")
    kept.content = msgspec.json.encode(said)
    kept.save()
    assert names(order) == ["PaymentRequested", "PaymentAuthorized"]


def test_what_is_kept_is_what_matters_and_no_more(order: UUID) -> None:
    post(event(intent(order, description="for Clara Vogel")))
    kept = Received.objects.get()
    assert (kept.about, kept.name, b"Clara" in bytes(kept.content)) == ("pi_1", "Intent", False)


def spoilt(body: str) -> dict[str, tuple[str, str]]:
    """Signatures that are none, and as what each of them is counted."""
    return {
        "of somebody else": (signature(body, "whsec_of_somebody_else"), "forged"),
        "of another body": (signature(f"{body} "), "forged"),
        "of long ago": (signature(body, age=301), "stale"),
        "of a time to come": (signature(body, age=-360), "stale"),
        "of another kind": (signature(body).replace("v1=", "v0="), "forged"),
        "none": ("", "forged"),
        "without a time": ("t=now,v1=abc", "forged"),
        "with a time behind it that is none": (f"{signature(body)},t=abc", "forged"),
        "with another time behind it": (f"{signature(body, age=-360)},t={int(time.time())}", "forged"),
        "of a time that never comes": (signature(body, age=-1e20), "forged"),
        "garbage": ("garbage", "forged"),
        "in no ASCII": (f"{signature(body)}é", "forged"),
    }


@pytest.mark.parametrize("kind", spoilt(""))
def test_what_is_not_from_stripe_or_not_from_now_is_refused_and_counted(order: UUID, kind: str) -> None:
    body = event(intent(order))
    header, outcome = spoilt(body)[kind]
    assert post(body, header) == 400
    assert (counted(), names(order)) == ({outcome: 1}, ["PaymentRequested"])


def test_the_same_event_with_other_content_is_refused(order: UUID) -> None:
    assert post(event(intent(order))) == 200
    assert post(event(intent(order, amount=1))) == 400
    assert counted() == {"kept": 1, "altered": 1}


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", "{}", '"text"', '{"id": "e", "type": "payment_intent.x", "data": {}}', "\N{GRINNING FACE}"],
)
def test_what_is_no_event_is_refused(body: str) -> None:
    assert post(body) == 400
    assert counted() == {"unreadable": 1}


@pytest.mark.parametrize(
    "change",
    [{"amount": "much"}, {"currency": None}, {"metadata": {"attempt": "x"}}, {"metadata": {"share-1": "x"}}],
)
def test_an_intent_that_cannot_be_is_refused(order: UUID, change: dict[str, Any]) -> None:
    assert post(event(intent(order, **change))) == 400
    assert counted() == {"unreadable": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": "p" * 201},
        {"id": "pi_\0"},
        {"currency": "e\0"},
        {"last_payment_error": {"message": "\0"}},
        {"latest_charge": {"created": 0, "payment_method_details": {"card": {"capture_before": 10**400}}}},
    ],
)
def test_an_intent_that_cannot_be_kept_is_refused(order: UUID, change: dict[str, Any]) -> None:
    assert post(event(intent(order, **change))) == 400
    assert counted() == {"unreadable": 1}


@pytest.mark.parametrize("name", [None, {"id": "pi_1"}])
def test_a_refund_of_no_intent_is_refused(order: UUID, name: Any) -> None:
    assert post(event(refund(order, uuid7(), payment_intent=name), "refund.updated")) == 400
    assert counted() == {"unreadable": 1}


@pytest.mark.parametrize("name", ["e" * 201, "evt_\0"])
def test_an_event_whose_name_cannot_be_kept_is_refused(order: UUID, name: str) -> None:
    assert post(event(intent(order), name=name)) == 400
    assert counted() == {"unreadable": 1}


def test_an_event_that_is_nested_too_deeply_is_refused() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert post(f'{{"id": "e", "type": "x", "data": {{"object": {deep}}}}}') == 400
    assert counted() == {"unreadable": 1}


def test_bytes_that_are_no_text_are_refused() -> None:
    headers = {"Stripe-Signature": "t=1,v1=00"}
    assert Client(headers=headers).post(ADDRESS, b"\xff\xfe", content_type="application/json").status_code == 400
    assert counted() == {"unreadable": 1}


def test_what_is_none_of_an_order_s_is_nothing_to_us() -> None:
    for thing, kind in (
        ({"id": "pi_9", "metadata": {}}, "payment_intent.created"),
        ({"id": "cus_1"}, "customer.created"),
    ):
        assert post(event(thing, kind)) == 200
    assert counted() == {"of no interest": 2}


def test_what_another_program_calls_an_order_or_a_refund_is_none_of_ours() -> None:
    theirs = intent(uuid7(), metadata={"order_id": "WC-1001"})
    assert post(event(theirs)) == 200
    assert post(event(theirs | {"metadata": {"order_id": str(uuid7())}}, name="evt_2")) == 200
    back = refund(uuid7(), uuid7())
    assert post(event(back | {"metadata": {"refund_id": "77"}}, "refund.updated", "evt_3")) == 200
    assert counted() == {"of no interest": 3}


def test_a_decline_is_recorded_in_the_provider_s_words(order: UUID) -> None:
    error = {"message": "Your card has expired."}
    post(event(intent(order, "requires_payment_method", last_payment_error=error), "payment_intent.payment_failed"))
    assert names(order) == ["PaymentRequested", "PaymentDeclined"]
    [*_, declined] = log.read_stream(f"payment-{order}")
    assert isinstance(declined.event, payment.PaymentDeclined)
    assert declined.event.reason == "Your card has expired."


def test_a_share_that_was_taken_is_recorded_and_so_is_a_refund(order: UUID) -> None:
    parcel, refund_id = uuid7(), uuid7()
    post(event(intent(order)))
    names(order)
    send(payment.CapturePayment(order_id=order, shipment_id=parcel, amount=Money(cents=600)))
    post(event(intent(order, metadata={mark_of(parcel): "1:600"}), name="evt_2"))
    assert names(order)[-1] == "PaymentCaptured"
    send(payment.RefundPayment(order_id=order, refund_id=refund_id, amount=Money(cents=400), reason="Sorry."))
    post(event(refund(order, refund_id, "pending"), "refund.created", "evt_3"))
    assert names(order)[-1] == "RefundRequested"
    post(event(refund(order, refund_id), "refund.updated", "evt_4"))
    assert names(order)[-1] == "PaymentRefunded"


def test_a_refund_that_comes_back_is_recorded(order: UUID) -> None:
    parcel, refund_id = uuid7(), uuid7()
    post(event(intent(order)))
    names(order)
    send(payment.CapturePayment(order_id=order, shipment_id=parcel, amount=Money(cents=600)))
    post(event(intent(order, metadata={mark_of(parcel): "1:600"}), name="evt_2"))
    names(order)
    send(payment.RefundPayment(order_id=order, refund_id=refund_id, amount=Money(cents=400), reason="Sorry."))
    post(event(refund(order, refund_id, "failed", failure_reason="lost_card"), "refund.failed", "evt_3"))
    assert names(order)[-1] == "RefundFailed"


def test_whatever_order_they_come_in_the_end_is_the_same(order: UUID) -> None:
    parcel = uuid7()
    held = event(intent(order), name="evt_1")
    taken = event(intent(order, "succeeded", metadata={mark_of(parcel): "1:600"}), "payment_intent.succeeded", "evt_2")
    post(held)
    names(order)
    send(payment.CapturePayment(order_id=order, shipment_id=parcel, amount=Money(cents=600)))
    for body in (taken, held, taken):
        post(body)
    assert names(order) == ["PaymentRequested", "PaymentAuthorized", "CaptureRequested", "PaymentCaptured"]


def test_what_expires_at_the_provider_is_recorded(order: UUID) -> None:
    post(event(intent(order)))
    post(event(intent(order, "canceled", cancellation_reason="automatic"), "payment_intent.canceled", "evt_2"))
    assert names(order)[-1] == "AuthorizationExpired"


def test_the_sandbox_signs_as_stripe_does(order: UUID) -> None:
    body = event(intent(order))
    assert post(body, Bank("key", SECRET).sign(body.encode(), ADDRESS)["Stripe-Signature"]) == 200


DECLINED = {"status": "requires_payment_method"}
ENDLESS = {"created": 1, "payment_method_details": {"card": {"capture_before": 10**400}}}
ODD: dict[str, dict[str, Any]] = {
    "a reason with a NUL": DECLINED | {"last_payment_error": {"message": "a\0b"}},
    "a name with a NUL": {"id": "pi_\0"},
    "a long name": {"id": "pi_" * 100},
    "a number for a name": {"id": 7},
    "a list for a name": {"id": ["pi_1"]},
    "a currency that is none": {"currency": "a\0\n"},
    "an endless hold": {"latest_charge": ENDLESS},
}


@pytest.mark.parametrize("what", ODD)
def test_what_stripe_says_and_nobody_could_keep_is_refused(order: UUID, what: str) -> None:
    assert post(event(intent(order, **ODD[what]))) == 400
    assert (counted(), Received.objects.exists()) == ({"unreadable": 1}, False)


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 201, "x\ny"])
def test_an_event_under_a_name_that_cannot_be_is_refused(order: UUID, name: str) -> None:
    assert (post(event(intent(order), name=name)), counted()) == (400, {"unreadable": 1})


def test_an_event_deeper_than_anybody_reads_is_refused(order: UUID) -> None:
    body = event(intent(order, deep="DEEP")).replace('"DEEP"', "[" * 50_000 + "]" * 50_000)
    assert (post(body), counted()) == (400, {"unreadable": 1})
