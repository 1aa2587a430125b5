"""Arrays in PostgreSQL's binary form, each made at once: element by element, as psycopg does it, takes far longer."""

import struct
from collections.abc import Collection
from uuid import UUID

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

INTEGER = struct.Struct("!i").pack
HEADER = struct.Struct("!5i").pack
PAIR = struct.Struct("!ii").pack
NULL = INTEGER(-1)


class Array(bytes):
    """A whole array, ready to be sent. The statement says of which type it is: `%s::uuid[]`."""


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> Array:
        return obj


def register() -> None:
    """Let connections take arrays; those that are open already do not."""
    adapters.register_dumper(Array, _AsItIs)


def integers(values: Collection[int | None]) -> Array:
    """An array of the type integer[]."""
    return _joined(23, values, [NULL if value is None else PAIR(4, value) for value in values])


def texts(values: Collection[str]) -> Array:
    """An array of the type text[]."""
    return _array(25, [value.encode() for value in values])


def blobs(values: Collection[bytes]) -> Array:
    """An array of the type bytea[]."""
    return _array(17, values)


def uuids(values: Collection[UUID]) -> Array:
    """An array of the type uuid[]."""
    return _array(2950, [value.bytes for value in values])


def _array(type_of_elements: int, elements: Collection[bytes]) -> Array:
    return _joined(type_of_elements, elements, [INTEGER(len(one)) + one for one in elements])


def _joined(type_of_elements: int, values: Collection[object], elements: list[bytes]) -> Array:
    """As array_send writes it: dimensions, nulls, type, then length and first index of the one dimension; elements."""
    return Array(HEADER(1, None in values, type_of_elements, len(values), 1) + b"".join(elements))
