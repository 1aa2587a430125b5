"""The hidden fields of "Check your answers": whoever changes them orders nothing, and reads why."""

from typing import Any

import msgspec
import pytest
from django.core.signing import Signer
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from eventstore.personal import destroy_key
from orders.domain.money import Money
from orders.domain.order import Line
from orders.screens.customer.forms import Answers
from tests import factories
from tests.shop import (
    MUG,
    about_to_order,
    browsing,
    hidden,
    orders_in_the_log,
    placed_order,
    refused,
    somebody,
)

pytestmark = pytest.mark.django_db

MARKUP = "<script>alert(1)</script>"
NOT_AS_SHOWN = "This page was not sent as we showed it to you. Check it, and send it once more."
CHECK = "/orders/place/check/"
SIGNED_BY_ANOTHER = Signer(key="k" * 50, salt="orders.answers").sign("{}")


@pytest.fixture
def answered(clara: User) -> Client:
    """Clara's browser, with every question answered."""
    return about_to_order(clara, "prepaid")


@pytest.mark.parametrize("field", ["answers", "command_id"])
def test_a_hidden_field_that_was_changed(answered: Client, field: str) -> None:
    for changed in ("", " ", "garbage", "a\0b", MARKUP, "9" * 10_000, "{}", "[]", SIGNED_BY_ANOTHER):
        page = refused(answered, CHECK, hidden(answered.get(CHECK)) | {field: changed}, NOT_AS_SHOWN)
        assert "Lindenallee 7" in page
    assert orders_in_the_log() == []


def test_a_price_that_was_changed_on_the_page(answered: Client) -> None:
    sent = hidden(answered.get(CHECK))
    cheaper = sent["answers"].replace('"cents":1250', '"cents":1')
    assert cheaper != sent["answers"]
    refused(answered, CHECK, sent | {"answers": cheaper}, NOT_AS_SHOWN)
    refused(answered, CHECK, {name: sent[name] for name in ("command_id",)}, NOT_AS_SHOWN)
    assert orders_in_the_log() == []


def signed(**changes: Any) -> str:
    """Answers as a page of ours could have carried them, from whenever it is."""
    answers = Answers(
        order_id=uuid7(),
        lines=(Line(sku=MUG, quantity=2, shown=Money(cents=1250)),),
        delivery_address=factories.Address.build(),
        payment_terms="prepaid",
    )
    return Signer(salt="orders.answers").sign(msgspec.json.encode(msgspec.to_builtins(answers) | changes).decode())


def line(**changes: Any) -> dict[str, Any]:
    fields = {"sku": MUG, "quantity": 2, "shown": {"cents": 1250, "currency": "EUR"}}
    return fields | changes


def test_answers_that_an_older_page_carried(answered: Client) -> None:
    older: list[dict[str, Any]] = [
        {"lines": "none"},
        {"lines": [line(quantity="two")]},
        {"lines": [line(quantity=1.5)]},
        {"lines": [line(extra=1)]},
        {"order_id": "x"},
        {"payment_terms": "free"},
        {"delivery_address": None},
        {"of_an_older_page": True},
    ]
    for changes in older:
        refused(answered, CHECK, hidden(answered.get(CHECK)) | {"answers": signed(**changes)}, NOT_AS_SHOWN)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "Your basket is empty."),
        ([line(quantity=0)], "Enter a quantity between 1 and 999."),
        ([line(quantity=-3)], "Enter a quantity between 1 and 999."),
        ([line(quantity=10**15)], "Enter a quantity between 1 and 999."),
        ([line(), line()], "A product stands in the order twice."),
        ([line(sku="UNICORN")], "There is no product with the number UNICORN."),
        ([line(sku=MARKUP)], f"There is no product with the number {MARKUP}."),
    ],
    ids=str,
)
def test_what_the_domain_refuses_stands_on_the_page(answered: Client, lines: list[Any], sentence: str) -> None:
    page = refused(answered, CHECK, hidden(answered.get(CHECK)) | {"answers": signed(lines=lines)}, sentence)
    assert MARKUP not in page
    assert "Lindenallee 7" in page
    assert orders_in_the_log() == []


def test_an_order_of_somebody_else(answered: Client) -> None:
    theirs = placed_order(somebody(CUSTOMER, "Olaf Other"))
    response = answered.post(CHECK, hidden(answered.get(CHECK)) | {"answers": signed(order_id=str(theirs))})
    assert response.status_code == 404
    assert len(orders_in_the_log()) == 1


def test_an_order_that_was_placed_already(clara: User, answered: Client) -> None:
    again = signed(order_id=str(placed_order(clara)))
    refused(answered, CHECK, hidden(answered.get(CHECK)) | {"answers": again}, "This order has been placed already.")


def test_the_id_of_a_command_that_was_sent_before(answered: Client) -> None:
    sent = hidden(answered.get(CHECK))
    assert answered.post(CHECK, sent).status_code == 302
    other = sent | {"answers": signed()}
    refused(answered, CHECK, other, "This was sent before with other content. Reload the page to begin anew.")
    assert len(orders_in_the_log()) == 1


def test_the_id_of_a_command_that_somebody_else_sent(answered: Client) -> None:
    sent = hidden(answered.get(CHECK))
    assert answered.post(CHECK, sent).status_code == 302
    olaf = browsing(somebody(CUSTOMER, "Olaf Other"))
    assert olaf.post(CHECK, sent).status_code == 404
    refused(olaf, CHECK, sent | {"answers": signed()}, "This was sent before with other content.")


def test_an_order_of_somebody_who_is_erased_as_they_place_it(clara: User, answered: Client) -> None:
    sent = hidden(answered.get(CHECK))
    destroy_key(str(clara.id))
    refused(answered, CHECK, sent, "The data of this customer were erased.")
    assert orders_in_the_log() == []
