"""One user's share in a server: joining it (and starting its keeper, if there is none) and leaving it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from config.services.errors import CannotStart
from config.services.locks import Lock
from config.services.place import PROJECT, Place, make_passable

SECONDS_TO_END = 90


@contextmanager
def used(place: Place) -> Iterator[str]:
    """The address of the server of `place`, which runs for as long as the block does, and longer if others use it.

    Whoever holds `in-use` together with others is a user; the keeper ends its server when it can hold it alone. So
    it is held before the keeper is looked for: from then on no keeper that is ready will end.
    """
    make_passable(place.root)
    in_use, keeper = Lock(place.root / "in-use"), Lock(place.root / "keeper")
    in_use.share()
    try:
        yield joined(place, keeper)
    finally:
        leave(place, in_use, keeper)
        in_use.close()
        keeper.close()


def joined(place: Place, keeper: Lock) -> str:
    """The address of the server; one user at a time looks for the keeper and starts it."""
    starting = Lock(place.root / "starting")
    starting.take()
    try:
        for _ in range(3):
            if not keeper.taken():
                start_keeper(place)
            while keeper.taken():
                if address := place.address():
                    return address.url
                time.sleep(0.05)
    finally:
        starting.close()
    raise CannotStart(f"The keeper of {place.server} has failed; {place.root / 'keeper.log'} says why.")


def is_kept(place: Place) -> bool:
    """Whether the keeper of `place` lives, and its server with it."""
    keeper = Lock(place.root / "keeper")
    try:
        return keeper.taken()
    finally:
        keeper.close()


def start_keeper(place: Place) -> None:
    """Start a keeper and wait until its server answers; raises CannotStart with the keeper's own words."""
    marks = [mark for mark in ("durable", "throwaway") if getattr(place, mark)]
    with (place.root / "keeper.log").open("wb") as log:
        keeper = subprocess.run(
            [sys.executable, "-m", "config.services.keeper", place.data, place.server, *marks],
            check=False,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=PROJECT,
        )
    if keeper.stdout:
        raise CannotStart(keeper.stdout)


def leave(place: Place, in_use: Lock, keeper: Lock) -> None:
    """The last user sees the server off, also one that is still being started; others just go."""
    if not in_use.take_now():
        return
    deadline = time.monotonic() + SECONDS_TO_END
    while keeper.taken() and time.monotonic() < deadline:
        if address := place.address():
            with suppress(ProcessLookupError):
                os.kill(address.keeper, signal.SIGTERM)
        time.sleep(0.02)
