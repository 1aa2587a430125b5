"""Brings readers of the log up to date and sends what processes owe, without Celery or Redis."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand

from eventstore import steering
from eventstore.management.terminal import ending_cleanly, faults_as_sentences, pause
from eventstore.models import Checkpoint
from eventstore.readers import reader_named
from eventstore.rest import to_rest
from eventstore.steering import Standing


class Command(BaseCommand):
    """`manage.py advance`: what the worker does when the bell rings, here and now."""

    help = "Brings readers of the log up to date and sends what processes owe, without Celery or Redis."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom to bring forward."""
        parser.add_argument("readers", nargs="*", metavar="READER", help="a reader's name; all readers without one")
        parser.add_argument("--follow", action="store_true", help="go on with what is appended, until Ctrl-C")

    def handle(self, *, readers: list[str], follow: bool, **options: Any) -> None:
        """Bring them to the end of the log."""
        with faults_as_sentences(), ending_cleanly():
            names = chosen(readers)
            moved = to_rest(names, alone=bool(names))
            self.say([*moved], moved)
            while follow:
                pause()
                moved = to_rest(names, alone=bool(names))
                self.say([name for name, steps in moved.items() if steps], moved)

    def say(self, names: Sequence[str], moved: dict[str, int]) -> None:
        """How far these readers went, a line each."""
        wide = max(map(len, names), default=0)
        for standing in steering.standings():
            if standing.reader in names:
                self.stdout.write(f"{standing.reader:<{wide}}  {where(standing, moved[standing.reader])}")
        self.stdout.flush()


def chosen(names: Sequence[str]) -> list[str] | None:
    """The readers of these names; None for all of them, and for what processes owe."""
    return [reader_named(name).name for name in dict.fromkeys(names)] or None


def where(standing: Standing, moved: int) -> str:
    """Where a reader is now, in words."""
    words = [f"at {standing.position}", f"{moved} further" if moved else "nothing new"]
    if standing.paused:
        words[1] = f"paused, {standing.behind} behind"
    elif standing.behind:
        words.append(f"{standing.behind} behind{'' if moved else hindrance(standing.reader)}")
    if standing.parked:
        words.append(f"{standing.parked} parked")
    return ", ".join(words)


def hindrance(name: str) -> str:
    """Why a reader stays where it is although it is not paused."""
    if newer := steering.moved_by_newer_code().get(name):
        return f", as newer code (version {newer}) has moved it, which this code leaves alone"
    version = Checkpoint.objects.filter(reader=name).values_list("version", flat=True).first()
    if version not in (None, reader_named(name).version):
        return f" until it is built anew, as what is there is of version {version}"
    if steering.meets_newer(reader_named(name)):
        return ", as what comes next is known to newer code only"
    return ", as somebody else is moving it"
