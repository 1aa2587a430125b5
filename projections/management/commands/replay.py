"""Builds read models anew from the log, beside the live ones, and puts them in their place."""

import time
from argparse import ArgumentParser
from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from kombu.exceptions import OperationalError

from eventstore import log
from eventstore.errors import Invalid
from eventstore.management import asked
from eventstore.management.replaying import compare_decisions, replay_processes
from eventstore.management.terminal import Heedless, counted
from eventstore.models import Parked
from projections.engine import AnyProjection, projection_named, projections, room
from projections.engine.background import ask_for, outdated
from projections.engine.health import health_of
from projections.engine.inspection import as_it_was, estimate, rebuild_rows, verify
from projections.engine.rebuild import ask_live, cancel, claim, clean, fill, left_off
from projections.engine.switch import back, switch
from projections.engine.vanguard import cores
from projections.management.terminal import faults_as_sentences, in_words, progress
from projections.tasks import rebuild

INTERRUPTED = 130


class Command(BaseCommand):
    """`manage.py replay`: rebuild, in the foreground or in the background, and what goes with it."""

    help = "Builds read models anew from the log, beside the live ones, and puts them in their place."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which read models, and what to do with them instead."""
        known = f"of {', '.join(sorted(projections()))}; with --processes or --decisions, of a process"
        parser.add_argument("names", nargs="*", metavar="NAME", help=known)
        parser.add_argument("--all", action="store_true", help="all of them")
        parser.add_argument("--cores", metavar="N", help="how many to use in the foreground; all, if it is not said")
        instead = parser.add_mutually_exclusive_group()

        def option(flag: str, work: Callable[..., None], about: str) -> None:
            instead.add_argument(flag, dest="work", action="store_const", const=work, help=about)

        option("--background", self.in_background, "let Celery do it")
        option("--cancel", self.cancel, "call off a rebuild, here or in the background")
        option("--back", self.back, "exchange the live table for the former one")
        option("--clean", self.clean, "drop the former table, and what --until has left; of all, if none is named")
        option("--verify", self.verify, "report every row that is not what the log says; exit 1 if there is one")
        option("--dry-run", self.dry_run, "say what would be done, and how long it would take")
        instead.add_argument("--one", metavar="KEY", help="make the row of one key anew, in place")
        instead.add_argument(
            "--until", metavar="POSITION|TIME", help="build the table as it was then, beside the live one"
        )
        option(
            "--processes", self.processes, "make the states of all instances again; of all processes, if none is named"
        )
        option("--decisions", self.decisions, "report what today's code would decide otherwise; exit 1 if it would")
        parser.set_defaults(work=self.rebuild)

    def handle(
        self, *, names: list[str], work: Callable[..., None], one: str | None, until: str | None, **options: Any
    ) -> None:
        """Do it to each of the read models that are meant."""
        self.wrong, self.untaken, self.stdout = 0, 0, Heedless(self.stdout)
        with faults_as_sentences():
            said = options["cores"]
            self.cores = cores() if said is None else asked.several(said, "number of cores")
            if work in (self.processes, self.decisions):
                if names and options["all"]:
                    raise Invalid("Name processes, or say --all, but not both.")
                work(names)
                return
            everything = options["all"] or (work == self.clean and not names)
            meant = chosen(names, everything=everything)
            if one is not None:
                self.one(meant, one)
            elif until is not None:
                position = position_of(until)
                for projection in meant:
                    self.until(projection, position)
            else:
                for projection in meant:
                    work(projection)
        if self.wrong:
            raise CommandError(f"The log says otherwise of {counted(self.wrong, 'row')}.")
        if self.untaken:
            raise CommandError(f"{counted(self.untaken, 'event')} could not be taken: not every row was compared.")

    def processes(self, names: list[str]) -> None:
        """Make the states of instances again."""
        replay_processes(names, self.stdout.write)

    def decisions(self, names: list[str]) -> None:
        """Hold what is recorded against what would be decided today."""
        if number := compare_decisions(names, self.stdout.write):
            raise CommandError(f"Today's code would decide otherwise {number:,} times.")

    def rebuild(self, projection: AnyProjection) -> None:
        """Here and now, with a bar."""
        began = time.perf_counter()
        try:
            claim(projection, room.NEXT)  # or it might be said of somebody else's
            if first := left_off(projection):
                self.stdout.write(f"{projection.name} goes on from position {first:,}.")
            with progress(projection.name) as tell:
                fill(projection, room.NEXT, tell, processes=self.cores)
                switch(projection)
        except KeyboardInterrupt:
            raise CommandError(left_at(projection), returncode=INTERRUPTED) from None
        now, seconds = health_of(projection.name), time.perf_counter() - began
        self.stdout.write(
            f"{projection.name} was rebuilt up to position {now.position:,} in {seconds:.1f} s"
            f" ({(now.position - first) / seconds:,.0f}/s): {counted(room.rows(projection.model, room.LIVE), 'row')}."
            f" The former table is kept for --back."
        )
        if now.parked:
            parked = f"{counted(now.parked, 'event')} parked: manage.py projections parked {projection.name}"
            self.stdout.write(self.style.WARNING(parked))

    def in_background(self, projection: AnyProjection) -> None:
        """Later, by Celery."""
        position = ask_for(projection)
        self.stdout.write(
            f"{projection.name} will be built anew in the background, from position {position:,} on."
            " manage.py projections shows how far it is."
        )
        try:
            rebuild.delay(projection.name, position)
        except (OperationalError, OSError) as fault:
            self.stdout.write(
                self.style.WARNING(
                    f"The broker cannot be reached ({type(fault).__name__}). It begins when Celery beat ticks again."
                )
            )

    def cancel(self, projection: AnyProjection) -> None:
        """Call it off."""
        if not cancel(projection):
            self.stdout.write(f"No rebuild of {projection.name} is under way.")
            return
        self.stdout.write(f"The rebuild of {projection.name} is cancelled. The live table is as it was.")
        if projection.name in outdated():
            again = "As the code is newer than the table, it begins again by itself, unless you pause the projection."
            self.stdout.write(self.style.WARNING(again))

    def back(self, projection: AnyProjection) -> None:
        """Put the former table in the place of the live one."""
        back(projection)
        now = health_of(projection.name)
        self.stdout.write(
            f"{projection.name} is served from its former table again, which shows the log up to position"
            f" {now.position:,}. The other one is kept for --back."
        )
        if now.table == now.code and now.paused:
            self.stdout.write(f"It is paused until manage.py projections resume {projection.name}.")
        elif now.paused:
            stays = f"It is of version {now.table} and stays as it is until manage.py replay {projection.name}."
            self.stdout.write(self.style.WARNING(stays))

    def clean(self, projection: AnyProjection) -> None:
        """Drop what is no longer needed."""
        dropped = [f"{place}.{projection.model._meta.db_table}" for place in clean(projection)]
        self.stdout.write(f"{projection.name}: dropped {' and '.join(dropped) or 'nothing, as nothing was kept'}.")

    def verify(self, projection: AnyProjection) -> None:
        """Compare it with the log."""
        parked = list[int]()
        with progress(projection.name) as tell:
            differences = verify(projection, tell, parked.append)
            first = next(differences, None)
        wrong = 0
        for difference in chain([first] if first else [], differences):
            wrong += 1
            for line in in_words(projection.name, difference):
                self.stdout.write(line)
        self.wrong += wrong
        rows = counted(room.rows(projection.model, room.LIVE), "row")
        self.stdout.write(f"{projection.name}: {rows}; the log says otherwise of {wrong or 'none'}.")
        self.say_untaken(sum(parked))
        names = [reader.name for reader in projection.readers()]
        if wrong and (out := Parked.objects.filter(reader__in=names).exclude(skipped_at=None).count()):
            left = f"An operator has left {counted(out, 'event')} out of it, which a rebuild tries again."
            self.stdout.write(self.style.WARNING(f"{left} Rows may differ for that alone."))

    def say_untaken(self, number: int) -> None:
        """Say of how many events nothing can be said."""
        self.untaken += number
        if number:
            whose, them = ("its", "it") if number == 1 else ("their", "them")
            said = f"{counted(number, 'event')} could not be taken, so {whose} rows are compared without {them}."
            self.stdout.write(self.style.WARNING(said))

    def dry_run(self, projection: AnyProjection) -> None:
        """Say what would be done."""
        ask_live(projection)
        would, now = estimate(projection, self.cores), health_of(projection.name)
        self.stdout.write(
            f"{projection.name} would be built anew from {counted(would.wanted, 'event')} among"
            f" {would.positions:,}, in about {would.seconds:.1f} s. The live table has"
            f" {counted(room.rows(projection.model, room.LIVE), 'row')}; it is of version {now.table},"
            f" and the code of version {now.code}."
        )
        if first := left_off(projection):
            self.stdout.write(f"  It would go on with a rebuild that stands at position {first:,}.")

    def one(self, meant: list[AnyProjection], text: str) -> None:
        """Make the row of a key anew."""
        if len(meant) != 1:
            raise Invalid("A key is of one read model: name that one.")
        [projection] = meant
        if not text.isprintable():
            raise Invalid(f"{text!r} is no key of {projection.name}.")
        try:
            key = projection.model._meta.pk.to_python(text)
        except ValidationError as error:
            raise Invalid(f"{text!r} is no key of {projection.name}: {' '.join(error.messages)}") from None
        events = rebuild_rows(projection, [key])
        there = projection.model._default_manager.filter(pk=key).exists()
        row = "The row was made anew" if there else "There is to be no such row"
        self.stdout.write(f"{projection.name} {text}: {row}, by {counted(events, 'event')} of the log.")

    def until(self, projection: AnyProjection, position: int) -> None:
        """Build it as it was."""
        with progress(projection.name) as tell:
            as_it_was(projection, position, tell)
        recorded = log.recorded_at(position)
        when = f", {localtime(recorded):%Y-%m-%d %H:%M:%S}" if recorded else ""
        table = f"{room.THEN}.{projection.model._meta.db_table}"
        self.stdout.write(
            f"{projection.name} as it was at position {position:,}{when}:"
            f" {counted(room.rows(projection.model, room.THEN), 'row')}. Look at it, and drop it again:\n"
            f"  SELECT * FROM {table};\n  manage.py replay --clean {projection.name}"
        )


def chosen(names: list[str], *, everything: bool) -> list[AnyProjection]:
    """The read models that somebody means, each once; Invalid where that is not clear."""
    if everything and names:
        raise Invalid("Name read models, or say --all, but not both.")
    if not everything and not names:
        raise Invalid(f"Name read models, or say --all. There are: {', '.join(sorted(projections()))}.")
    return [projection_named(name) for name in (sorted(projections()) if everything else dict.fromkeys(names))]


def position_of(text: str) -> int:
    """A position of the log: given as such, or as the time up to which it was recorded."""
    head = log.number()
    if not text.isdecimal():
        return bisect_right(range(1, head + 1), asked.moment(text), key=recorded_at)
    position = asked.number(text, "position")
    if position > head:
        raise Invalid(f"The log ends at position {head:,}.")
    return position


def recorded_at(position: int) -> datetime:
    """When the event at a position that the log has was recorded."""
    recorded = log.recorded_at(position)
    assert recorded is not None
    return recorded


def left_at(projection: AnyProjection) -> str:
    """What is said to somebody who has interrupted a rebuild."""
    left = health_of(projection.name).rebuild
    if left is None:
        return f"Interrupted. No rebuild of {projection.name} is under way."
    return (
        f"Interrupted at position {left.position:,}. The live table is as it was."
        f" manage.py replay {projection.name} goes on from there; with --cancel it is thrown away."
    )
