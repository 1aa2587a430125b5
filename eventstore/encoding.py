"""Events to the bytes that are stored, and back: checked, sealed and opened on the way."""

import re
from collections.abc import Sequence
from functools import cache
from operator import call
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from eventstore import personal
from eventstore.errors import Invalid, Newer
from eventstore.messages import Event, Message
from eventstore.schema import Stored
from eventstore.streams import reading, stored_as, stored_under

encoder = msgspec.json.Encoder()

# The escape itself, and not a backslash that is followed by the same letters.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

type Encoded = tuple[str, int, bytes]


def checked(message: Message) -> bytes:
    """The JSON of a message, once it is sure that it can be read again; Invalid with the reason if not."""
    name = type(message).__name__
    try:
        data = encoder.encode(message)
        _decoder(type(message)).decode(data)
    except msgspec.ValidationError as error:
        raise Invalid(f"{name}: {error}.") from error
    except UnicodeEncodeError as error:
        raise Invalid(f"{name}: a text in it is not valid Unicode.") from error
    except (TypeError, OverflowError, RecursionError) as error:
        raise Invalid(f"{name}: {error}.") from error
    if b"\\" in data and b"\\u0000" in data and NUL.search(data):  # the expression alone takes longer than all the rest
        raise Invalid(f"{name}: a text in it holds a NUL character.")
    if len(data) > most_bytes():
        raise Invalid(f"{name} is {len(data)} bytes long; {most_bytes()} are allowed (EVENT_MAX_BYTES).")
    return data


@cache
def most_bytes() -> int:
    """How long the JSON of a message may be."""
    return int(settings.EVENTSTORE["MAX_BYTES"])


_decoder = cache(msgspec.json.Decoder[Any])  # of a kind of message


def encode(events: Sequence[tuple[UUID, Event]]) -> list[Encoded]:
    """Stored name, schema and bytes of each event; its personal fields are sealed."""
    plain = [(stored_as(type(event)), checked(event)) for _, event in events]
    if not any(kind.personal for kind, _ in plain):
        return [(kind.name, kind.schema, data) for kind, data in plain]
    persons = {
        str(getattr(event, of))
        for (_, event), (kind, _) in zip(events, plain, strict=True)
        for field, of in kind.personal.items()
        if getattr(event, field) is not None
    }
    keys = personal.keys_for_writing(persons)
    return [
        (kind.name, kind.schema, sealed(event, event_id, kind, keys) if kind.personal else data)
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


def decode(names: Sequence[str], schemas: Sequence[int], datas: Sequence[bytes], ids: Sequence[UUID]) -> list[Event]:
    """The events of these stored names, schemas and bytes, with the keys of all persons in them asked for at once."""
    sealing = {name for name in set(names) if stored_under(name).may_be_sealed}
    if sealing:
        datas = unsealed(names, schemas, datas, ids, sealing)
    try:
        return list(map(call, map(reading, names, schemas), datas))
    except (msgspec.MsgspecError, Newer):  # one of them cannot be read: which one is found out here
        return list(map(read_one, names, schemas, datas, ids))


def unsealed(
    names: Sequence[str], schemas: Sequence[int], datas: Sequence[bytes], ids: Sequence[UUID], sealing: set[str]
) -> list[bytes]:
    """The same bytes with all opened that was sealed in them, as it may be under these names."""
    opened = list(datas)
    places = [place for place, name in enumerate(names) if name in sealing]
    sealed = {place: boxes_of(names[place], schemas[place], datas[place], ids[place]) for place in places}
    keys = personal.keys_of({box.sealed.sealed_for for boxes in sealed.values() for box in boxes})
    for place, boxes in sealed.items():
        if boxes:
            opened[place] = personal.opened(datas[place], boxes, keys, msgspec.to_builtins(ids[place]))
    return opened


def boxes_of(name: str, schema: int, data: bytes, event_id: UUID) -> list[personal.Box]:
    """What is sealed in an event."""
    try:
        return personal.boxes(data)
    except msgspec.MsgspecError as error:
        raise unreadable(name, schema, event_id, error) from error


def unreadable(name: str, schema: int, event_id: UUID, error: Exception) -> Invalid:
    """What is said of an event that cannot be read."""
    kind = Newer if isinstance(error, Newer) else Invalid
    return kind(f"Event {event_id} ({name}, schema {schema}) cannot be read: {str(error).rstrip('.')}.")


def read_one(name: str, schema: int, data: bytes, event_id: UUID) -> Event:
    """One event; Invalid where its name, its schema or its bytes are not known to this code."""
    try:
        return reading(name, schema)(data)
    except (msgspec.MsgspecError, Newer) as error:
        raise unreadable(name, schema, event_id, error) from error
