"""The lines of a file that holds a whole log: what each says, and whether all of it is there and as it was written."""

import base64
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, BinaryIO
from uuid import UUID

import msgspec
from msgspec import Meta

from eventstore.encoding import encoder
from eventstore.errors import Invalid

FORMAT = 1
LONGEST_LINE = 2**26

type Time = Annotated[datetime, Meta(tz=True)]
type Count = Annotated[int, Meta(ge=0)]


class Line(msgspec.Struct, frozen=True, tag_field="is", forbid_unknown_fields=True):
    """A line of a file. Its fields are in the order of the columns that it comes from."""


class Contents(Line, frozen=True, tag="log"):
    """The first line: what is in the file."""

    format: int
    persons: Count
    events: Count
    receipts: Count

    def lines(self) -> int:
        """How many lines come between this one and the last."""
        return self.persons + self.events + self.receipts


class PersonLine(Line, frozen=True, tag="person"):
    """The key of a person, wrapped, or the fact that it was destroyed."""

    person: str
    wrapped: bytes | None
    wrapped_by: str
    created_at: Time
    destroyed_at: Time | None


class EventLine(Line, frozen=True, tag="event"):
    """An event. Its data is the stored JSON object, byte for byte, or base64 where that is not a line of JSON."""

    position: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    id: UUID
    stream: str
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    name: str
    schema: Annotated[int, Meta(ge=1, le=2**15 - 1)]
    recorded_at: Time
    correlation: UUID
    causation: UUID | None
    command: UUID | None
    actor: str
    data: msgspec.Raw


class ReceiptLine(Line, frozen=True, tag="receipt"):
    """What came of a command."""

    command: UUID
    name: str
    digest: bytes
    actor: str
    events: list[UUID]
    refusal: dict[str, Any] | None
    recorded_at: Time
    stream: str | None = None


class Ending(Line, frozen=True, tag="end"):
    """The last line: the hash of all others."""

    sha256: str


type AnyLine = Contents | PersonLine | EventLine | ReceiptLine | Ending

decoder: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(Contents | PersonLine | EventLine | ReceiptLine | Ending)


def text_of(line: Line) -> bytes:
    """A line as it stands in a file."""
    return encoder.encode(line) + b"\n"


class Source:
    """The lines of a file, in order, for as long as nothing is wrong with them.

    `understood` is the hash of the lines as this code writes them: what the database has to hold at the end.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.understood = sha256()
        self.file = file
        self.lines = self._read()

    def contents(self) -> Contents:
        """The first line."""
        try:
            first = next(self.lines, None)
        except Invalid:
            first = None
        if not isinstance(first, Contents):
            raise Invalid("This is no export of a log.")
        if first.format != FORMAT:
            raise Invalid(f"The file is of format {first.format}; what can be imported is format {FORMAT}.")
        return first

    def _read(self) -> Iterator[Line]:
        digest = sha256()
        for number, text in enumerate(iter(lambda: self.file.readline(LONGEST_LINE), b""), start=1):
            line = _parsed(number, text)
            if isinstance(line, Ending):
                if line.sha256 != digest.hexdigest():
                    raise Invalid("The file was altered: its hash is not the one in its last line.")
                if self.file.read(1):
                    raise Invalid(f"The file goes on behind its last line, which is line {number}.")
                return
            digest.update(text)
            self.understood.update(text_of(line))
            yield line
        raise Invalid("The file is cut off: its last line is missing.")


def _parsed(number: int, text: bytes) -> Line:
    if not text.endswith(b"\n"):
        raise Invalid(f"Line {number} has no end: the file is cut off there, or is no export of a log.")
    try:
        return decoder.decode(text)
    except ValueError as error:
        raise Invalid(f"Line {number} cannot be read: {error}.") from error


def in_a_line(data: bytes) -> msgspec.Raw:
    """The data of an event as it stands in a line."""
    try:
        data.decode()
        msgspec.json.decode(data, type=msgspec.Raw)
        as_it_is = data.startswith(b"{") and data.endswith(b"}") and b"\n" not in data
    except ValueError:
        as_it_is = False
    return msgspec.Raw(data if as_it_is else b'"' + base64.b64encode(data) + b'"')


def out_of_line(data: msgspec.Raw) -> bytes:
    """The data of an event as it is stored."""
    text = bytes(data)
    try:
        return text if text.startswith(b"{") else msgspec.json.decode(text, type=bytes)
    except ValueError as error:
        raise Invalid(f"The data of an event is neither an object nor base64: {text[:40]!r}.") from error
