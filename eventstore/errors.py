"""What can go wrong between a command and the log, each with a sentence of its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eventstore.reading import Recorded


LONGEST = 2000  # characters of an error that are kept
ELSEWHERE = "(what it quotes is left out)"


def said_of(error: Exception) -> str:
    """An error as it is kept: its kind and its words, without what they quote of the database."""
    return keepable(unquoted(f"{type(error).__name__}: {error}", error))


def unquoted(text: str, error: BaseException | None) -> str:
    """What is said of an error, without what the database quotes of its rows: that may be somebody's address."""
    for quoted in quoted_by(error):
        for form in (quoted, repr(quoted)[1:-1], repr(f'"{quoted}')[2:-1]):  # as they are, or by either kind of repr
            text = text.replace(form, ELSEWHERE)
    return text


def quoted_by(error: BaseException | None) -> Iterator[str]:
    """What the database quotes of its rows in an error, or in what led to it."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        diag = getattr(error, "diag", None)
        yield from filter(None, (getattr(diag, "message_detail", None), getattr(diag, "context", None)))
        seen.append(error)
        error = error.__cause__ or error.__context__


def keepable(text: str) -> str:
    """What another program has said, as it can be kept: neither the log nor the database takes every character."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")[:LONGEST]


class Invalid(Exception):
    """A message that the log does not take: of a wrong type, too large, unreadable, unknown."""


class Newer(Invalid):
    """A schema that only newer code knows: while both run, this code leaves its events to that one."""


class Forbidden(Exception):
    """Whoever asks may not send this command, or not for this object."""


class CommandReused(Exception):
    """The id of a command that was sent before, with another content."""


class PersonErased(Exception):
    """Personal data was to be recorded of a person whose key is destroyed."""


class Conflict(Exception):
    """Somebody else appended to the stream first. `meanwhile` holds what was appended since the expected version."""

    def __init__(self, stream: str, expected: int | None, meanwhile: "list[Recorded[Any]]") -> None:
        self.stream = stream
        self.expected = expected
        self.meanwhile = meanwhile
        names = ", ".join(recorded.name for recorded in meanwhile) or "nothing"
        super().__init__(f"Version {expected} of {stream} was expected; since then was appended: {names}.")
