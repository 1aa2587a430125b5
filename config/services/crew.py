"""The crew of the demo: programs that are started together, watched, started again, and stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.services import children
from config.services.errors import CannotStart
from config.services.place import PROJECT

SECONDS_TO_BE_READY = 120
SECONDS_TO_END = 8
RESTARTS = 5
# A program that ran for so long before it ended has nothing to do with its former ends.
SECONDS_TO_BE_TRUSTED = 60


@dataclass
class Member:
    """One program of the crew, its log file, and the signal that ends it when nobody is left to watch over it."""

    name: str
    command: Sequence[str | Path]
    log: Path
    ends_by: signal.Signals = signal.SIGTERM
    env: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    ends: int = field(default=0, init=False)
    since: float = field(default=0, init=False)
    again_at: float = field(default=0, init=False)

    def start(self) -> None:
        """Start it; a log from before is continued."""
        self.since = time.monotonic()
        with self.log.open("ab") as log:
            self.process = children.start(self.command, log=log, ends_by=self.ends_by, cwd=PROJECT, env=self.env)

    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def obituary(self) -> str:
        """How it ended, and its last words."""
        code = self.process.returncode if self.process else 0
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return "\n    ".join([f"The {self.name} {how}. The last lines of {self.log}:", *last_lines(self.log)])


def last_lines(log: Path) -> list[str]:
    """The last lines of a log, however long it is."""
    with log.open("rb") as file:
        file.seek(-min(4096, log.stat().st_size), os.SEEK_END)
        lines = file.read().decode(errors="replace").splitlines()
    return [line for line in lines if line.strip()][-6:]


class Crew:
    """All members; `say` tells the person at the terminal what happens to them."""

    def __init__(self, members: Sequence[Member], say: Callable[[str], None]) -> None:
        self.members = members
        self.say = say

    def start(self, ready: Callable[[], bool]) -> None:
        """Start all and wait until they are `ready`; raises CannotStart when one ends instead."""
        for member in self.members:
            member.log.write_bytes(b"")
            member.start()
        deadline = time.monotonic() + SECONDS_TO_BE_READY
        while not ready():
            for member in self.members:
                if member.has_ended():
                    raise CannotStart(member.obituary())
            if time.monotonic() > deadline:
                logs = self.members[0].log.parent
                raise CannotStart(f"Not ready after {SECONDS_TO_BE_READY} seconds. The logs are in {logs}.")
            time.sleep(0.1)

    def watch(self) -> None:
        """Start those again that have ended, each time after a longer pause; raises CannotStart when that is no use."""
        for member in self.members:
            if member.has_ended():
                self._mourn(member)
            elif member.process is None and time.monotonic() >= member.again_at:
                member.start()

    def stop(self) -> None:
        """Ask all to end at once, and kill what is left after a while, programs that they have started included."""
        processes = [member.process for member in self.members if member.process]
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_END
        while time.monotonic() < deadline and any(process.poll() is None for process in processes):
            time.sleep(0.05)
        for process in processes:
            children.kill_group(process)

    def _mourn(self, member: Member) -> None:
        obituary = member.obituary()
        if member.process:
            children.kill_group(member.process)
            member.process = None
        trusted = time.monotonic() - member.since > SECONDS_TO_BE_TRUSTED
        member.ends = 1 if trusted else member.ends + 1
        if member.ends > RESTARTS:
            raise CannotStart(f"{obituary}\nIt has been started {RESTARTS + 1} times in vain.")
        pause = 2 ** (member.ends - 1)
        member.again_at = time.monotonic() + pause
        self.say(f"{obituary}\nIt is started again in {pause} s.")
