"""Personal data: sealed at rest, bound to its place, and gone everywhere once the person's key is destroyed."""

import base64
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest
from pytest_django import Settings
from uuid_utils.compat import uuid7

from accounts.domain.customer import CustomerRegistered
from eventstore import log, personal
from eventstore.errors import Conflict, Invalid, PersonErased
from eventstore.log import NEW, New, append
from eventstore.messages import Event
from eventstore.models import PersonKey
from tests import factories
from tests.eventstore.pieces import METADATA, rows

pytestmark = pytest.mark.django_db(transaction=True)

OTHER_KEY = b"o" * 32


def registered(person: UUID | None = None, name: str = "Clara Vogel") -> CustomerRegistered:
    """A customer has registered."""
    return factories.CustomerRegistered.build(customer_id=person or uuid7(), name=name, email="clara@vogel.example")


def record(event: Event, expected: int | None = log.ANY) -> UUID:
    """Append an event to the stream it belongs to."""
    return append([New(factories.stream_of(event), [event], expected)], METADATA)[0]


def read(event_id: UUID) -> Any:
    """The event as it is read."""
    recorded = log.event_by_id(event_id)
    assert recorded is not None
    return recorded.event


def at_rest(event_id: UUID) -> dict[str, Any]:
    """The data of an event as they lie in the database."""
    ((data,),) = rows("SELECT data FROM eventstore_event WHERE id = %s", event_id)
    return msgspec.json.decode(data, type=dict[str, Any])


def tamper(event_id: UUID, data: dict[str, Any]) -> None:
    """Somebody who owns the database changes what is stored."""
    rows("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
    rows("UPDATE eventstore_event SET data = %s WHERE id = %s", msgspec.json.encode(data), event_id)
    rows("ALTER TABLE eventstore_event ENABLE TRIGGER USER")


# At rest


@pytest.mark.parametrize(
    ("event", "secrets"),
    [
        (registered(), ["Clara Vogel", "clara@vogel.example"]),
        (factories.OrderPlaced.build(), ["Clara Vogel", "Lindenallee", "Berlin"]),
    ],
    ids=["CustomerRegistered", "OrderPlaced"],
)
def test_what_is_personal_is_nowhere_in_the_database(event: Event, secrets: list[str]) -> None:
    event_id = record(event)
    for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        everything = str(rows(f'SELECT t::text FROM "{table}" AS t'))
        assert [text for text in secrets if text in everything or text.encode().hex() in everything] == [], table
    assert read(event_id) == event


def test_what_is_not_personal_lies_open() -> None:
    order = factories.OrderPlaced.build()
    stored = at_rest(record(order))
    assert stored["delivery_address"].keys() == {"sealed_for", "box"}
    assert stored["payment_terms"] == "prepaid"


def test_no_two_fields_are_sealed_with_one_nonce() -> None:
    person = uuid7()
    boxes = [at_rest(record(registered(person)))[field]["box"] for _ in range(2) for field in ("name", "email")]
    assert len({base64.b64decode(box)[: personal.NONCE] for box in boxes}) == 4


def test_each_person_has_one_key() -> None:
    one, other = uuid7(), uuid7()
    for person in (one, other, one):
        record(registered(person))
    keys = personal.keys_of([str(one), str(other)])
    assert len(set(keys.values())) == 2
    assert None not in keys.values()


def test_nothing_is_sealed_where_nothing_is_said() -> None:
    event = CustomerRegistered(customer_id=uuid7(), name="Clara", email=None)
    event_id = record(event)
    assert at_rest(event_id)["email"] is None
    assert read(event_id) == event


def test_a_text_that_looks_sealed_is_a_text() -> None:
    event = factories.StockReceived.build(sku='{"sealed_for":"somebody","box":""}')
    assert read(append([New("stock_item-A", [event])], METADATA)[0]) == event


# Bound to its place


def with_name(data: dict[str, Any], **sealed: str) -> dict[str, Any]:
    """The same data with another box for the name."""
    return data | {"name": data["name"] | sealed}


def altered(box: str) -> str:
    """The same box, but for one bit."""
    changed = bytearray(base64.b64decode(box))
    changed[-1] ^= 1
    return base64.b64encode(changed).decode()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda mine, _: mine | {"name": mine["email"]}, id="another field's"),
        pytest.param(lambda _, theirs: theirs, id="another event's"),
        pytest.param(lambda mine, theirs: with_name(mine, box=theirs["name"]["box"]), id="another person's"),
        pytest.param(lambda mine, theirs: with_name(mine, sealed_for=theirs["name"]["sealed_for"]), id="for another"),
        pytest.param(lambda mine, _: with_name(mine, box=altered(mine["name"]["box"])), id="altered"),
        pytest.param(lambda mine, _: with_name(mine, box=""), id="empty"),
        pytest.param(lambda mine, _: with_name(mine, box="AA=="), id="too short"),
    ],
)
def test_a_box_opens_in_its_own_place_only(change: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]) -> None:
    mine, theirs = record(registered()), record(registered())
    tamper(mine, change(at_rest(mine), at_rest(theirs)))
    with pytest.raises(Invalid, match=rf"^The field name of event {mine} was sealed for another place\.$"):
        read(mine)
    assert read(theirs).name == "Clara Vogel"


