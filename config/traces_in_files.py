"""Traces in files: in which logs and letters something that is known of a person still stands."""

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from config.traces import forms_of, stands_in

BETWEEN_LETTERS = b"-" * 79  # as Django lays them into one file
LETTER = b"content-type:"  # in any of its cases, near the beginning
HEAD = 2_000  # bytes


def in_files(known: Iterable[str], places: Iterable[Path]) -> Iterator[str]:
    """The files in these folders in which one of these texts stands; an OSError where one cannot be looked into."""
    texts = {form for text in known for form in forms_of(text)}
    for file in sorted({file for place in places for file in files_in(place)}):
        with suppress(FileNotFoundError):  # it was thrown away meanwhile
            if file.is_file() and any(stands_in(reading, texts) for reading in readings(file.read_bytes())):
                yield f"file: {file}"


def files_in(place: Path) -> Iterator[Path]:
    """All that lies in a folder, also behind links, each of them once."""
    seen = set[str]()
    for folder, below, names in os.walk(place, onerror=complain, followlinks=True):
        if (real := os.path.realpath(folder)) in seen:
            below.clear()
            continue
        seen.add(real)
        yield from (Path(folder, name) for name in names)


def complain(fault: OSError) -> None:
    """A folder that cannot be read is none in which nothing is; one that is gone is."""
    if not isinstance(fault, FileNotFoundError):
        raise fault


def readings(content: bytes) -> Iterator[str]:
    """What a file says: as it is, unpacked, and with the letters in it opened."""
    with suppress(OSError, EOFError, zlib.error):
        content = gzip.decompress(content)
    yield content.decode(errors="replace")
    for part in content.split(BETWEEN_LETTERS):
        if LETTER in part[:HEAD].lower():
            yield from opened(message_from_bytes(part.lstrip(), policy=default))


def opened(letter: EmailMessage) -> Iterator[str]:
    """What a letter says: whom it names, and its texts, however they are encoded."""
    yield " ".join(str(value) for value in letter.values())
    for part in letter.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            yield content.decode(errors="replace") if isinstance(content, bytes) else ""
