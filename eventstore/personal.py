"""Personal data in events: sealed with a key per person, so that destroying one key erases the person everywhere."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from eventstore import arrays
from eventstore.database import query
from eventstore.errors import Invalid, PersonErased
from eventstore.messages import Refused
from eventstore.models import PersonKey

# Stand in the JSON of an event wherever a field is sealed. Inside a JSON text their quotes would be escaped.
MARK, INSIDE, END = b'{"sealed_for":', b',"box":"', b'"}'
NONCE = 12
PORTION = 500  # keys of persons that are wrapped anew together
THEIRS = (
    "SELECT person, wrapped, wrapped_by FROM eventstore_personkey"
    " WHERE person = ANY(%s::text[]) AND wrapped IS NOT NULL"
)

type Keys = dict[str, bytes | None]


class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What stands in the place of a value that is sealed for a person."""

    sealed_for: str
    box: bytes


class Box(msgspec.Struct, frozen=True, gc=False):
    """A value of an event that is sealed: where in the JSON it stands, and of which field it is."""

    start: int
    end: int
    field: str
    sealed: Sealed


_sealed = msgspec.json.Decoder(Sealed)


def keys_of(persons: Iterable[str]) -> Keys:
    """The keys of these persons; None where it is destroyed, or never was."""
    wanted = set(persons)
    keys: Keys = dict.fromkeys(wanted)
    if wanted:
        keys.update(
            {
                person: unwrap(person, wrapped, by)
                for person, wrapped, by in query(THEIRS, (arrays.texts(list(wanted)),))
            }
        )
    return keys


def keys_for_writing(persons: Iterable[str]) -> Keys:
    """The keys of these persons, made where there are none yet. PersonErased where one is destroyed."""
    wanted = set(persons)
    keys = keys_of(wanted)
    missing = [person for person, key in keys.items() if key is None]
    if missing:
        PersonKey.objects.bulk_create([wrap(person, os.urandom(32)) for person in missing], ignore_conflicts=True)
        keys |= keys_of(missing)
    for person, key in keys.items():
        if key is None:
            raise PersonErased(f"The data of person {person} was erased.")
    return keys


def wrap(person: str, key: bytes) -> PersonKey:
    """`key` as it is kept: encrypted by the current key of the environment, and bound to the person."""
    name, current = next(iter(settings.EVENTSTORE["PERSONAL_DATA_KEYS"].items()))
    nonce = os.urandom(NONCE)
    return PersonKey(
        person=person, wrapped_by=name, wrapped=nonce + AESGCM(current).encrypt(nonce, key, person.encode())
    )


_wrapper = cache(AESGCM)  # of a key of the environment, of which there are few


def unwrap(person: str, wrapped: bytes, by: str) -> bytes:
    """The key of a person, out of its wrapping."""
    wrapping = _wrapping(by)
    try:
        return _wrapper(wrapping).decrypt(wrapped[:NONCE], wrapped[NONCE:], person.encode())
    except (InvalidTag, ValueError):
        reason = f"it was wrapped by another one than the {by!r} in PERSONAL_DATA_KEYS"
        raise Invalid(f"The key of person {person} cannot be opened: {reason}.") from None


def _wrapping(by: str) -> bytes:
    """The key of the environment that has this name."""
    try:
        key: bytes = settings.EVENTSTORE["PERSONAL_DATA_KEYS"][by]
    except KeyError:
        raise Invalid(f"PERSONAL_DATA_KEYS lacks the key {by!r}, which wraps persons' keys.") from None
    return key


@contextmanager
def holding(person: str) -> Iterator[None]:
    """Nobody else holds this person meanwhile, nor destroys their key: for what must not be done to them at once.

    All of it is one transaction. A refusal inside takes nothing back: its receipt is kept.
    """
    refusal: Refused | None = None
    with transaction.atomic():
        list(PersonKey.objects.select_for_update(no_key=True).filter(person=person).values_list("person"))
        try:
            yield
        except Refused as refused:
            refusal = refused
    if refusal:
        raise refusal