# Erased


def test_an_erased_person_reads_as_nobody_everywhere() -> None:
    clara, otto = uuid7(), uuid7()
    hers, his = registered(clara), registered(otto, "Otto Lang")
    order = factories.OrderPlaced.build(customer_id=clara)
    ids = [record(event) for event in (hers, his, order)]
    expected = [
        msgspec.structs.replace(hers, name=None, email=None),
        his,
        msgspec.structs.replace(order, delivery_address=None),
    ]

    personal.destroy_key(str(clara))

    stream = factories.stream_of(hers)
    assert [read(event_id) for event_id in ids] == expected
    assert [recorded.event for recorded in log.read_log()] == expected
    assert [recorded.event for recorded in log.correlated(METADATA.correlation)] == expected
    assert [recorded.event for recorded in log.read_stream(stream)] == expected[:1]
    assert [recorded.event for recorded in log.read_stream(stream, backwards=True)] == expected[:1]
    with pytest.raises(Conflict) as conflict:
        record(factories.CustomerSuspended.build(customer_id=clara), expected=NEW)
    assert [recorded.event for recorded in conflict.value.meanwhile] == expected[:1]


def test_nothing_more_can_be_recorded_of_an_erased_person() -> None:
    person = uuid7()
    personal.destroy_key(str(person))
    with pytest.raises(PersonErased, match=rf"^The data of person {person} was erased\.$"):
        record(registered(person))
    record(factories.CustomerSuspended.build(customer_id=person))
    record(CustomerRegistered(customer_id=person, name=None, email=None))


def test_of_an_erased_key_nothing_is_kept() -> None:
    person = uuid7()
    record(registered(person))
    personal.destroy_key(str(person))
    personal.destroy_key(str(person))
    row = PersonKey.objects.get(person=str(person))
    assert (row.wrapped, row.wrapped_by) == (None, "")
    assert row.destroyed_at is not None


# Wrapped anew


def wrapped_by(settings: Settings, **keys: bytes) -> None:
    """These are the keys of the environment; the first one is the current one."""
    settings.EVENTSTORE = settings.EVENTSTORE | {"PERSONAL_DATA_KEYS": keys}


def test_keys_can_be_wrapped_by_a_new_key_and_the_old_one_thrown_away(settings: Settings) -> None:
    wrapped_by(settings, old=b"a" * 32)
    one, erased = registered(), registered()
    ids = [record(one), record(erased)]
    personal.destroy_key(str(erased.customer_id))

    wrapped_by(settings, new=OTHER_KEY, old=b"a" * 32)
    two = registered()
    ids.append(record(two))
    assert personal.to_rewrap() == 1
    assert list(personal.rewrap()) == [1]
    assert (personal.to_rewrap(), list(personal.rewrap())) == (0, [])

    wrapped_by(settings, new=OTHER_KEY)
    gone = msgspec.structs.replace(erased, name=None, email=None)
    assert [read(event_id) for event_id in ids] == [one, gone, two]
    assert set(PersonKey.objects.values_list("wrapped_by", flat=True)) == {"new", ""}


def test_a_missing_wrapping_key_is_named(settings: Settings) -> None:
    wrapped_by(settings, old=b"a" * 32)
    event_id = record(registered())
    wrapped_by(settings, new=OTHER_KEY)
    for deed in (partial(read, event_id), personal.to_rewrap, lambda: list(personal.rewrap())):
        with pytest.raises(Invalid, match=r"^PERSONAL_DATA_KEYS lacks the key 'old', which wraps persons' keys\.$"):
            deed()


def test_another_wrapping_key_of_the_same_name_is_noticed(settings: Settings) -> None:
    wrapped_by(settings, same=b"a" * 32)
    event_id = record(registered())
    wrapped_by(settings, same=OTHER_KEY)
    with pytest.raises(Invalid, match=r"'same' in PERSONAL_DATA_KEYS"):
        read(event_id)


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        (b'","box":"', b'","cox":"'),
        (b'","box":"', b'","box":"no base64'),
        (b'"}', b'" '),
        (b'"sealed_for":"', b'"sealed_for": '),
        (b'{"sealed_for":', b'{"sealed_for";'),
    ],
)
def test_a_broken_box_is_said_with_its_event(whole: bytes, broken: bytes) -> None:
    event_id = record(registered())
    rows("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
    rows(
        "UPDATE eventstore_event SET data = replace(encode(data, 'escape'), %s, %s)::bytea",
        whole.decode(),
        broken.decode(),
    )
    rows("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
    with pytest.raises(Invalid, match=f"^Event {event_id} .* cannot be read: "):
        read(event_id)
