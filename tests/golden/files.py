"""The golden files: where they lie, what they hold, and the shape by which a changed event is known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from eventstore.messages import Event
from eventstore.schema import Stored, personal_fields
from eventstore.streams import categories
from tests import factories

HERE = Path(__file__).parent
NOTES = {"title", "description"}  # names of classes, and what their docstrings say: nothing of it is stored


class Golden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one of the files holds."""

    name: str
    schema: int = msgspec.field(name="version")
    category: str
    shape: dict[str, Any]
    data: msgspec.Raw


def stored_events() -> Iterator[Stored[Any]]:
    """Every event that the shop stores."""
    return (stored for category in categories() for stored in category.events)


def category_of(stored: Stored[Any]) -> str:
    """The category in whose streams an event is stored."""
    return next(category.name for category in categories() if stored in category.events)


def file_of(name: str, schema: int, directory: Path = HERE) -> Path:
    """Where the golden file of a stored name and schema lies."""
    return directory / f"{name}.v{schema}.json"


def read(file: Path) -> Golden:
    """A golden file."""
    return msgspec.json.decode(file.read_bytes(), type=Golden)


def write_missing(directory: Path = HERE) -> list[Path]:
    """Write the golden files of today's schemas, where there are none yet. No file is ever written again."""
    written = []
    for stored in stored_events():
        file = file_of(stored.name, stored.schema, directory)
        if not file.exists():
            event = getattr(factories, stored.event.__name__).build()
            data = msgspec.Raw(msgspec.json.encode(event))
            golden = Golden(stored.name, stored.schema, category_of(stored), shape(stored.event), data)
            file.write_bytes(msgspec.json.format(msgspec.json.encode(golden), indent=2) + b"\n")
            written.append(file)
    return written


def shape(event: type[Event]) -> dict[str, Any]:
    """What is stored of an event: names and types of its fields, which may be left out, and which are personal."""
    schema = msgspec.json.schema(event)
    described: dict[str, Any] = _described(schema, schema["$defs"])
    return described | {"personal": personal_fields(event)}


def _described(part: Any, definitions: dict[str, Any]) -> Any:
    match part:
        case {"$ref": str(reference)}:
            return _described(definitions[reference.removeprefix("#/$defs/")], definitions)
        case dict():
            return {
                key: {name: _described(field, definitions) for name, field in value.items()}
                if key == "properties"
                else _described(value, definitions)
                for key, value in part.items()
                if key not in NOTES
            }
        case [*values] if all(isinstance(value, str) for value in values):
            return sorted(values)
        case list():
            return [_described(value, definitions) for value in part]
        case _:
            return part
