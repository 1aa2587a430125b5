"""At a terminal: faults and numbers in words, and whoever follows the log ends cleanly when nobody watches any more."""

import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast

from django.core.management.base import CommandError, OutputWrapper
from django.db import DatabaseError, ProgrammingError
from django.utils.timezone import localtime
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from eventstore.errors import Invalid
from eventstore.models import Parked
from eventstore.showing import printable

PAUSE = 0.5  # seconds between two looks at the head of the log
PARKED = ("stream", "position", "attempts", "parked at", "why")  # the columns of a `parked_line`

type Tell = Callable[[str, int, int], None]


@contextmanager
def faults_as_sentences() -> Iterator[None]:
    """Turn what was wrong with the input, or with the database, into a sentence and exit status 1."""
    try:
        yield
    except Invalid as fault:
        raise CommandError(str(fault)) from fault
    except DatabaseError as fault:
        hint = " Has manage.py migrate been run?" if isinstance(fault, ProgrammingError) else ""
        raise CommandError(f"The database says: {str(fault).strip().partition('\n')[0]}.{hint}") from fault


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """End the block without a word on Ctrl-C, and when the program that reads our output has gone."""
    with suppress(KeyboardInterrupt, BrokenPipeError):
        yield


def in_utf_8(stream: TextIO | OutputWrapper) -> None:
    """What programs read, and what is read again later, is UTF-8, whatever the terminal shows."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(encoding="utf-8")


def counted(number: int, what: str) -> str:
    """So many of something."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def parked_line(event: Parked) -> list[str]:
    """A parked event in a table of those."""
    why = printable(event.error) or "comes behind it in the stream"
    at = f"{localtime(event.parked_at):%Y-%m-%d %H:%M:%S}"
    return [printable(event.stream), str(event.position), str(event.attempts), at, why]


@contextmanager
def progress() -> Iterator[Tell]:
    """A bar for each phase, at a terminal; with the time that is left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        phases: dict[str, TaskID] = {}

        def tell(phase: str, done: int, of: int) -> None:
            if phase not in phases:
                phases[phase] = bar.add_task(phase, total=of)
            bar.update(phases[phase], completed=done)

        yield tell


class Heedless(OutputWrapper):
    """The output of a command that does something: it is done to its end, also where that cannot be printed."""

    def __init__(self, out: OutputWrapper) -> None:
        super().__init__(cast(TextIO, out))

    def write(  # type: ignore[override]  # as OutputWrapper itself does
        self, msg: str = "", style_func: Callable[[str], str] | None = None, ending: str | None = None
    ) -> None:
        """Write, at once, as long as that can be done; what hinders it is said at the end, by manage.py."""
        with suppress(OSError):
            super().write(msg, style_func, ending)
            self.flush()


def pause() -> None:
    """Wait a moment; BrokenPipeError when meanwhile nobody reads our output any more."""
    if sys.stdout.isatty():
        time.sleep(PAUSE)
        return
    reader_gone = select.poll()
    reader_gone.register(sys.stdout.fileno(), 0)
    if reader_gone.poll(PAUSE * 1000):
        raise BrokenPipeError
