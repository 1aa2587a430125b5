"""The names and schemas under which events are stored, and how each is written and read again."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAliasType, get_args, get_type_hints

import msgspec

from eventstore.errors import Invalid, Newer, said_of
from eventstore.messages import Event, Personal

type Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class Stored[E: Event]:
    """An event's stored name, its current schema, and the steps that lead from each older schema to the next one.

    `upcasters[n]` turns the data of schema n into that of schema n + 1. What is personal may be None, once erased.
    """

    def __init__(
        self, name: str, event: type[E], *, schema: int = 1, upcasters: Mapping[int, Upcaster] | None = None
    ) -> None:
        self.name = name
        self.event = event
        self.schema = schema
        self.upcasters = dict(upcasters or {})
        if set(self.upcasters) != set(range(1, schema)):
            raise ValueError(f"{name}: an upcaster is needed from every schema before {schema}.")
        self.personal = personal_fields(event)
        self.may_be_sealed = bool(self.personal or self.upcasters)  # what was personal in an older schema, too
        self._decoder = msgspec.json.Decoder(event)

    def reading(self, schema: int) -> Callable[[bytes], E]:
        """What turns bytes that were stored in `schema` into the event. Personal fields have to be open already."""
        if schema == self.schema:
            return self._decoder.decode
        return lambda data: self.convert(schema, msgspec.json.decode(data, type=dict[str, Any]))

    def convert(self, schema: int, fields: dict[str, Any]) -> E:
        """The event of the JSON object `fields` in `schema`."""
        if not 1 <= schema <= self.schema:
            kind = Newer if schema > self.schema else Invalid
            raise kind(f"{self.name} is known up to schema {self.schema}; this is schema {schema}.")
        for step in range(schema, self.schema):
            try:
                fields = self.upcasters[step](fields)
            except Exception as error:
                raise msgspec.ValidationError(f"the upcaster from schema {step} fails ({said_of(error)})") from error
        return msgspec.convert(fields, self.event, str_keys=True)


def personal_fields(event: type[Event]) -> dict[str, str]:
    """The personal fields of an event, each with the name of the field that holds whose they are."""
    hints = get_type_hints(event, include_extras=True)
    found = {name: mark.of for name, hint in hints.items() for mark in marks_of(hint)}
    for name, hint in hints.items():
        for mark in marks_within(hint.__origin__ if marks_of(hint) else hint):
            right = f'Annotated[… | None, Personal(of="{mark.of}")]'
            raise ValueError(f"{event.__name__}.{name}: only a whole field is sealed, so it says: {right}.")
    for name, of in found.items():
        if of not in hints:
            raise ValueError(f"{event.__name__}.{name} is personal of {of!r}, which is no field of {event.__name__}.")
        if type(None) not in get_args(hints[name].__origin__):
            raise ValueError(f"{event.__name__}.{name} is personal, so it has to allow None, for when it is erased.")
    return found


def marks_of(hint: Any) -> list[Personal]:
    """The marks of a field as a whole."""
    return [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Personal)]


def marks_within(hint: Any, seen: tuple[Any, ...] = ()) -> Iterator[Personal]:
    """The marks anywhere in a type, however it is put together of others."""
    yield from marks_of(hint)
    if isinstance(hint, TypeAliasType):
        inside: Iterable[Any] = [hint.__value__]
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        inside = get_type_hints(hint, include_extras=True).values()
    else:
        inside = get_args(hint)
    for each in inside:
        if each not in seen:
            yield from marks_within(each, (*seen, each))
