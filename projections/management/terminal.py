"""At a terminal: how a rebuild gets on, what it has found, and faults as sentences."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from django.core.management.base import CommandError
from django.db import DatabaseError
from psycopg.errors import DiskFull
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from eventstore.errors import Invalid
from eventstore.showing import printable
from projections.engine.inspection import Difference
from projections.engine.rebuild import Hindered, Tell


@contextmanager
def faults_as_sentences() -> Iterator[None]:
    """Turn what hinders the command into a sentence and exit status 1."""
    try:
        yield
    except (Invalid, Hindered) as fault:
        raise CommandError(str(fault)) from fault
    except DatabaseError as fault:
        said = str(fault).strip().partition("\n")[0]
        if isinstance(fault.__cause__, DiskFull):
            said = f"The disk of the database is full ({said})"
        raise CommandError(f"{said.rstrip('.')}. The live table is as it was.") from fault


class Rate(ProgressColumn):
    """How many events of the log go by in a second."""

    def render(self, task: Task) -> Text:
        """The rate of a rebuild, once there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


@contextmanager
def progress(name: str) -> Iterator[Tell]:
    """A bar at a terminal: position, rate, and the time that is left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        tasks: list[TaskID] = []

        def tell(position: int, end: int) -> None:
            # A rebuild that goes on where another was ended is not as fast as its first step would make it look.
            if not tasks:
                tasks.append(bar.add_task(name, completed=position, total=end))
            bar.update(tasks[0], completed=position, total=end)

        yield tell


def in_words(name: str, difference: Difference) -> Iterator[str]:
    """A row that is not what the log says, a line for each field."""
    row = f"{name} {printable(difference.key)}"
    if not difference.live:
        yield f"{row} is missing."
    elif not difference.by_the_log:
        yield f"{row} should not be there."
    else:
        yield f"{row} differs:"
        for field, (live, by_the_log) in difference.fields.items():
            yield f"  {field}: {as_text(live)}, and by the log {as_text(by_the_log)}"


def as_text(value: Any) -> str:
    """A value of a row, on one line."""
    return printable(msgspec.json.encode(value).decode())
