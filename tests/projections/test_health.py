"""Health of the read models over HTTP: a check that fails when one is late, and figures for operators."""

import random
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client

from accounts.domain import roles
from config.health import BORDER_FIGURES, FIGURES
from eventstore import log
from eventstore.models import Checkpoint
from projections import products
from projections.engine import projections, room
from projections.engine.rebuild import claim
from tests import factories
from tests.eventstore.pieces import METADATA
from tests.projections.trade import record
from tests.shop import browsing, follow, somebody

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-token-that-nobody-would-guess-as-it-is-long-enough"


@pytest.fixture
def _token(settings: Any) -> None:
    settings.ENV = settings.ENV | {"METRICS_TOKEN": TOKEN}


def receive(sku: str) -> None:
    """A piece arrives."""
    log.append([log.New(f"stock_item-{sku}", [factories.StockReceived.build(sku=sku, quantity=1)])], METADATA)


# The check


def test_all_is_well_while_none_is_later_than_the_limit(settings: Any) -> None:
    receive("MUG")
    response = Client().get("/health/projections/")
    assert (response.status_code, response.json()) == (200, {"limit": 60.0, "late": {}})


def test_it_fails_as_soon_as_one_is_later(settings: Any) -> None:
    settings.ENV = settings.ENV | {"MAX_LAG_SECONDS": 0.0}
    assert Client().get("/health/projections/").status_code == 200
    receive("MUG")
    response = Client().get("/health/projections/")
    assert response.status_code == 503
    assert response.json()["late"].keys() == {"products", "stock_movements"}
    follow()
    assert Client().get("/health/projections/").status_code == 200


def test_a_paused_read_model_gets_late(settings: Any) -> None:
    settings.ENV = settings.ENV | {"MAX_LAG_SECONDS": 0.0}
    follow()
    Checkpoint.objects.filter(reader="products").update(paused=True)
    receive("MUG")
    follow()
    assert Client().get("/health/projections/").status_code == 503


def test_the_check_for_load_balancers_does_not_mind(settings: Any) -> None:
    settings.ENV = settings.ENV | {"MAX_LAG_SECONDS": 0.0}
    receive("MUG")
    assert Client().get("/health/").status_code == 200


# The database is away


@pytest.fixture
def _no_database() -> Iterator[None]:
    """Nobody listens where the database is."""
    connection.close()
    there = connection.settings_dict
    with patch.dict(there, {"HOST": "127.0.0.1", "PORT": "9"}):
        yield
    connection.close()


@pytest.mark.usefixtures("_token", "_no_database")
@pytest.mark.parametrize("address", ["/health/", "/health/projections/", "/health/systems/", "/metrics/"])
def test_a_database_that_cannot_be_reached_is_said(address: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {TOKEN}"})
    if address != "/metrics/":  # who bears a token there has no session
        client.cookies["sessionid"] = "a" * 32
    response = client.get(address)
    assert (response.status_code, response.json()) == (503, {"database": "The database cannot be reached."})


FULL = "DO $$ BEGIN RAISE disk_full USING MESSAGE = 'No space left on device'; END $$"


@pytest.mark.usefixtures("_token")
@pytest.mark.parametrize("address", ["/health/", "/health/projections/", "/health/systems/", "/metrics/"])
def test_a_database_that_is_there_and_fails_is_not_said_to_be_away(address: str) -> None:
    connection.ensure_connection()
    with connection.execute_wrapper(lambda execute, _, __, many, context: execute(FULL, None, many, context)):
        response = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get(address)
    assert (response.status_code, response.json()) == (503, {"database": "The database does not do what it is asked."})


# The figures


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_the_figures_are_for_operators(role: str) -> None:
    wanted = 200 if role in {roles.OPERATIONS, roles.ADMIN} else 403
    assert browsing(somebody(role)).get("/metrics/").status_code == wanted


def test_nobody_else_sees_the_figures() -> None:
    for said in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        response = Client(headers=said).get("/metrics/")
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
        assert "projection" not in response.content.decode()


@pytest.mark.usefixtures("_token")
def test_a_program_bears_the_token() -> None:
    assert Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics/").status_code == 200
    for said in ("", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer ä"):
        assert Client(headers={"Authorization": said}).get("/metrics/").status_code == 401


def figures(text: str) -> dict[tuple[str, str], float]:
    """The values in the text format, by figure and read model."""
    return {
        (name, of): float(value)
        for name, of, value in re.findall(r'^(\w+)(?:\{projection="(\w+)"\})? (\S+)$', text, re.MULTILINE)
    }


@pytest.mark.usefixtures("_token")
def test_the_figures_of_every_read_model() -> None:

    events = record(random.Random(4), 20)
    follow()
    receive("MUG")
    claim(products.PROJECTION, room.NEXT)
    response = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics/")
    text = response.content.decode()
    found = figures(text)

    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert found["log_position", ""] == events + 1
    for name in projections():
        assert found["projection_position", name] == events
        assert found["projection_lag_events", name] == 1
        assert found["projection_parked_events", name] == found["projection_paused", name] == 0
        assert found["projection_table_version", name] == found["projection_code_version", name]
        assert (found["projection_lag_seconds", name] > 0) == (name in {"products", "stock_movements"})
    assert found["projection_rebuild_position", "products"] == 0
    assert ("projection_rebuild_position", "timeline") not in found


@pytest.mark.usefixtures("_token")
def test_the_figures_are_in_the_text_format() -> None:
    text = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics/").content.decode()
    kinds: dict[str, list[str]] = {}
    for line in text.splitlines():
        kind, name = re.match(r"(# HELP |# TYPE |)(\w+)", line).groups()  # type: ignore[union-attr]  # fails if not
        kinds.setdefault(name, []).append(kind)
    assert text.endswith("\n")
    # Each figure once, with what it is before its values.
    named = {f"projection_{name}" for name, _, _ in FIGURES} | {f"system_{name}" for name, *_ in BORDER_FIGURES}
    assert named < kinds.keys()
    for found in kinds.values():
        assert found[:2] == ["# HELP ", "# TYPE "]
        assert set(found[2:]) <= {""}
    assert text.count("# TYPE") == len(kinds)
