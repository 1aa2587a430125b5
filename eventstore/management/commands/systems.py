"""Shows how other systems answer, what waits for them, and what became of the letters that they wrote to us."""

from argparse import ArgumentParser
from typing import IO, Any, cast

import msgspec
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eventstore.effects.borders import Standing, letters, standings
from eventstore.management.terminal import faults_as_sentences, in_utf_8
from eventstore.showing import printable

COLUMNS = ("system", "circuit", "requests", "errors", "latency", "waiting", "for a person", "oldest", "last error")


class Command(BaseCommand):
    """`manage.py systems`: how the borders are."""

    help = "Shows how other systems answer, what waits for them, and what became of the letters they wrote to us."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For people, or for programs."""
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *, json: bool, **options: Any) -> None:
        """How they are."""
        with faults_as_sentences():
            found, received = standings(), letters()
        if json:
            in_utf_8(self.stdout)
            told = {"systems": [each._asdict() for each in found], "letters": received}
            self.stdout.write(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
            return
        table = Table(*COLUMNS, box=None, pad_edge=False, header_style="bold")
        for each in found:
            table.add_row(*map(Text, line(each)))
        width = None if self.stdout.isatty() else 250
        Console(file=cast(IO[str], self.stdout), width=width, highlight=False).print(table)
        for system, outcomes in received.items():
            counted = ", ".join(f"{number:,} {outcome}" for outcome, number in outcomes.items())
            self.stdout.write(f"Letters of {system}: {counted}.")


def line(each: Standing) -> list[str]:
    """A system in the table."""
    numbers = [f"{number:,}" for number in (each.requests, each.errors)]
    waiting = [f"{number:,}" for number in (each.waiting, each.for_a_person)]
    circuit = each.circuit if each.connected else "not connected"
    oldest = f"{each.oldest_seconds:,.0f} s" if each.oldest else "–"
    return [each.system, circuit, *numbers, f"{each.latency:.2f} s", *waiting, oldest, printable(each.error)]
