"""Starts the whole shop on this machine, with believable goods in it, and stops it again."""

import http.client
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from kombu.exceptions import OperationalError
from redis import RedisError

from config import services
from config.celery import app
from config.sandbox.demo import Neighbour, carrier, payment_provider
from config.seed import MADE_UP, SignIn, seed
from config.services.crew import Crew, Member
from config.services.launcher import SIGNALS, accompanied
from config.services.locks import Lock
from config.services.place import logs_of, make_passable
from config.services.ports import fault_of_port
from eventstore import clock
from eventstore.management.terminal import faults_as_sentences

HERE = ("127.0.0.1", "::1", "localhost")
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # who says so on the command line wants it
SECONDS_FOR_THE_FORMER_DEMO = 30

# One web worker leaves the second core to PostgreSQL and Celery; two seconds after Ctrl-C it cuts a slow request off.
WEB = ["granian", "--interface", "wsgi", "--no-ws", "--workers", "1", "--blocking-threads", "4"]
WEB += ["--respawn-failed-workers", "--workers-kill-timeout", "2", "config.wsgi:application"]
# The worker is alone: without looking for others it is there a second sooner.
WORKER = ["celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "INFO"]
WORKER += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
# Who waits for other systems is idle: threads do, and however slow those are, the worker above goes on.
SYSTEMS = ["celery", "-A", "config", "worker", "--queues", "systems", "--pool", "threads", "--concurrency", "12"]
SYSTEMS += ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
# A month of trade that becomes the present, and goes on.
A_MONTH = timedelta(days=30)
TRADE = ["simulate", "--until-now", "--live", "--customers", "40", "--days", "30", "--orders", "90"]
BEAT = ["celery", "-A", "config", "beat", "--loglevel", "WARNING"]


class Command(BaseCommand):
    """`manage.py demo`: web server, worker and beat, until Ctrl-C."""

    help = "Starts the shop on this machine: web server, Celery worker and Celery beat, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--port", type=port_number, default=8000, help="the port of the web server (8000)")
        parser.add_argument("--no-trade", action="store_true", help="only what is done in the browser happens")
        parser.add_argument("--host", default="127.0.0.1", help="the address that it listens on (127.0.0.1)")

    def handle(self, *, host: str, port: int, no_trade: bool, **options: Any) -> None:
        """Check that the demo can run, and run it."""
        with faults_as_sentences():
            clock.ask_sandbox(MADE_UP)
        self.trades = not no_trade
        self.listens_on, self.port = host, port
        self.host = ANYWHERE.get(host, host)
        self.url = f"http://[{self.host}]:{port}/" if ":" in self.host else f"http://{self.host}:{port}/"
        self.worker = f"demo-{port}@{socket.gethostname()}"
        self.data = services.data_directory(os.environ)
        self.ours = services.embedded(self.data, os.environ)
        self.neighbours: list[Neighbour] = []
        with only_demo(self.data, self.url) as self.announcement:
            if fault := fault_of_port(port, host):
                raise CommandError(fault)
            if "CARRIER_API_KEY" not in os.environ:
                self.neighbours.append(carrier(self.data, self.url, port + 1, moves=no_trade))
            if "PAYMENT_PROVIDER_API_KEY" not in os.environ:
                self.neighbours.append(payment_provider(self.data, self.url, port + 2))
            sys.exit(accompanied(self.run))

    def run(self) -> int:
        """Open the shop and keep it open; gives back an exit code."""
        crew = Crew(self.members(), self.say)
        try:
            self.open(crew)
            while True:
                self.check_servers()
                crew.watch()
                time.sleep(0.2)
        except KeyboardInterrupt:
            return 0
        except (services.CannotStart, DatabaseError) as fault:
            self.say(str(fault).strip())
        finally:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            self.announcement.unlink(missing_ok=True)
            self.say("Stopping …")
            crew.stop()
        return 1

    def open(self, crew: Crew) -> None:
        """Prepare the data, start the crew, and say where everything is."""
        self.say("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)
        if self.trades:
            clock.begin(A_MONTH)
        sign_ins = seed()
        connections.close_all()
        self.say("Starting web server, worker and beat …")
        crew.start(self.ready)
        self.say(self.welcome(sign_ins))

    def members(self) -> list[Member]:
        """The programs of the demo."""
        if self.listens_on not in HERE:
            os.environ.setdefault("ALLOWED_HOSTS", "*")  # nobody knows by which name the network will call us
        os.environ.setdefault("MAIL_URL", f"file://{self.data / 'mails'}")
        os.environ.setdefault("SHOP_URL", self.url)
        os.environ.setdefault("MEDIA_ROOT", str(self.data / "media"))
        for each in self.neighbours:
            os.environ |= each.known_as
        logs, python = logs_of(self.data), [sys.executable, "-m"]
        web = [*python, *WEB, "--host", self.listens_on, "--port", str(self.port)]
        worker = [*python, *WORKER, "--hostname", self.worker]
        asker = [*python, *SYSTEMS, "--hostname", f"systems-{self.worker}"]
        beat = [*python, *BEAT, "--schedule", str(self.data / "beat-schedule")]
        crew = [
            Member("web server", web, logs / "web.log"),
            Member("worker", worker, logs / "worker.log", ends_by=signal.SIGQUIT),  # it does not wait for its tasks
            Member("asker", asker, logs / "asker.log", ends_by=signal.SIGQUIT),
            Member("beat", beat, logs / "beat.log"),
        ]
        crew += [
            Member(each.name, each.command, logs / f"{each.log}.log", env=each.environment) for each in self.neighbours
        ]
        trade = ["nice", sys.executable, "manage.py", *TRADE, "--seed", str(int(time.time()))]
        return [*crew, Member("trade", trade, logs / "trade.log")] if self.trades else crew

    def ready(self) -> bool:
        """Whether the web server answers, whatever it may say, and the worker, too."""
        self.check_servers()
        line = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            line.request("GET", "/health/")
            line.getresponse()
            return bool(app.control.ping(destination=[self.worker], timeout=0.5, limit=1))
        except (OSError, http.client.HTTPException, OperationalError, RedisError):
            return False
        finally:
            line.close()

    def check_servers(self) -> None:
        """Raise CannotStart when an embedded server is gone."""
        if gone := [str(place.log) for place in self.ours.values() if not services.is_kept(place)]:
            raise services.CannotStart(f"A server has stopped; see {' and '.join(gone)}.")

    def welcome(self, sign_ins: Sequence[SignIn]) -> str:
        """What there is to know."""
        wide = max(len(sign_in.email) for sign_in in sign_ins)
        people = [f"  {sign_in.role:<17} {sign_in.email:<{wide}}  {sign_in.password}" for sign_in in sign_ins]
        database, broker = (
            f"{services.without_password(os.environ[name])} ({'embedded' if name in self.ours else f'from {name}'})"
            for name in ("DATABASE_URL", "REDIS_URL")
        )
        opened = ["", f"The shop is open at {self.url}", "", "Sign in as", *people, ""]
        opened += [f"The {each.name} is at {each.address}/" for each in self.neighbours]
        opened += [""]
        used = [f"Database  {database}", f"Broker    {broker}", f"Logs      {logs_of(self.data)}"]
        return "\n".join([*opened, *used, "", "Stop with Ctrl-C."])

    def say(self, text: str) -> None:
        """Tell the person at the terminal, if there still is one."""
        with suppress(OSError):
            self.stdout.write(text)
            self.stdout.flush()


@contextmanager
def only_demo(data: Path, url: str) -> Iterator[Path]:
    """Hold the data alone: two beats would tear one schedule file, and two demos each other's logs.

    Gives the file that says where this demo is; it goes when the demo begins to end.
    """
    make_passable(data)
    lock, announcement = Lock(data / "demo.lock"), data / "demo"
    deadline = time.monotonic() + SECONDS_FOR_THE_FORMER_DEMO
    while not lock.take_now():
        if announcement.exists() or time.monotonic() > deadline:
            where = announcement.read_text() if announcement.exists() else "another port"
            raise CommandError(
                f"The demo of these data runs already, at {where}. Stop it first; or, to run another one with data of "
                "its own, name a new directory in DEMO_DATA."
            )
        time.sleep(0.1)
    announcement.write_text(url)
    try:
        yield announcement
    finally:
        announcement.unlink(missing_ok=True)
        lock.close()


def port_number(text: str) -> int:
    """A port's number from the command line."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ArgumentTypeError(f"{text} is no port: it has to be a number from 1 to 65535.")
    return int(text)