def destroy_key(person: str) -> None:
    """Erase a person: nothing that was sealed for them can be read again, and nothing more can be recorded of them."""
    PersonKey.objects.update_or_create(
        person=person, defaults={"wrapped": None, "wrapped_by": "", "destroyed_at": Now()}
    )


def erased() -> int:
    """How many persons were erased, as far as it is committed."""
    return int(query("SELECT count(*) FROM eventstore_personkey WHERE destroyed_at IS NOT NULL")[0][0])


def to_rewrap() -> int:
    """How many persons' keys another key wraps than the current one. Invalid where one of those is missing."""
    counts = dict(_wrapped_otherwise().values_list("wrapped_by").annotate(number=Count("person")))
    for name in sorted(counts):
        _wrapping(name)
    return sum(counts.values())


def rewrap() -> Iterator[int]:
    """Wrap every person's key by the current key, some at a time, and say how many. Whoever is held is passed by."""
    after = ""
    while True:
        with transaction.atomic():
            those = _wrapped_otherwise().filter(person__gt=after).order_by("person")
            rows = list(those.select_for_update(skip_locked=True)[:PORTION])
            fresh = [wrap(row.person, unwrap(row.person, bytes(row.wrapped or b""), row.wrapped_by)) for row in rows]
            PersonKey.objects.bulk_update(fresh, ["wrapped", "wrapped_by"])
        if not rows:
            return
        yield len(rows)
        after = rows[-1].person


def _wrapped_otherwise() -> QuerySet[PersonKey]:
    """The keys of persons that another key of the environment wraps than the current one."""
    current = next(iter(settings.EVENTSTORE["PERSONAL_DATA_KEYS"]))
    return PersonKey.objects.filter(wrapped__isnull=False).exclude(wrapped_by=current)


def seal(value: Any, *, person: str, key: bytes, event_id: str, field: str) -> Sealed:
    """`value`, readable only with the person's key, in this field of this event."""
    nonce = os.urandom(NONCE)
    box = nonce + AESGCM(key).encrypt(nonce, msgspec.json.encode(value), bound_to(event_id, field, person))
    return Sealed(person, box)


def boxes(data: bytes) -> list[Box]:
    """What is sealed in the JSON of an event, in the order in which it stands there. A MsgspecError where it is broken.

    It is found and replaced as it stands, in half the time that it takes to look at all of the event twice.
    """
    found = []
    start = data.find(MARK)
    while start >= 0:
        end = data.find(END, data.find(INSIDE, start) + len(INSIDE)) + len(END)
        name = data[data.rfind(b'"', 0, start - 2) + 1 : start - 2].decode()
        found.append(Box(start, end, name, _sealed.decode(data[start:end])))
        start = data.find(MARK, end)
    return found


def opened(data: bytes, boxes: Iterable[Box], keys: Keys, event_id: str) -> bytes:
    """The JSON of an event with its boxes opened; null where the person was erased."""
    parts, last = list[bytes](), 0
    for box in boxes:
        parts += (data[last : box.start], open_box(box, keys[box.sealed.sealed_for], event_id))
        last = box.end
    return b"".join((*parts, data[last:]))


def open_box(box: Box, key: bytes | None, event_id: str) -> bytes:
    """The JSON of what was sealed, or null without the key."""
    if key is None:
        return b"null"
    person, sealed = box.sealed.sealed_for, box.sealed.box
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to(event_id, box.field, person))
    except (InvalidTag, ValueError):
        raise Invalid(f"The field {box.field} of event {event_id} was sealed for another place.") from None


def bound_to(event_id: str, field: str, person: str) -> bytes:
    """What a sealed field is bound to, so that it cannot be moved to another event, field or person."""
    return f"{event_id}/{field}/{person}".encode()
