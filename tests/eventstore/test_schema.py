"""Stored names and schemas: every event that was ever stored can be read, for ever."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, cast, get_type_hints
from uuid import UUID

import msgspec
import pytest
from django.apps import apps
from msgspec import Struct
from uuid_utils.compat import uuid7

from eventstore import log
from eventstore.encoding import checked
from eventstore.errors import Invalid, said_of
from eventstore.messages import Event, Message, Personal
from eventstore.process import members
from eventstore.process.secrecy import parts, sealed_types
from eventstore.schema import Stored, personal_fields
from eventstore.streams import Category, categories, stored_as, stored_under
from orders.domain import product, work
from projections.engine import ReadModel
from tests import factories
from tests.eventstore.pieces import rows
from tests.golden.files import HERE, Golden, category_of, file_of, read, shape, stored_events, write_missing

STORED = list(stored_events())
GOLDEN = sorted(HERE.glob("*.json"))


def name_of(thing: Any) -> str:
    """What a test is called that is about this."""
    return thing.__name__ if isinstance(thing, type) else str(thing.name)


# The golden files


@pytest.mark.parametrize("stored", STORED, ids=name_of)
def test_every_schema_has_its_golden_file(stored: Stored[Any]) -> None:
    files = [file_of(stored.name, schema) for schema in range(1, stored.schema + 1)]
    assert [file.name for file in files if not file.exists()] == [], "`python -m tests.golden` writes it"


@pytest.mark.parametrize("file", GOLDEN, ids=name_of)
def test_every_golden_file_can_be_read(file: Path) -> None:
    golden = read(file)
    stored = stored_under(golden.name)
    assert file == file_of(golden.name, golden.schema)
    event = stored.reading(golden.schema)(bytes(golden.data))
    assert type(event) is stored.event
    assert stored.convert(golden.schema, msgspec.json.decode(golden.data)) == event
    if golden.schema == stored.schema:
        assert msgspec.json.decode(checked(event)) == msgspec.json.decode(golden.data)


@pytest.mark.parametrize("file", GOLDEN, ids=name_of)
def test_no_event_moves_to_another_category(file: Path) -> None:
    golden = read(file)
    moved = f"streams of {golden.category} hold a {golden.name}, which none of their deciders would take any more"
    assert category_of(stored_under(golden.name)) == golden.category, moved


def read_erased(stored: Stored[Any], golden: Golden) -> Event:
    """The event of a golden file as it reads once whoever it is about was erased."""
    fields = msgspec.json.decode(golden.data, type=dict[str, Any])
    erased = fields | dict.fromkeys(golden.shape["personal"])
    return cast("Event", stored.reading(golden.schema)(msgspec.json.encode(erased)))


@pytest.mark.parametrize("file", GOLDEN, ids=name_of)
def test_every_golden_file_can_be_read_once_its_person_was_erased(file: Path) -> None:
    golden = read(file)
    read_erased(stored_under(golden.name), golden)


def test_an_upcaster_that_looks_into_what_may_be_erased_is_found() -> None:
    def its_country(fields: dict[str, Any]) -> dict[str, Any]:
        return fields | {"title": fields["where"]["country"]}

    moved = Moved(person=uuid7(), title="", where=Where(street="Lindenallee 7"))
    golden = Golden("Moved", 1, "person", shape(Moved), msgspec.Raw(msgspec.json.encode(moved)))
    stored = Stored("Moved", Moved, schema=2, upcasters={1: its_country})
    assert stored.reading(1)(bytes(golden.data)) == msgspec.structs.replace(moved, title="DE")
    with pytest.raises(msgspec.ValidationError, match=r"^the upcaster from schema 1 fails \(TypeError: 'NoneType'"):
        read_erased(stored, golden)


@pytest.mark.parametrize("stored", STORED, ids=name_of)
def test_no_event_changes_its_shape_without_a_new_schema(stored: Stored[Any]) -> None:
    golden = read(file_of(stored.name, stored.schema))
    assert shape(stored.event) == golden.shape, f"{stored.name} needs schema {stored.schema + 1} and an upcaster"


def test_a_golden_file_is_written_once(tmp_path: Path) -> None:
    assert len(write_missing(tmp_path)) == len(STORED)
    kept = file_of("StockReceived", 1, tmp_path)
    kept.write_text("kept")
    file_of("ProductListed", 1, tmp_path).unlink()
    assert write_missing(tmp_path) == [file_of("ProductListed", 1, tmp_path)]
    assert kept.read_text() == "kept"


class Where(Message):
    """A place."""

    street: str
    country: str = "DE"


class Moved(Event):
    """Somebody has moved."""

    person: UUID
    title: str
    where: Annotated[Where | None, Personal(of="person")]


class Place(Message):
    """The same place by another name."""

    street: str
    country: str = "DE"


class Relocated(Event):
    """The same by another name, and in another order."""

    title: str
    where: Annotated[Place | None, Personal(of="person")]
    person: UUID


def changed(**fields: Any) -> type[Event]:
    """`Moved` with some of its fields changed, added, or (None) removed."""
    mine = {"person": UUID, "title": str, "where": Annotated[Where | None, Personal(of="person")]} | fields
    struct = msgspec.defstruct("Moved", [(name, kind) for name, kind in mine.items() if kind], bases=(Event,))
    return cast("type[Event]", struct)


def test_a_shape_is_what_is_stored_and_nothing_else() -> None:
    assert shape(Moved) == shape(Relocated) == shape(changed())


@pytest.mark.parametrize(
    "fields",
    [
        {"added": int},
        {"title": None},
        {"title": str | None},
        {"title": int},
        {"person": str},
        {"where": Where | None},
        {"where": Annotated[Where | None, Personal(of="title")]},
        {"where": Annotated[str | None, Personal(of="person")]},
    ],
    ids=str,
)
def test_every_change_of_what_is_stored_is_another_shape(fields: dict[str, Any]) -> None:
    assert shape(changed(**fields)) != shape(Moved)


# What is personal


type Address = Annotated[Where | None, Personal(of="person")]


class Household(Message):
    """People at a place, which is marked here."""

    where: Annotated[Where | None, Personal(of="person")]


@pytest.mark.parametrize(
    "hint",
    [
        Annotated[Where, Personal(of="person")] | None,
        list[Annotated[Where | None, Personal(of="person")]],
        dict[str, tuple[Annotated[Where, Personal(of="person")], ...]],
        Annotated[list[Annotated[Where, Personal(of="person")]] | None, Personal(of="person")],
        Address,
        Address | None,
        Household,
        list[Household],
    ],
    ids=str,
)
def test_a_mark_that_would_seal_nothing_is_refused(hint: Any) -> None:
    sentence = 'Moved.where: only a whole field is sealed, so it says: Annotated[… | None, Personal(of="person")].'
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Stored("Moved", changed(where=hint))


def test_what_is_personal_names_a_field_that_says_whose_it_is() -> None:
    with pytest.raises(ValueError, match=r"^Moved\.where is personal of 'preson', which is no field of Moved\.$"):
        Stored("Moved", changed(where=Annotated[Where | None, Personal(of="preson")]))


def lie_open(event: type[Event], sealed: Collection[type[Struct]]) -> list[str]:
    """The fields of an event that hold what is sealed elsewhere, and are not."""
    marked = personal_fields(event)
    return [
        name
        for name, hint in get_type_hints(event).items()
        if name not in marked and not set(parts(hint)).isdisjoint(sealed)
    ]


@pytest.mark.parametrize("stored", STORED, ids=name_of)
def test_what_is_sealed_in_one_event_lies_open_in_none(stored: Stored[Any]) -> None:
    assert lie_open(stored.event, sealed_types()) == [], 'Annotated[… | None, Personal(of="…")] seals it'


def test_what_lies_open_is_found() -> None:
    assert lie_open(Moved, {Where}) == []
    for hint in (Where | None, list[Where]):
        assert lie_open(changed(where=hint), {Where}) == ["where"]


# Older schemas


class Received(Event):
    """Pieces have arrived, as they are told of in the third schema."""

    sku: str
    quantity: int
    because: str


def name_quantity(fields: dict[str, Any]) -> dict[str, Any]:
    """In the first schema the quantity was called pieces."""
    return {"sku": fields["sku"], "quantity": fields["pieces"]}


def give_reason(fields: dict[str, Any]) -> dict[str, Any]:
    """Up to the second schema nobody said why."""
    return fields | {"because": "delivery"}


RECEIVED = Stored("Received", Received, schema=3, upcasters={1: name_quantity, 2: give_reason})


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        (1, b'{"sku": "A", "pieces": 2}'),
        (2, b'{"sku": "A", "quantity": 2}'),
        (3, b'{"sku": "A", "quantity": 2, "because": "delivery"}'),
    ],
)
def test_every_schema_reads_as_the_event_of_today(schema: int, data: bytes) -> None:
    assert RECEIVED.reading(schema)(data) == Received(sku="A", quantity=2, because="delivery")


class Counted(Event):
    """Pieces were counted, shelf by shelf: the keys of a JSON object are texts, whatever they mean."""

    shelves: dict[int, int]


def test_the_keys_of_an_older_schema_are_read_as_those_of_today() -> None:
    counted = Stored("Counted", Counted, schema=2, upcasters={1: lambda fields: {"shelves": fields["pieces"]}})
    assert counted.reading(2)(b'{"shelves": {"7": 3}}') == Counted(shelves={7: 3})
    assert counted.reading(1)(b'{"pieces": {"7": 3}}') == Counted(shelves={7: 3})


@pytest.mark.parametrize("schema", [-1, 0, 4])
def test_a_schema_of_tomorrow_is_not_guessed(schema: int) -> None:
    with pytest.raises(Invalid, match=rf"Received is known up to schema 3; this is schema {schema}\."):
        RECEIVED.reading(schema)(b'{"sku": "A", "quantity": 2, "because": "delivery"}')


@pytest.mark.parametrize("upcasters", [{}, {1: name_quantity}, {2: give_reason}, {1: name_quantity, 3: give_reason}])
def test_every_older_schema_needs_its_step(upcasters: dict[int, Any]) -> None:
    with pytest.raises(ValueError, match=r"an upcaster is needed from every schema before 3\."):
        Stored("Received", Received, schema=3, upcasters=upcasters)


# What cannot be read


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "schema", "data", "sentence"),
    [
        (
            "PigeonReceived",
            1,
            b'{"sku": "A", "quantity": 1}',
            "No event is known under the stored name 'PigeonReceived'.",
        ),
        ("StockReceived", 2, b'{"sku": "A", "quantity": 1}', "is known up to schema 1; this is schema 2."),
        ("StockReceived", 1, b'{"sku": "A", "quantity": 1, "more": 1}', "unknown field `more`"),
        ("StockReceived", 1, b'{"sku": "A"}', "missing required field `quantity`"),
        ("StockReceived", 1, b'{"sku": "A", "quantity": "1"}', "Expected `int`, got `str`"),
        ("StockReceived", 1, b'{"sku": "A", "quan', "cannot be read"),
        ("StockReceived", 1, b"", "cannot be read"),
        ("StockReceived", 1, b"\xff\xfe", "cannot be read"),
        ("StockReceived", 1, b"[]", "Expected `object`, got `array`"),
        ("CustomerRegistered", 1, b'{"customer_id": {"sealed_for": "a", "box": "AA=="', "cannot be read"),
        ("CustomerRegistered", 1, b'[{"sealed_for": "a", "box": "AA=="}]', "cannot be read"),
    ],
)
def test_what_this_code_does_not_know_is_said_and_not_guessed(
    name: str, schema: int, data: bytes, sentence: str
) -> None:
    rows(
        "INSERT INTO eventstore_event (id, stream, version, name, schema, data, correlation, actor)"
        " VALUES (%s, 'stock_item-UNKNOWN', 1, %s, %s, %s, gen_random_uuid(), 'tests')",
        uuid7(),
        name,
        schema,
        data,
    )
    with pytest.raises(Invalid) as invalid:
        list(log.read_stream("stock_item-UNKNOWN"))
    assert sentence in str(invalid.value)
    assert name == "PigeonReceived" or f"({name}, schema {schema}) cannot be read: " in str(invalid.value)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [KeyError("address"), TypeError("nothing"), ValueError("text"), Invalid("never")])
def test_what_an_upcaster_cannot_take_is_said(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: dict[str, Any]) -> dict[str, Any]:
        raise fault

    monkeypatch.setitem(stored_under("CustomerRegistered").upcasters, 1, fail)
    event_id = uuid7()
    rows(
        "INSERT INTO eventstore_event (id, stream, version, name, schema, data, correlation, actor)"
        " VALUES (%s, 'customer-UNKNOWN', 1, 'CustomerRegistered', 1, '{}', gen_random_uuid(), 'tests')",
        event_id,
    )
    why = f"the upcaster from schema 1 fails ({said_of(fault)})"
    sentence = f"Event {event_id} (CustomerRegistered, schema 1) cannot be read: {why}."
    with pytest.raises(Invalid, match=f"^{re.escape(sentence)}$"):
        list(log.read_stream("customer-UNKNOWN"))


# Names


def test_every_event_and_command_has_one_home() -> None:
    names = [stored.name for stored in STORED]
    events = [stored.event for stored in STORED]
    commands = [command for category in categories() for command in category.commands]
    for each in (names, events, commands, [category.name for category in categories()]):
        assert len(set(each)) == len(each)
    assert all(stored_as(stored.event) is stored_under(stored.name) is stored for stored in STORED)


def forgotten(category: Category) -> set[str]:
    """The commands and events that only one knows of the two: a category, and its decider."""
    command = next(iter(get_type_hints(category.decider.decide).values()))
    _, event, *_ = get_type_hints(category.decider.evolve).values()
    registered = {*category.commands, *(stored.event for stored in category.events)}
    return {each.__name__ for each in registered ^ {*members(command), *members(event)}}


@pytest.mark.parametrize("category", categories(), ids=name_of)
def test_every_command_and_event_of_a_decider_has_its_place_in_its_category(category: Category) -> None:
    assert forgotten(category) == set(), "it belongs into streams.py and into the decider's Message or Happening"


def test_what_is_forgotten_in_a_category_or_in_its_decider_is_found() -> None:
    category = Category(
        "work",
        work,
        key="work",
        commands=(work.TakeWork, product.ListProduct),
        events=(Stored("WorkTaken", work.WorkTaken),),
    )
    assert forgotten(category) == {"GiveBackWork", "WorkGivenBack", "ListProduct"}


@pytest.mark.parametrize(
    "message",
    [command for category in categories() for command in category.commands] + [stored.event for stored in STORED],
    ids=name_of,
)
def test_every_command_and_event_has_a_factory(message: type[Message]) -> None:
    made = getattr(factories, message.__name__).build()
    assert type(made) is message
    checked(made)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [model for model in apps.get_models() if issubclass(model, ReadModel)], ids=name_of)
def test_every_read_model_has_a_factory(model: type[ReadModel]) -> None:
    row = getattr(factories, model.__name__).create()
    assert model._default_manager.get(pk=row.pk).values() == row.values()


def test_a_history_is_numbered_as_the_log_numbers_it() -> None:
    one, other = factories.StockReceived.build_batch(2)
    facts = factories.history(one, other, one)
    assert [(fact.position, fact.version, fact.event) for fact in facts] == [(1, 1, one), (2, 1, other), (3, 2, one)]
    assert [fact.stream for fact in facts] == [f"stock_item-{event.sku}" for event in (one, other, one)]
