"""Shows what time it is for the shop, and moves the clock of a demo forward, to watch what happens in 14 days."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import localtime

from eventstore import clock
from eventstore.management import asked
from eventstore.management.terminal import Heedless, faults_as_sentences


class Command(BaseCommand):
    """`manage.py clock`: what time it is; with --forward, later than it was."""

    help = "Shows what time it is for the shop, and moves the clock of a demo forward."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far to move it."""
        parser.add_argument("--forward", metavar="TIME", help="such as 14d, 36h, 90m or 30s; in a demo only")

    def handle(self, *, forward: str | None, **options: Any) -> None:
        """Say what time it is."""
        self.stdout = Heedless(self.stdout)
        with faults_as_sentences():
            now = clock.forward(asked.duration(forward)) if forward is not None else clock.now()
            ahead = clock.ahead()
        self.stdout.write(f"It is {localtime(now):%Y-%m-%d %H:%M:%S}{beside_the_database(ahead)}.")


def beside_the_database(ahead: timedelta) -> str:
    """How far the clock is from the database's own; that of a demo's past month is behind."""
    if not ahead:
        return ""
    return f", {in_words(abs(ahead))} {'ahead of' if ahead > timedelta(0) else 'behind'} the database's clock"


def in_words(time: timedelta) -> str:
    """A time such as 14 days and 02:30:00."""
    days, rest = time.days, timedelta(seconds=time.seconds)
    return f"{days:,} days and {rest}" if days else str(rest)
