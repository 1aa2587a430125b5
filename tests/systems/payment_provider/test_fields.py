"""Field by field: what we ask of Stripe is in its library's types, and so is what our sandbox answers."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import stripe
from stripe import params
from uuid_utils.compat import uuid7

from config.sandbox.frame import Asked as Request
from config.sandbox.ledger import Ledger
from config.sandbox.payment_provider import checkout, money, shapes
from orders.domain.money import Money
from orders.systems.payment_provider.port import Back, Share
from orders.systems.payment_provider.stripe_account import Account, Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout

TEN = Money(cents=1000)
CREATE, CAPTURE = params.PaymentIntentCreateParams, params.PaymentIntentCaptureParams


class Asked:
    """In the place of Stripe's API: keeps what it is asked, and answers with an intent or a refund."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.answer = answer
        self.asked: dict[str, Mapping[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        def called(*arguments: Any) -> Any:
            *_, fields = [each for each in arguments if isinstance(each, dict) and "idempotency_key" not in each]
            self.asked[name] = fields
            made = stripe.PaymentIntent.construct_from(dict(self.answer), "key")
            listed = {"object": "list", "data": [], "has_more": False, "url": "/"}
            return stripe.ListObject.construct_from(listed, "key") if name in ("list", "search") else made

        return called


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """An intent and a refund of the sandbox's."""
    ledger = Ledger(tmp_path / "ledger.sqlite", shapes.SCHEMA + checkout.SCHEMA)
    metadata = {"order_id": str(uuid7()), "attempt": "1", "key": "k"}
    asked = {"payment_method": "pm_card_visa", "amount": "1000", "currency": "eur", "capture_method": "manual"}
    row = money.create(ledger, asked | {"metadata": metadata}, "a")
    row = money.capture(ledger, row, {"amount_to_capture": "600", "final_capture": "false"}, "b")
    back = metadata | {"refund_id": str(uuid7()), "whole": "100"}
    refund = money.give_back(ledger, {"payment_intent": row["id"], "amount": "100", "metadata": back}, "c")
    session = entered(ledger)
    yield {"session": session, "intent": shapes.intent(row, expand=True), "refund": shapes.refund(refund)}
    ledger._connection().close()


def entered(ledger: Ledger) -> dict[str, Any]:
    """A Checkout Session of the sandbox's, on whose page a card was chosen."""
    form = {"mode": "setup", "client_reference_id": "c", "success_url": "https://shop/", "cancel_url": "https://shop/"}
    made = json.loads(checkout.opened(ledger, form, "https://sandbox").body)
    checkout.page(ledger, Request("POST", f"/checkout/{made['id']}", {}, {}, b"card=pm_card_visa"))
    found: dict[str, Any] = json.loads(checkout.looked_up(ledger, made["id"], "").body)
    return found


def unknown(asked: Mapping[str, Any], kind: type) -> set[str]:
    """What is asked and is no field of Stripe's."""
    return set(asked) - set(kind.__annotations__)


@pytest.fixture
def asking(rows: dict[str, Any]) -> tuple[Stripe, Asked, Asked]:
    """The adapter, and what hears it."""
    adapter = Stripe(Account("http://127.0.0.1:1", "sk_test_1"))
    intents, refunds = Asked(rows["intent"]), Asked(rows["refund"])
    adapter.intents_api, adapter.refunds_api = intents, refunds
    return adapter, intents, refunds


def test_what_we_ask_of_payment_intents_are_fields_of_stripe_s(asking: tuple[Stripe, Asked, Asked]) -> None:
    adapter, intents, _ = asking
    order_id = uuid7()
    adapter.hold(order_id, 2, TEN, "cus_1:pm_card_visa", "k")
    adapter.take("pi_1", Share(order_id, uuid7(), 1, Money(cents=400)), "k")
    adapter.release("pi_1", "k")
    adapter.made_with("k")
    adapter.made(0, 1)
    adapter.totals(order_id)
    assert set(intents.asked) == {"create", "capture", "cancel", "search", "list", "retrieve"}
    assert unknown(intents.asked["create"], CREATE) == set()
    assert set(intents.asked["create"]) == {
        *(
            "amount",
            "currency",
            "confirm",
            "metadata",
            "allowed_payment_method_types",
            "expand",
            "payment_method",
            "customer",
        ),
        *("capture_method", "payment_method_options", "off_session"),
    }
    assert unknown(intents.asked["capture"], CAPTURE) == set()
    assert set(intents.asked["capture"]) == {"amount_to_capture", "metadata", "expand", "final_capture"}
    assert unknown(intents.asked["cancel"], params.PaymentIntentCancelParams) == set()
    assert unknown(intents.asked["search"], params.PaymentIntentSearchParams) == set()
    assert unknown(intents.asked["list"], params.PaymentIntentListParams) == set()
    assert unknown(intents.asked["retrieve"], params.PaymentIntentRetrieveParams) == set()


def test_what_we_ask_of_refunds_are_fields_of_stripe_s(asking: tuple[Stripe, Asked, Asked]) -> None:
    adapter, _, refunds = asking
    adapter.give_back("pi_1", Back(uuid7(), uuid7(), 1, Money(cents=100), Money(cents=100)), "k")
    adapter.refunds("pi_1")
    assert set(refunds.asked) == {"create", "list"}
    assert unknown(refunds.asked["create"], params.RefundCreateParams) == set()
    assert unknown(refunds.asked["list"], params.RefundListParams) == set()


def test_what_we_ask_of_its_desk_are_fields_of_stripe_s(rows: dict[str, Any]) -> None:
    desk, asked = Checkout(Account("http://127.0.0.1:1", "sk_test_1")), Asked(rows["session"])
    desk.sessions_api = asked
    for kept_with in ("", "cus_1"):
        desk.open(uuid7(), "clara@example.com", kept_with, ("https://shop/?page=", "https://shop/"), "k")
        assert unknown(asked.asked["create"], params.checkout.SessionCreateParams) == set()
        known = {"customer"} if kept_with else {"customer_creation", "customer_email"}
        of_all = {"mode", "allowed_payment_method_types", "client_reference_id", "success_url", "cancel_url"}
        assert set(asked.asked["create"]) == of_all | known
    desk.entered("cs_1")
    assert asked.asked["retrieve"] == {"expand": ["setup_intent.payment_method"]}


def test_what_the_sandbox_s_desk_answers_are_fields_of_stripe_s(rows: dict[str, Any]) -> None:
    session = rows["session"]
    setup, method = session["setup_intent"], session["setup_intent"]["payment_method"]
    assert set(session) - set(stripe.checkout.Session.__annotations__) == set()
    assert set(setup) - set(stripe.SetupIntent.__annotations__) == set()
    assert set(method) - set(stripe.PaymentMethod.__annotations__) == set()
    assert set(method["card"]) - set(stripe.PaymentMethod.Card.__annotations__) == set()


def test_what_the_sandbox_answers_are_fields_of_stripe_s(rows: dict[str, Any]) -> None:
    intent, refund = rows["intent"], rows["refund"]
    charge = intent["latest_charge"]
    assert set(intent) - set(stripe.PaymentIntent.__annotations__) == set()
    assert set(charge) - set(stripe.Charge.__annotations__) == set()
    card = charge["payment_method_details"]["card"]
    assert set(card) - set(stripe.Charge.PaymentMethodDetails.Card.__annotations__) == set()
    assert set(refund) - set(stripe.Refund.__annotations__) == set()
    event = shapes.event(1, "payment_intent.succeeded", intent)
    assert set(event) - set(stripe.Event.__annotations__) == set()
    assert json.loads(json.dumps(event)) == event
