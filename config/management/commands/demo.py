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
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from config import services
from config.seed import SignIn, seed
from config.services.crew import Crew, Member
from config.services.launcher import SIGNALS, accompanied
from config.services.locks import Lock

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
SECONDS_FOR_THE_FORMER_DEMO = 30


class Command(BaseCommand):
    """`manage.py demo`: web server, worker and beat, until Ctrl-C."""

    help = "Starts the shop on this machine: web server, Celery worker and Celery beat, until Ctrl-C."
    requires_system_checks: Sequence[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--port", type=port, default=8000, help="the port of the web server (8000)")
        parser.add_argument("--host", default="127.0.0.1", help="the address that it listens on (127.0.0.1)")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        """Check that the demo can run, and run it."""
        self.host, self.port, self.data = host, port, services.data_directory(os.environ)
        self.ours = services.embedded(self.data, os.environ)
        with only_demo(self.data, self.address()) as self.announcement:
            if fault := fault_of_port(host, port):
                raise CommandError(fault)
            sys.exit(accompanied(self.run))

    def run(self) -> int:
        """Open the shop and keep it open; gives back an exit code."""
        self.crew = Crew(self.members(), self.say)
        try:
            self.open()
            while not (lost := self.lost_servers()):
                self.crew.watch()
                time.sleep(0.2)
            self.say(lost)
        except KeyboardInterrupt:
            return 0
        except (services.CannotStart, DatabaseError) as fault:
            self.say(str(fault).strip())
        finally:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            self.announcement.unlink(missing_ok=True)
            self.say("Stopping …")
            self.crew.stop()
        return 1

    def open(self) -> None:
        """Prepare the data, start the crew, and say where everything is."""
        self.say("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)
        sign_ins = seed()
        connections.close_all()
        self.say("Starting web server, worker and beat …")
        self.crew.start(self.ready)
        self.say(self.welcome(sign_ins))

    def members(self) -> list[Member]:
        """The programs of the demo. One web worker leaves the second core to PostgreSQL and Celery."""
        logs = self.data / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        if self.host not in ("127.0.0.1", "::1", "localhost"):
            os.environ.setdefault("ALLOWED_HOSTS", "*")  # who opens the demo to the network cannot know its names there
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "1", "--blocking-threads", "4"]
        web += ["--respawn-failed-workers", "--workers-kill-timeout", "2", "--host", self.host, "--port", str(self.port)]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker = [*celery, "worker", "--concurrency", "2", "--hostname", self.node(), "--loglevel", "INFO", *quiet]
        beat = [*celery, "beat", "--schedule", str(self.data / "beat-schedule"), "--loglevel", "WARNING"]
        return [
            Member("web server", [*web, "config.wsgi:application"], logs / "web.log"),
            Member("worker", worker, logs / "worker.log"),
            Member("beat", beat, logs / "beat.log"),
        ]

    def ready(self) -> bool:
        """Whether the web server answers anything, and the worker its name."""
        host = ANYWHERE.get(self.host, self.host)
        line = http.client.HTTPConnection(host, self.port, timeout=5)
        try:
            line.request("GET", "/health/")
            line.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
        from config.celery import app

        return bool(app.control.ping(destination=[self.node()], timeout=0.5, limit=1))

    def lost_servers(self) -> str:
        """A sentence on the embedded servers that are gone."""
        gone = [str(place.log) for place in self.ours.values() if not services.is_kept(place)]
        return f"A server has stopped; see {' and '.join(gone)}." if gone else ""

    def welcome(self, sign_ins: Sequence[SignIn]) -> str:
        """What there is to know."""
        wide = max(len(sign_in.email) for sign_in in sign_ins)
        people = [f"  {sign_in.role:<17} {sign_in.email:<{wide}}  {sign_in.password}" for sign_in in sign_ins]
        used = [
            f"{services.without_password(os.environ[variable])} ({'embedded' if variable in self.ours else variable})"
            for variable in ("DATABASE_URL", "REDIS_URL")
        ]
        return "\n".join(
            ["", f"The shop is open at {self.address()}", "", "Sign in as", *people, ""]
            + [f"Database  {used[0]}", f"Broker    {used[1]}", f"Logs      {self.data / 'logs'}", "", "Stop with Ctrl-C."]
        )

    def address(self) -> str:
        """Where a browser finds the shop."""
        host = ANYWHERE.get(self.host, self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    def node(self) -> str:
        """The worker's name, no other's on the same broker."""
        return f"demo-{self.port}@{socket.gethostname()}"

    def say(self, text: str) -> None:
        """Tell the person at the terminal, if there still is one."""
        with suppress(OSError):
            self.stdout.write(text)
            self.stdout.flush()


@contextmanager
def only_demo(data: Path, address: str) -> Iterator[Path]:
    """Hold the data alone: two beats would tear one schedule file, and two demos each other's logs.

    Gives the file that says where this demo is; it goes when the demo begins to end.
    """
    data.mkdir(parents=True, exist_ok=True)
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
    announcement.write_text(address)
    try:
        yield announcement
    finally:
        announcement.unlink(missing_ok=True)
        lock.close()


def port(text: str) -> int:
    """A port's number from the command line."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ArgumentTypeError(f"{text} is no port: it has to be a number from 1 to 65535.")
    return int(text)


def fault_of_port(host: str, port: int) -> str:
    """Why nobody can listen there; empty when one can."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except PermissionError:
        return f"Port {port} needs more rights than yours; choose one above 1023, such as --port 8000."
    except OSError as error:
        if host_is_ours(host):
            return f"Port {port} of {host} is taken by another program. Choose another one, such as --port {port + 1}."
        return f"Nobody can listen on {host}: {error.strerror}."
    return ""


def host_is_ours(host: str) -> bool:
    """Whether this machine can listen on `host` at all."""
    try:
        family, *_, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError:
        return False
    return True
