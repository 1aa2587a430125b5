"""The published language: CloudEvents as their library reads them, schemas that stay, nothing personal unasked."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import msgspec
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from django.test import Client

from eventstore.schema import personal_fields
from orders.systems.partners.feed import OURS
from orders.systems.partners.published import NAMES, PREFIX, TYPES
from orders.systems.partners.schemas import schema_of
from orders.systems.partners.translation import told
from projections import partner_events
from tests import factories

PUBLISHED = Path(__file__).parents[3] / "docs" / "published"
OF_EVENTS = sorted(partner_events.PROJECTION.wants, key=lambda event: event.__name__)


def event(kind: type, *, personal: bool = True) -> dict[str, Any]:
    """An event of ours as partners are told of it."""
    fact = factories.Fact.build(event=getattr(factories, kind.__name__).build(), position=7)
    found: dict[str, Any] = json.loads(msgspec.json.encode(told(fact, personal=personal)))
    return found


@pytest.mark.parametrize("kind", OF_EVENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("personal", [True, False])
def test_an_event_is_as_its_schema_says_and_as_the_specification_says(kind: type, personal: bool) -> None:
    said = event(kind, personal=personal)
    schema = schema_of(said["type"])
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(said)
    message = HTTPMessage({"content-type": "application/cloudevents+json"}, json.dumps(said).encode())
    read = from_structured_event(message)
    assert (read.get_id(), read.get_type(), read.get_specversion()) == (said["id"], said["type"], "1.0")
    assert read.get_data() == said["data"]
    assert (read.get_subject(), read.get_extension("sequence")) == (said["subject"], "00000000000000000007")
    for attribute in said.keys() - {"data"}:
        assert attribute.isalnum()
        assert attribute.islower()


def test_everything_that_partners_are_told_of_has_a_type() -> None:
    assert set(OURS.values()) == set(partner_events.PROJECTION.wants)
    assert OURS.keys() == NAMES.keys() == set(TYPES.values())
    assert all(name.startswith(PREFIX) and name.endswith(".v1") for name in TYPES)


@pytest.mark.parametrize("kind", OF_EVENTS, ids=lambda kind: kind.__name__)
def test_nothing_personal_is_told_unasked(kind: type) -> None:
    data = event(kind, personal=False)["data"]
    said = {name for name, value in data.items() if value is not None}
    assert said.isdisjoint({*personal_fields(kind), "reason", "name" if kind.__name__.startswith("Customer") else ""})


def test_an_address_is_told_to_whoever_may_see_it_until_it_is_erased() -> None:
    placed = factories.OrderPlaced.build()
    fact = factories.Fact.build(event=placed, position=1)
    assert told(fact, personal=True).data.delivery_address.city == "Berlin"
    erased = factories.Fact.build(event=msgspec.structs.replace(placed, delivery_address=None), position=1)
    assert told(erased, personal=True).data.delivery_address is None


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_schema_that_was_published_stays_as_it_is(name: str) -> None:
    """Write the file of a new type with `json.dumps(schema_of(name), indent=2)`; never write one again."""
    file = PUBLISHED / f"{name}.json"
    assert file.exists(), f"Write {file}: this type is new."
    assert json.loads(file.read_text()) == json.loads(json.dumps(schema_of(name)))


def test_no_published_type_is_gone() -> None:
    assert {file.stem for file in PUBLISHED.iterdir()} == TYPES.keys()


def test_schemas_are_for_everybody(client: Client) -> None:
    name = f"{PREFIX}order.placed.v1"
    answer = client.get(f"/partners/schemas/{name}.json")
    assert answer.headers["Content-Type"] == "application/schema+json"
    assert answer.json() == json.loads(json.dumps(schema_of(name)))
    assert client.get("/partners/schemas/none.json").status_code == 404


def test_translation_is_pure() -> None:
    fact = factories.Fact.build(event=factories.OrderCancelled.build(order_id=UUID(int=1)), position=3)
    assert told(fact, personal=False) == told(fact, personal=False)
    assert told(fact, personal=False).time.tzinfo == UTC
    assert told(fact, personal=False).time < datetime(2100, 1, 1, tzinfo=UTC)
