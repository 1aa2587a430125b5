"""Shows how the read models are, and steers those who keep them up to date."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, cast

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eventstore import steering
from eventstore.errors import Invalid
from eventstore.management import asked
from eventstore.management.terminal import PARKED, counted, faults_as_sentences, in_utf_8, parked_line
from eventstore.models import Parked
from eventstore.process.because import BECAUSE
from eventstore.showing import printable
from projections.engine import projection_named
from projections.engine.health import Health, Rebuild, healths, late

MOMENT = 1.0  # seconds over which the rate is measured
COLUMNS = ("projection", "position", "of", "behind", "seconds", "rate/s", "parked", "state")


class Command(BaseCommand):
    """`manage.py projections`: how they are; pause, resume, parked, retry, skip."""

    help = "Shows how the read models are, and steers those who keep them up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The tasks; without one the read models are shown."""
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.add_argument("--check", action="store_true", help="exit 1 where one is later than --max-lag")
        parser.add_argument("--max-lag", metavar="SECONDS", help="how late it may be (%(default)s)")
        parser.set_defaults(work=self.show, max_lag=str(settings.ENV["MAX_LAG_SECONDS"]))
        tasks = parser.add_subparsers(title="tasks", metavar="TASK")

        def task(name: str, work: Callable[..., None], about: str, *arguments: str) -> ArgumentParser:
            made = tasks.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
            made.set_defaults(work=work)
            for argument in arguments:
                made.add_argument(argument, metavar=argument.upper())
            return made

        task("pause", self.pause, "keep a read model as it is until it is resumed", "name")
        task("resume", self.resume, "let it go on", "name")
        task("parked", self.parked, "the events that a read model could not take, and those behind them", "name")
        task("retry", self.retry, "take the parked events of a stream after all", "name", "stream")
        asked.who_and_why(
            task("skip", self.skip, "leave out the first parked event of a stream for good", "name", "stream")
        )

    def handle(self, *, work: Callable[..., None], **options: Any) -> None:
        """Do the task."""
        with faults_as_sentences():
            work(**options)

    def show(self, *, json: bool, check: bool, max_lag: str, **_: Any) -> None:
        """All read models, and how fast they move; or only those that are late."""
        if check:
            limit = asked.seconds(max_lag)
            return self.complain(late(healths(), limit), limit)
        before, began = healths(), time.monotonic()
        time.sleep(MOMENT)
        now, seconds = healths(), time.monotonic() - began
        rates = [(new.position - old.position) / seconds for old, new in zip(before, now, strict=True)]
        if json:
            in_utf_8(self.stdout)
            lines = [as_object(health) | {"rate": round(rate, 1)} for health, rate in zip(now, rates, strict=True)]
            self.stdout.write(msgspec.json.format(msgspec.json.encode(lines), indent=2).decode())
            return None
        table = new_table(*COLUMNS)
        for column in table.columns[1:7]:
            column.justify = "right"
        for health, rate in zip(now, rates, strict=True):
            table.add_row(*cells(health, rate))
        self.print(table)
        return None

    def complain(self, those: Sequence[Health], limit: float) -> None:
        """Fail where one is too late."""
        if those:
            waits = (f"{health.projection} is {health.seconds:,.0f} s late" for health in those)
            raise CommandError(f"{', '.join(waits)}; {limit:g} s are allowed.")
        self.stdout.write(f"No read model is later than {limit:g} s.")

    def pause(self, *, name: str, **_: Any) -> None:
        """Keep it as it is."""
        for reader in projection_named(name).readers():
            steering.pause(reader.name)
        self.stdout.write(f"{name} is paused. It stays as it is until manage.py projections resume {name}.")

    def resume(self, *, name: str, **_: Any) -> None:
        """Let it go on."""
        for reader in projection_named(name).readers():
            steering.resume(reader.name)
        self.stdout.write(f"{name} goes on.")

    def parked(self, *, name: str, **_: Any) -> None:
        """What it has set aside, stream by stream."""
        table = new_table(*PARKED)
        for event in waiting(name):
            table.add_row(*map(Text, parked_line(event)))
        if table.rows:
            self.print(table)
        else:
            self.stdout.write(f"{name} has parked nothing.")

    def retry(self, *, name: str, stream: str, **_: Any) -> None:
        """Take a stream's parked events again, in order."""
        taken = steering.retry(parking(name, stream), stream)
        self.stdout.write(f"{counted(taken, 'event')} of {stream} taken.")
        for event in waiting(name, stream):
            raise Invalid(f"The event at position {event.position} still cannot be taken: {printable(event.error)}")

    def skip(self, *, name: str, stream: str, by: str, because: str, **_: Any) -> None:
        """Leave the first parked event of a stream out."""
        who = asked.decider(by)
        position = steering.skip(parking(name, stream), stream, by=who, because=BECAUSE[because])
        self.stdout.write(
            f"The event at position {position} is left out of {name}."
            f" manage.py projections retry {name} {stream} takes what is behind it."
        )

    def print(self, table: Table) -> None:
        """As wide as the terminal, or as it needs to be where there is none."""
        width = None if self.stdout.isatty() else 200
        Console(file=cast(IO[str], self.stdout), width=width, highlight=False).print(table)


def new_table(*columns: str) -> Table:
    """A table with these columns, and without lines."""
    return Table(*columns, box=None, pad_edge=False, header_style="bold")


def waiting(name: str, *streams: str) -> list[Parked]:
    """The events that a read model has parked, in the order in which they will be taken; of these streams only."""
    names = [reader.name for reader in projection_named(name).readers()]
    parked = Parked.objects.filter(reader__in=names, skipped_at=None).order_by("stream", "position")
    return list(parked.filter(stream__in=streams) if streams else parked)


def parking(name: str, stream: str) -> str:
    """The reader of a read model that has parked events of a stream."""
    for event in waiting(name, asked.stream(stream)):
        return event.reader
    raise Invalid(f"{name} has parked nothing of {stream}.")


def as_object(health: Health) -> dict[str, Any]:
    """All that is known of a read model, by name."""
    return health._asdict() | {"rebuild": health.rebuild and health.rebuild._asdict()}


def cells(health: Health, rate: float) -> list[str]:
    """A line of the table."""
    numbers = (health.position, health.head, health.behind, health.seconds, rate, health.parked)
    return [health.projection, *(f"{number:,.0f}" for number in numbers), "; ".join(words(health))]


def words(health: Health) -> Iterator[str]:
    """What else there is to say."""
    if health.table is None:
        yield f"version {health.code}, empty"
    elif health.table == health.code:
        yield f"version {health.code}"
    elif health.table < health.code:
        yield f"version {health.table}, waits to be rebuilt as {health.code}"
    else:
        yield f"version {health.table}, which this code of version {health.code} leaves alone"
    if health.paused:
        yield "paused"
    if health.rebuild:
        yield rebuild_in_words(health.rebuild, health.head)


def rebuild_in_words(rebuild: Rebuild, head: int) -> str:
    """How a rebuild gets on."""
    done = f"{rebuild.position:,} of {head:,} ({rebuild.position / max(head, 1):.0%})"
    since = f"{localtime(rebuild.since):%Y-%m-%d %H:%M:%S}"
    match rebuild.state:
        case "running":
            return f"rebuild at {done} since {since}"
        case "waiting":
            return f"rebuild at {done} since {since}, waits for Celery"
        case "left":
            return f"rebuild left at {done}: replay goes on, replay --cancel throws it away"
