"""The keeper of one server: starts it, and ends it and itself when the last user is gone, however that one went."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from config.services import children
from config.services.errors import CannotStart
from config.services.locks import Lock
from config.services.place import Address, Place
from config.services.ports import fault_of_port, free_port
from config.services.postgres import Postgres
from config.services.programs import what_matters
from config.services.redis import Redis

SERVERS: dict[str, type[Postgres | Redis]] = {"postgres": Postgres, "redis": Redis}
SECONDS_TO_START = 120


def keep(place: Place) -> None:
    """Hold the server of `place` from its start to the end of its last user."""
    alive = Lock(place.root / "keeper")
    if not alive.take_now():
        return  # another keeper is at it; whoever started this one looks again
    place.withdraw()
    server = SERVERS[place.server](place)
    start(server)
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))  # whoever finds the address may end us
    place.announce(Address(server.url, os.getpid()))
    report("")
    try:
        wait_until_unused(server, Lock(place.root / "in-use"), told)
    finally:
        place.withdraw()
        children.stop(server.process, *server.stops_by)
        if place.throwaway:
            throw_away(place)


def throw_away(place: Place) -> None:
    """Delete the server's directory; the keeper of the last server deletes the whole."""
    shutil.rmtree(place.root, ignore_errors=True)
    if not any((place.data / name).exists() for name in SERVERS):
        shutil.rmtree(place.data, ignore_errors=True)


def start(server: Postgres | Redis) -> None:
    """Start `server` on a free port; again, if another program took that port in between."""
    server.prepare()
    for _ in range(3):
        port = free_port()
        server.launch(port)
        deadline = time.monotonic() + SECONDS_TO_START
        while server.process.poll() is None and time.monotonic() < deadline:
            if server.answers():
                return
            time.sleep(0.02)
        children.stop(server.process, *server.stops_by)
        if not fault_of_port(port):
            break
    log = server.place.log
    raise CannotStart(f"{server.program} did not start: {what_matters(log.read_text(errors='replace'))} ({log}).")


def wait_until_unused(server: Postgres | Redis, in_use: Lock, told: Sequence[int]) -> None:
    """Return when nobody holds `in_use` any more, or `server` has ended, or we are `told` to end it."""
    while not told and server.process.poll() is None and not in_use.take_now():
        time.sleep(0.1)


def report(fault: str) -> None:
    """Tell whoever waits for us that we are ready, or why we are not."""
    os.write(1, fault.encode())
    os.dup2(2, 1)


def main() -> None:
    """Keep the server that the command line names, as a process that is nobody's child."""
    data, name, *marks = sys.argv[1:]
    if os.fork():
        os._exit(0)
    os.chdir("/")
    try:
        keep(Place(Path(data), name, durable="durable" in marks, throwaway="throwaway" in marks))
    except CannotStart as fault:
        report(f"{fault} {SERVERS[name].instead}")
    except OSError as fault:
        report(f"{SERVERS[name].__name__} cannot start: {fault.strerror} ({fault.filename}). {SERVERS[name].instead}")


if __name__ == "__main__":
    main()
