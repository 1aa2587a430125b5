"""What cannot be recorded: each gets a sentence, and nothing is appended."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings
from uuid_utils.compat import uuid7

from eventstore.encoding import checked, most_bytes
from eventstore.errors import Invalid
from eventstore.log import Metadata, New, append
from eventstore.messages import Event, Message, Personal
from eventstore.schema import personal_fields
from orders.domain.stock_item import ReceiveStock, StockReceived
from tests.eventstore.pieces import METADATA, count, pieces, received

WHOLE = [received()]
CANNOT_BE_A_STREAM = "cannot be the name of a stream."
CANNOT_BE_A_VERSION = "cannot be the version of a stream."


class Unstored(Event):
    """An event that nobody stores."""


def refused(news: Any, metadata: Any, sentence: str) -> None:
    """`news` is not appended, and this is said about it."""
    before = count("eventstore_event"), count("eventstore_unnumbered")
    with pytest.raises(Invalid) as invalid:
        append(news, metadata)
    said = str(invalid.value)
    assert sentence in said
    assert said.endswith("."), said
    assert said.isprintable(), said
    assert (count("eventstore_event"), count("eventstore_unnumbered")) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("news", "sentence"),
    [
        ([], "There is nothing to append."),
        ([New("stock_item-A", [])], "There is nothing to append."),
        ([New("stock_item-A", None)], "There is nothing to append."),  # type: ignore[arg-type]  # bad on purpose
        ([pieces("stock_item-A", 1), New("stock_item-B", [])], "There is nothing to append."),
        ([pieces("stock_item-A", 1), pieces("stock_item-A", 2)], "A stream is named twice in one append."),
    ],
)
def test_there_is_something_to_append(news: list[New], sentence: str) -> None:
    refused(news, METADATA, sentence)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "stream",
    [
        "",
        "\0",
        "order-\0",
        "order-\n1",
        "order-\ud800",
        "\udfff",
        "order-" + "x" * 200,
        "order-\u202e1",
        None,
        7,
        b"order-1",
    ],
)
def test_a_stream_has_a_name(stream: Any) -> None:
    refused([New(stream, WHOLE)], METADATA, CANNOT_BE_A_STREAM)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "version", [-1, -(2**70), 2**31 - 1, 2**63, 2**70, True, False, 1.0, float("nan"), "1", uuid7()]
)
def test_a_version_is_a_number_that_a_stream_can_have(version: Any) -> None:
    refused([New("stock_item-A", WHOLE, version)], METADATA, CANNOT_BE_A_VERSION)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (StockReceived(sku="A\0", quantity=1), "StockReceived: a text in it holds a NUL character."),
        (StockReceived(sku="\ud800", quantity=1), "StockReceived: a text in it is not valid Unicode."),
        (StockReceived(sku="A\udfffB", quantity=1), "StockReceived: a text in it is not valid Unicode."),
        (StockReceived(sku=7, quantity=1), "StockReceived: Expected `str`, got `int` - at `$.sku`."),  # type: ignore[arg-type]
        (StockReceived(sku="A", quantity="1"), "StockReceived: Expected `int`, got `str`"),  # type: ignore[arg-type]
        (StockReceived(sku="A", quantity=None), "StockReceived: Expected `int`, got `null`"),  # type: ignore[arg-type]
        (StockReceived(sku="A", quantity=0.5), "StockReceived: Expected `int`, got `float`"),  # type: ignore[arg-type]
        (StockReceived(sku="A", quantity=float("nan")), "StockReceived: Expected `int`"),  # type: ignore[arg-type]
        (StockReceived(sku="A", quantity=object()), "StockReceived: Encoding objects of type object is unsupported."),  # type: ignore[arg-type]
        (StockReceived(sku="x" * 1_000_000, quantity=1), "1000000 are allowed (EVENT_MAX_BYTES)."),
        (Unstored(), "Events of type Unstored have no stored name."),
        (ReceiveStock(sku="A", quantity=1), "Events of type ReceiveStock have no stored name."),
        ("StockReceived", "Events of type str have no stored name."),
        (None, "Events of type NoneType have no stored name."),
    ],
)
@pytest.mark.parametrize("among", [[], WHOLE], ids=["alone", "behind another"])
def test_an_event_is_what_it_says(event: Any, sentence: str, among: list[Event]) -> None:
    refused([New("stock_item-A", [*among, event])], METADATA, sentence)
    refused([New("stock_item-B", WHOLE), New("stock_item-A", [*among, event])], METADATA, sentence)


@pytest.mark.django_db
@pytest.mark.parametrize("actor", ["", "cla\0ra", "\ud800", None, 7])
def test_an_actor_has_a_name(actor: Any) -> None:
    refused([New("stock_item-A", WHOLE)], Metadata(actor, correlation=uuid7()), "cannot be the name of an actor.")


@pytest.mark.django_db
def test_the_limit_of_an_events_size_is_a_setting(settings: Settings) -> None:
    size = len(checked(received()))
    with limited(settings, size - 1):
        refused([New("stock_item-A", WHOLE)], METADATA, f"StockReceived is {size} bytes long; {size - 1} are allowed")
    with limited(settings, size):
        append([New("stock_item-A", WHOLE)], METADATA)


@contextmanager
def limited(settings: Settings, size: int) -> Iterator[None]:
    """Inside, events may be so many bytes long."""
    settings.EVENTSTORE = settings.EVENTSTORE | {"MAX_BYTES": size}
    most_bytes.cache_clear()
    yield
    most_bytes.cache_clear()


# Kinds of values that no event of the shop has


class Anything(Message):
    """A message that holds whatever it is given."""

    value: Any


def nested(depth: int) -> list[Any]:
    """Lists in lists."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (nested(100_000), "recursion"),
        ({"key\0": 1}, "a text in it holds a NUL character."),
        ({"\ud800": 1}, "a text in it is not valid Unicode."),
        ([{"deep": ["\0"]}], "a text in it holds a NUL character."),
        ({1.5: object()}, "unsupported"),
    ],
)
def test_a_value_that_no_json_can_hold_is_refused(value: Any, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        checked(Anything(value=value))


@pytest.mark.parametrize("text", ["\\u0000", "C:\\u0000", "\\\\u0000", "𝔘 ✓ \u0301 \t\n", "", "\x7f", "\U0010ffff"])
def test_a_text_that_only_looks_bad_is_taken(text: str) -> None:
    checked(Anything(value=text))


def test_a_personal_field_can_be_erased() -> None:
    class NeverErased(Event):
        person: UUID
        name: Annotated[str, Personal(of="person")]

    with pytest.raises(ValueError, match="it has to allow None"):
        personal_fields(NeverErased)
