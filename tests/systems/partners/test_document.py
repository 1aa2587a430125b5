"""The document of what partners can ask for is true: whatever is asked, the answer is one that it describes."""

import itertools
import os
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, assume, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test

from orders.systems.partners import following
from orders.systems.partners.document import document
from orders.systems.partners.problems import KINDS
from projections.engine.waiting import wait_for
from tests.shop import MUG, follow
from tests.systems.partners.asking import Systems, new_order, systems_of

pytestmark = pytest.mark.django_db

# More of them: `EXAMPLES=60 pytest` with this file.
EXAMPLES = int(os.environ.get("EXAMPLES", "8"))
# What the shop refuses is well said, and described: it can't be known of a body by its shape.
REFUSED = ["2xx", "401", "403", "404", "409", "422"]
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": REFUSED}}})

OPERATIONS = [(method.upper(), path) for path, item in document()["paths"].items() for method in item]

schema = schemathesis.openapi.from_dict(document(), config=CONFIG)
schema.app = get_wsgi_application()
turn = itertools.count()


@pytest.fixture
def asking(systems: Systems, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Systems, str, str]]:
    """A partner with a customer and an order. Nobody moves the readers here: to wait for them would be in vain."""
    monkeypatch.setattr(following, "wait_for", partial(wait_for, timeout=0))
    order_id, customer_id = systems.placed(), systems.customer()
    follow()
    # As Django's own test client does: the connection holds what the test has not committed.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield systems, str(order_id), customer_id
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def believable(case: Any, order_id: str, customer_id: str) -> None:
    """Every other case that is as described is about what is there."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE or next(turn) % 2:
        return
    known = {"order_id": order_id, "customer_id": customer_id, "sku": MUG}
    case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
    if case.operation.definition.raw["operationId"] == "placeOrder":
        case.body = new_order(customer_id)


def is_said(value: Any) -> bool:
    """Whether a parameter is in the address at all: nothing stands there of an empty list or object."""
    match value:
        case list():
            return any(map(is_said, value))
        case dict():
            return any(map(is_said, value.values()))
        case _:
            return True


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_as_described(method: str, path: str, asking: tuple[Systems, str, str]) -> None:
    systems, order_id, customer_id = asking

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    def answered(case: Any) -> None:
        assume(all(map(is_said, (case.query or {}).values())))
        believable(case, order_id, customer_id)
        case.call_and_validate(headers={"Authorization": f"Bearer {systems.token}"})

    # Not by schema.parametrize, which thinks of all cases as soon as it is collected: ten seconds of each worker.
    told = HypothesisTestConfig(project=schema.config, modes=list(HypothesisTestMode))
    create_test(operation=schema[path][method], test_func=answered, config=told)()


def test_the_document_is_for_everybody_and_names_every_answer(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.json()["openapi"] == "3.1.0"
    for path, item in answer.json()["paths"].items():
        for method, operation in item.items():
            assert {"400", "401", "403", "429"} <= operation["responses"].keys(), (method, path)
            assert operation["summary"].endswith("."), (method, path)


def test_every_kind_of_problem_is_explained_where_its_type_leads(client: Client) -> None:
    for kind, (status, title) in KINDS.items():
        told = client.get(f"/api/v1/problems/{kind}/").json()
        assert told == {"type": f"/api/v1/problems/{kind}/", "status": status, "title": title}
    assert client.get("/api/v1/problems/none/").status_code == HTTPStatus.NOT_FOUND


def test_nobody_asks_without_a_token_that_is_good_for_it() -> None:
    without, nothing = Client(), systems_of("Nothing", scopes=[])
    found = document()["paths"]
    for path, item in found.items():
        nowhere = UUID(int=0)
        address = path.format(sku=MUG, order_id=nowhere, customer_id=nowhere, subscription_id=nowhere)
        for method in item:
            refused = getattr(without, method)(address)
            assert refused.status_code == HTTPStatus.UNAUTHORIZED
            assert refused.headers["WWW-Authenticate"] == 'Bearer realm="partners"'
            assert getattr(nothing.client, method)(address).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("said", ["Bearer", "Bearer ", "Bearer shop_none", "Basic shop_none", "shop_none", "Bearer ä"])
def test_what_is_no_token(said: str) -> None:
    answer = Client().get("/api/v1/orders/", headers={"Authorization": said})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_sign_in_is_no_token_and_a_token_no_sign_in(systems: Systems) -> None:
    from accounts.domain.roles import ADMIN
    from tests.shop import browsing, somebody

    assert browsing(somebody(ADMIN)).get("/api/v1/orders/").status_code == HTTPStatus.UNAUTHORIZED
    assert systems.client.get("/work/").status_code == HTTPStatus.FOUND


def test_too_many_requests(systems: Systems) -> None:
    systems.partner.requests_per_minute = 2
    systems.partner.save()
    answers = [systems.get("orders/") for _ in range(4)]
    assert [answer.status_code for answer in answers][-1] == HTTPStatus.TOO_MANY_REQUESTS
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].json()["type"] == "/api/v1/problems/too_many/"


def test_the_document_is_in_english_whoever_asks_for_it_first() -> None:
    with translation.override("de"):
        assert "Send a token that is good." in str(document())
