"""Lets believable people trade with the shop, for days at once or in real time."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.progress import Progress

from config.seed import MADE_UP
from config.simulation.cases import CASES, COUNTED
from config.simulation.trade import REFUSED, Trade
from eventstore import bell, clock, idle, log
from eventstore.effects import outbox
from eventstore.management.terminal import ending_cleanly, faults_as_sentences
from eventstore.process import sending
from eventstore.readers import readers
from eventstore.rest import to_rest

PAUSE = 0.01  # seconds


class Command(BaseCommand):
    """`manage.py simulate`: customers, clerks, suppliers and other systems, by a seed, on the sandbox's clock."""

    help = "Lets believable people trade with the shop: days of it as fast as it goes, or in real time."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much of it."""
        parser.add_argument("--customers", type=int, default=50, help="how many people order (50)")
        parser.add_argument("--days", type=int, default=30, help="how many days go by (30)")
        parser.add_argument("--orders", type=int, default=150, help="how many orders are placed in them (150)")
        parser.add_argument("--seed", type=int, default=1, help="another seed is another trade (1)")
        parser.add_argument("--until-now", action="store_true", help="until the shop's clock has come to the present")
        parser.add_argument("--live", action="store_true", help="go on in real time afterwards, until Ctrl-C")

    def handle(
        self, *, customers: int, days: int, orders: int, seed: int, until_now: bool, live: bool, **options: Any
    ) -> None:
        """Trade, and say what came of it."""
        if customers < 1 or days < 0 or orders < 0:
            raise CommandError("There have to be customers, and neither days nor orders can be fewer than none.")
        with faults_as_sentences(), ending_cleanly():
            clock.ask_sandbox(MADE_UP)
            if days > (clock.LATEST - clock.now()).days:
                raise CommandError(clock.TOO_FAR)
            time_to_go = max(-clock.ahead(), timedelta(0)) if until_now else timedelta(days=days)
            share = time_to_go / timedelta(days=days) if days else 0
            trade = Trade(seed=seed, customers=customers, rest=processes_to_rest)
            self.trade(trade, time_to_go, round(orders * share))
            if until_now and clock.ahead() < timedelta(0):
                clock.forward(-clock.ahead())
            if live:
                for _ in trade.live(orders / max(days, 1)):
                    pass

    def trade(self, trade: Trade, time_to_go: timedelta, orders: int) -> None:
        """So much time goes by, with so many orders."""
        began = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")  # a game that a crash cuts short begins anew
        trade.open()
        with Progress(disable=not self.stdout.isatty()) as progress:
            task = progress.add_task("Trading", total=time_to_go / timedelta(days=1))
            began_at = clock.now()
            for now in trade.days(time_to_go, orders):
                progress.update(task, completed=(now - began_at) / timedelta(days=1))
        processes_to_rest()
        trade.look()
        self.say(trade, orders, time.monotonic() - began)

    def say(self, trade: Trade, orders: int, seconds: float) -> None:
        """What came of it, and whether the books balance."""
        counts = trade.counts
        self.stdout.write(
            f"{orders} orders, {counts['commands']} commands of people, {counts['events']} events in {seconds:.1f} s"
            f" ({counts['events'] / seconds:.0f} events a second). It is {clock.now():%Y-%m-%d %H:%M} in the shop."
        )
        for words, _, _ in CASES:
            self.stdout.write(f"  {counts[COUNTED + words]} {words}")
        for what, number in sorted(counts.items()):
            if what.startswith(REFUSED):
                self.stdout.write(f"  {number} × {what}")
        faults = list(trade.books.faults())
        self.stdout.write("\n".join(faults) or "The books balance to the cent, and the stock to the piece.")
        self.stdout.flush()
        if faults:
            raise CommandError(f"{len(faults)} faults in the books.")


def processes_to_rest() -> None:
    """What people look at may wait; what the processes do may not, whoever does it."""
    names = [name for name in readers() if name.startswith(bell.PROCESS)]
    while True:
        to_rest(names)
        if len(idle.pass_by(names, log.number())) == len(names) and not (sending.is_due() or outbox.is_asking()):
            return
        time.sleep(PAUSE)  # a worker is at it
