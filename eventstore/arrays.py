"""Arrays in PostgreSQL's binary form, each made at once: element by element, as psycopg does it, takes far longer."""

import struct
from collections.abc import Sequence
from uuid import UUID

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

INTEGER = struct.Struct("!i").pack
HEADER = struct.Struct("!5i").pack
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


def integers(values: Sequence[int | None]) -> Array:
    """An array of the type integer[]."""
    return _array(23, [None if value is None else INTEGER(value) for value in values])


def texts(values: Sequence[str]) -> Array:
    """An array of the type text[]."""
    return _array(25, [value.encode() for value in values])


def blobs(values: Sequence[bytes]) -> Array:
    """An array of the type bytea[]."""
    return _array(17, values)


def uuids(values: Sequence[UUID]) -> Array:
    """An array of the type uuid[]."""
    return _array(2950, [value.bytes for value in values])


def _array(type_of_elements: int, elements: Sequence[bytes | None]) -> Array:
    """As array_send writes it: dimensions, nulls, type, then length and first index of the one dimension; elements."""
    head = HEADER(1, None in elements, type_of_elements, len(elements), 1)
    return Array(head + b"".join([NULL if one is None else INTEGER(len(one)) + one for one in elements]))
