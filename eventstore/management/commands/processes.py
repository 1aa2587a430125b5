"""Shows how processes are, and lets operators decide what becomes of commands that could not be sent."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any, cast

import msgspec
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from rich.console import Console
from rich.table import Table
from rich.text import Text
from uuid_utils.compat import uuid7

from eventstore import bell, steering
from eventstore.dispatch import Actor, dispatch
from eventstore.errors import Invalid, keepable
from eventstore.management import asked
from eventstore.management.terminal import PARKED, counted, faults_as_sentences, in_utf_8, parked_line
from eventstore.messages import Refused
from eventstore.models import ProcessInstance
from eventstore.process.because import BECAUSE
from eventstore.process.history import OPERATORS, CompensateProcess, RetryCommand, SkipCommand
from eventstore.process.instances import stream_of
from eventstore.process.overview import Failing, Overview, at_rest_by_version, failing, overviews
from eventstore.process.runtime import compensation, process_named
from eventstore.readers import reader_named
from eventstore.showing import printable

COLUMNS = ("process", "running", "for a person", "owed", "asked", "parked", "next deadline", "oldest since")
FAILING = ("instance", "command", "id", "attempts", "owed since", "next try", "what was said")


class Command(BaseCommand):
    """`manage.py processes`: how they are; retry, skip, compensate."""

    help = "Shows how processes are, and lets operators decide what becomes of commands that could not be sent."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The tasks; without one the processes are shown."""
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.add_argument("--failing", action="store_true", help="the commands that could not be sent")
        parser.set_defaults(work=self.show)
        tasks = parser.add_subparsers(title="tasks", metavar="TASK")

        def task(work: Callable[..., None], about: str, *arguments: str, asks: bool = True) -> None:
            made = tasks.add_parser(work.__name__.replace("_", "-"), help=about, description=f"To {about}.")
            made.set_defaults(work=work)
            for argument in arguments:
                made.add_argument(argument, metavar=argument.upper())
            if asks:
                asked.who_and_why(made)

        task(self.retry, "have a command sent again, under a new id", "instance", "command_id")
        task(self.skip, "have a command not sent at all", "instance", "command_id")
        task(self.compensate, "have the process undo what it did", "instance")
        task(self.parked, "see the events that a process could not take, and those behind them", "process", asks=False)
        task(self.retry_event, "have the parked events of a stream taken after all", "process", "stream", asks=False)
        task(self.skip_event, "leave out the first parked event of a stream for good", "process", "stream")

    def handle(self, *, work: Callable[..., None], **options: Any) -> None:
        """Do the task."""
        with faults_as_sentences():
            work(**options)

    def show(self, *, json: bool, failing: bool, **_: Any) -> None:
        """How processes are; or what could not be sent."""
        if failing:
            return self.show_failing(json=json)
        found, ended = overviews(), at_rest_by_version()
        moved = steering.moved_by_newer_code()
        newer = {each.process: moved.get(f"{bell.PROCESS}{each.process}") for each in found}
        if json:
            more = ({"at_rest": ended[each.process], "moved_by": newer[each.process]} for each in found)
            return self.as_json([each._asdict() | also for each, also in zip(found, more, strict=True)])
        self.print(COLUMNS, [line(each, ended[each.process]) for each in found])
        for process, version in newer.items():
            if version:
                why = f"newer code (version {version}) has moved it, and this code leaves it alone."
                self.stdout.write(f"{process} stands still: {why}")
            elif steering.meets_newer(reader_named(f"{bell.PROCESS}{process}")):
                self.stdout.write(f"{process} stands still: what comes next is known to newer code only.")
        return None

    def show_failing(self, *, json: bool) -> None:
        """What could not be sent."""
        found = failing()
        if json:
            return self.as_json([each._asdict() for each in found])
        if found:
            self.print(FAILING, [failing_line(each) for each in found])
        else:
            self.stdout.write("Everything that was to be sent could be sent.")
        for name, number in ((each.process, each.parked) for each in overviews() if each.parked):
            self.stdout.write(f"{name} has parked {counted(number, 'event')}: manage.py processes parked {name}")
        return None

    def retry(self, *, instance: str, command_id: str, because: str, by: str, **_: Any) -> None:
        """Have it sent again."""
        self.steer(RetryCommand(instance=instance, command_id=asked.identity(command_id), reason=BECAUSE[because]), by)
        self.stdout.write(f"It will be sent again, under a new id, as soon as {instance} comes to know.")

    def skip(self, *, instance: str, command_id: str, because: str, by: str, **_: Any) -> None:
        """Have it not sent."""
        self.steer(SkipCommand(instance=instance, command_id=asked.identity(command_id), reason=BECAUSE[because]), by)
        self.stdout.write(f"It will not be sent; {instance} goes on without it.")

    def compensate(self, *, instance: str, because: str, by: str, **_: Any) -> None:
        """Have it undone."""
        self.steer(compensation(instance, BECAUSE[because]), by)
        self.stdout.write(f"{instance} will undo what it did.")

    def steer(self, command: RetryCommand | SkipCommand | CompensateProcess, by: str) -> None:
        """Send what an operator has decided of an instance that there is."""
        if not ProcessInstance.objects.filter(stream=stream_of(keepable(command.instance))).exists():
            raise Invalid(f"There is no instance {command.instance!r}.")
        try:
            dispatch(command, actor=Actor(asked.decider(by), OPERATORS), command_id=uuid7())
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def parked(self, *, process: str, **_: Any) -> None:
        """What it has set aside, stream by stream."""
        events = steering.all_waiting(f"{bell.PROCESS}{process_named(process).name}")
        if events:
            self.print(PARKED, [parked_line(event) for event in events])
        else:
            self.stdout.write(f"{process} has parked nothing.")

    def retry_event(self, *, process: str, stream: str, **_: Any) -> None:
        """Take a stream's parked events again, in order."""
        reader = f"{bell.PROCESS}{process_named(process).name}"
        if not steering.waiting(reader, asked.stream(stream)):
            raise Invalid(f"{process} has parked nothing of {stream}.")
        taken = steering.retry(reader, stream)
        self.stdout.write(f"{counted(taken, 'event')} of {stream} taken.")
        for event in steering.waiting(reader, stream):
            raise Invalid(f"The event at position {event.position} still cannot be taken: {printable(event.error)}")

    def skip_event(self, *, process: str, stream: str, because: str, by: str, **_: Any) -> None:
        """Leave the first parked event of a stream out."""
        reader = f"{bell.PROCESS}{process_named(process).name}"
        position = steering.skip(reader, asked.stream(stream), by=asked.decider(by), because=BECAUSE[because])
        self.stdout.write(f"The event at position {position} is left out of {process}.")

    def as_json(self, found: list[dict[str, Any]]) -> None:
        """All of it, for programs."""
        in_utf_8(self.stdout)
        self.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())

    def print(self, columns: tuple[str, ...], lines: list[list[str]]) -> None:
        """A table as wide as the terminal, or as it needs to be where there is none."""
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for cells in lines:
            table.add_row(*map(Text, cells))
        width = None if self.stdout.isatty() else 250
        Console(file=cast(IO[str], self.stdout), width=width, highlight=False).print(table)


def line(each: Overview, ended: dict[int, int]) -> list[str]:
    """A process in the table, with its instances that have ended."""
    versions = [f"{number:,} of version {version}" for version, number in each.running.items()]
    versions += [f"{number:,} of version {version} at rest" for version, number in ended.items()]
    numbers = (f"{number:,}" for number in (each.waiting, each.owed, each.asked, each.parked))
    return [each.process, ", ".join(versions) or "none", *numbers, time(each.next_deadline), time(each.oldest)]


def failing_line(each: Failing) -> list[str]:
    """A command in the table of those that could not be sent."""
    next_try = time(each.next_try_at) if each.next_try_at else "waits for a person"
    ids = (printable(each.instance), each.name, str(each.command_id), f"{each.attempts:,}")
    return [*ids, time(each.owed_since), next_try, printable(each.sentence)]


def time(moment: datetime | None) -> str:
    """A time of the shop; a dash for none."""
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else "–"
