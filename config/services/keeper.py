"""The keeper of one server: starts it, and ends it and itself when the last user is gone, however that one went."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from config.services import children
from config.services.errors import CannotStart
from config.services.locks import Lock
from config.services.place import Address, Place
from config.services.postgres import Postgres
from config.services.redis import Redis

SERVERS: dict[str, type[Postgres] | type[Redis]] = {"postgres": Postgres, "redis": Redis}
SECONDS_TO_START = 120


def keep(place: Place) -> None:
    """Hold the server of `place` from its start to the end of its last user."""
    alive = Lock(place.root / "keeper")
    if not alive.take_now():
        return  # another keeper is at it; whoever started this one looks again
    place.withdraw()
    server = SERVERS[place.server](place)
    process, url = start(server)
    place.announce(Address(url, os.getpid()))
    report("")
    try:
        wait_until_unused(Lock(place.root / "in-use"), process)
    finally:
        place.withdraw()
        children.stop(process, *server.patience)
        if place.throwaway:
            shutil.rmtree(place.root, ignore_errors=True)


def start(server: Postgres | Redis) -> tuple[subprocess.Popen[bytes], str]:
    """Start `server` on a free port; again, if another program took that port in between."""
    server.prepare()
    for _ in range(3):
        port = free_port()
        process = server.launch(port)
        deadline = time.monotonic() + SECONDS_TO_START
        while process.poll() is None and time.monotonic() < deadline:
            if server.answers(process, port):
                return process, server.url(port)
            time.sleep(0.02)
        children.stop(process, *server.patience)
        if is_free(port):
            break
    last_lines = server.place.log.read_text(errors="replace").strip().splitlines()[-3:]
    raise CannotStart(f"{type(server).__name__} did not start: {' '.join(last_lines)} (all of it: {server.place.log})")


def wait_until_unused(in_use: Lock, process: subprocess.Popen[bytes]) -> None:
    """Sleep until nobody holds `in_use` any more, or `process` has ended, or we are told to end."""
    told = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(True))
    while not told and process.poll() is None and not in_use.take_now():
        time.sleep(0.1)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether nobody listens on `port`."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def report(fault: str) -> None:
    """Tell whoever waits for us that we are ready, or why we are not."""
    os.write(1, fault.encode())
    os.dup2(2, 1)


def main() -> None:
    """Keep the server that the command line names, as a process of nobody's."""
    data, server, *marks = sys.argv[1:]
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    try:
        keep(Place(Path(data), server, durable="durable" in marks, throwaway="throwaway" in marks))
    except CannotStart as fault:
        report(str(fault))
    except OSError as fault:
        report(f"{server} could not start: {fault.strerror} ({fault.filename}).")


if __name__ == "__main__":
    main()
