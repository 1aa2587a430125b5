"""Programs that end when the one who started them ends, even by kill -9."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from config.services.account import Account

Handler = Callable[[int, FrameType | None], Any] | signal.Handlers

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
# Loaded before any fork: between fork and exec nothing may be imported.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(
    command: Sequence[str | Path],
    *,
    log: BinaryIO,
    ends_by: signal.Signals,
    account: Account | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: BinaryIO | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own; it gets the signal `ends_by` when this process ends."""
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=env,
        process_group=0,
        preexec_fn=tie(ends_by, os.getpid()),  # noqa: PLW1509  # whoever calls this has one thread
        **(account or {}),
    )


def tie(ends_by: signal.Signals, parent: int) -> Callable[[], None]:
    """What makes a process forked from `parent` end with it. macOS has no such thing: there it does nothing."""

    def tied() -> None:
        if LIBC is not None:
            signal.signal(ends_by, signal.SIG_DFL)  # a handler of the parent's would swallow it until exec
            LIBC.prctl(PR_SET_PDEATHSIG, ends_by)
            if os.getppid() != parent:  # it ended before the line above
                os.kill(os.getpid(), ends_by)

    return tied


def stop(process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Ask `process` to end by one signal after another, with seconds of patience for each; then kill its group."""
    for step, patience in steps:
        process.send_signal(step)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            break
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of `process` and of all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def runs(number: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def command(number: int) -> list[str]:
    """The command line of the process of this number; empty when it has ended."""
    if LIBC is None:
        ps = ("/bin/ps", "-o", "command=", "-p", str(number))
        return subprocess.run(ps, check=False, capture_output=True, text=True).stdout.split()
    try:
        return Path(f"/proc/{number}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return []


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, where the system can do so."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_orphans(patience: float) -> None:
    """Wait until no child is left, for so many seconds, and kill those that still are."""
    deadline = time.monotonic() + patience
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while True:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if ended:
            continue
        if time.monotonic() > deadline and children.exists():
            for child in children.read_text().split():
                os.kill(int(child), signal.SIGKILL)
        time.sleep(0.05)
