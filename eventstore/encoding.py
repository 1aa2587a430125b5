"""Events to the bytes that are stored, and back: checked, sealed and opened on the way."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from eventstore import personal
from eventstore.errors import Invalid
from eventstore.messages import Event, Message
from eventstore.schema import Stored
from eventstore.streams import stored_as, stored_under

encoder = msgspec.json.Encoder()

# The escape itself, and not a backslash that is followed by the same letters.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

type Encoded = tuple[str, int, bytes]
type Stamped = tuple[str, int, bytes, UUID]


def checked(message: Message) -> bytes:
    """The JSON of a message, once it is sure that it can be read again; Invalid with the reason if not."""
    name = type(message).__name__
    try:
        data = encoder.encode(message)
        msgspec.json.decode(data, type=type(message))
    except msgspec.ValidationError as error:
        raise Invalid(f"{name}: {error}.") from error
    except UnicodeEncodeError as error:
        raise Invalid(f"{name}: a text in it is not valid Unicode.") from error
    except (TypeError, OverflowError, RecursionError) as error:
        raise Invalid(f"{name}: {error}.") from error
    if b"\\u0000" in data and NUL.search(data):  # the expression alone takes longer than all the rest
        raise Invalid(f"{name}: a text in it holds a NUL character.")
    most = settings.EVENTSTORE["MAX_BYTES"]
    if len(data) > most:
        raise Invalid(f"{name} is {len(data)} bytes long; {most} are allowed (EVENT_MAX_BYTES).")
    return data


def encode(events: Sequence[tuple[UUID, Event]]) -> list[Encoded]:
    """Stored name, version and bytes of each event; its personal fields are sealed."""
    plain = [(stored_as(type(event)), checked(event)) for _, event in events]
    persons = {
        str(getattr(event, of))
        for (_, event), (kind, _) in zip(events, plain, strict=True)
        for field, of in kind.personal.items()
        if getattr(event, field) is not None
    }
    if not persons:
        return [(kind.name, kind.version, data) for kind, data in plain]
    keys = personal.keys_for_writing(persons)
    return [
        (kind.name, kind.version, sealed(event, event_id, kind, keys) if kind.personal else data)
        for (event_id, event), (kind, data) in zip(events, plain, strict=True)
    ]


def sealed(event: Event, event_id: UUID, kind: Stored[Any], keys: personal.Keys) -> bytes:
    """The JSON of an event with its personal fields sealed."""
    fields = msgspec.to_builtins(event)
    for field, of in kind.personal.items():
        if fields[field] is not None:
            person = str(getattr(event, of))
            key = keys[person]
            assert key is not None
            fields[field] = personal.seal(fields[field], person=person, key=key, event_id=str(event_id), field=field)
    return encoder.encode(fields)


def decode(rows: Sequence[Stamped]) -> list[Event]:
    """The events of (stored name, version, bytes, id), with the keys of all the persons in them asked for at once."""
    if personal.MARK in b"".join([data for _, _, data, _ in rows]):
        rows = unsealed(rows)
    with suppress(msgspec.MsgspecError):  # one of them cannot be read: which one is found out below
        return [stored_under(name).read(version, data) for name, version, data, _ in rows]
    return [read(*row) for row in rows]


def unsealed(rows: Sequence[Stamped]) -> list[Stamped]:
    """The same rows with all opened that was sealed in them."""
    opened = list(rows)
    sealed = {place: boxes_of(*row) for place, row in enumerate(rows) if stored_under(row[0]).may_be_sealed}
    keys = personal.keys_of({box.sealed_for for boxes in sealed.values() for box in boxes})
    for place, boxes in sealed.items():
        name, version, data, event_id = rows[place]
        opened[place] = name, version, personal.opened(data, boxes, keys, str(event_id)), event_id
    return opened


def boxes_of(name: str, version: int, data: bytes, event_id: UUID) -> list[personal.Box]:
    """What is sealed in an event."""
    try:
        return personal.boxes(data)
    except msgspec.MsgspecError as error:
        raise unreadable(name, version, event_id, error) from error


def unreadable(name: str, version: int, event_id: UUID, error: Exception) -> Invalid:
    """What is said of an event that cannot be read."""
    return Invalid(f"Event {event_id} ({name}, version {version}) cannot be read: {error}.")


def read(name: str, version: int, data: bytes, event_id: UUID) -> Event:
    """One event; Invalid where its name, its version or its bytes are not known to this code."""
    kind: Stored[Event] = stored_under(name)
    try:
        return kind.read(version, data)
    except msgspec.MsgspecError as error:
        raise unreadable(name, version, event_id, error) from error
