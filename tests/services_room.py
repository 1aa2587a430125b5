"""The services in real life: commands in processes of their own, and what is left of them."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from config.services.place import PASSABLE, PROJECT

PROVIDED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PERSONAL_DATA_KEYS", "DEMO")
# What an ordinary user runs lies where root's Python may not: it can read everything, and has no other right of root's.
ORDINARY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
ORDINARY += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


def bare(**more: str | Path) -> dict[str, str]:
    """The environment of somebody who has set up nothing."""
    return {k: v for k, v in os.environ.items() if k not in PROVIDED} | {k: str(v) for k, v in more.items()}


@contextmanager
def directory() -> Iterator[Path]:
    """A directory that PostgreSQL can reach when root runs it as nobody; pytest's own is closed to others."""
    path = Path(tempfile.mkdtemp(prefix="services-"))
    path.chmod(PASSABLE)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def start(
    *arguments: str, env: Mapping[str, str], cwd: Path = PROJECT, prefix: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """Python, with its output and its faults in one pipe."""
    return subprocess.Popen(
        [*prefix, sys.executable, *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def manage(*arguments: str, env: Mapping[str, str], cwd: Path = PROJECT) -> tuple[int, str]:
    """The exit code and the output of a management command."""
    with start("manage.py", *arguments, env=env, cwd=cwd) as command:
        output, _ = command.communicate(timeout=60)
    return command.returncode, output


def unread(*arguments: str, env: Mapping[str, str]) -> tuple[int, str]:
    """The exit code and the faults of a management command whose output goes to somebody who has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "manage.py", *arguments]
    try:
        done = subprocess.run(
            command, cwd=PROJECT, env=env, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    finally:
        os.close(writer)
    return done.returncode, done.stderr


def family(data: Path) -> list[psutil.Process]:
    """All processes that have to do with `data`: that name it, or were started by one that does."""
    found = {process for process in psutil.process_iter() if process.pid != os.getpid() and names(process, data)}
    for process in list(found):
        try:
            found.update(process.children(recursive=True))
        except psutil.NoSuchProcess:
            continue
    return list(found)


def names(process: psutil.Process, data: Path) -> bool:
    """Whether the command line or the environment of `process` names `data`."""
    try:
        return str(data) in " ".join([*process.cmdline(), *process.environ().values()])
    except psutil.Error:
        return False


def users(processes: Sequence[psutil.Process]) -> set[int]:
    """As whom those of them run that have not ended meanwhile."""
    found = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found.add(process.uids().effective)
    return found


def called(processes: Sequence[psutil.Process], *words: str) -> list[psutil.Process]:
    """Those that live and whose command line has all `words`, parents before their children."""
    chosen = [process for process in processes if lives(process) and set(words) <= set(process.cmdline())]
    return sorted(chosen, key=lambda process: process.create_time())


def await_end(processes: Sequence[psutil.Process], data: Path, seconds: float = 20) -> None:
    """Wait until none of `processes` is left, nor any other that has to do with `data`."""
    until = time.monotonic() + seconds
    while left := [p for p in processes if lives(p)] or [p for p in family(data) if lives(p)]:
        assert time.monotonic() < until, f"still there: {left}"
        time.sleep(0.1)


def kill(processes: Sequence[psutil.Process]) -> None:
    """Kill them all, and wait until they are dead."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    while any(lives(process) for process in processes):
        time.sleep(0.01)


def lives(process: psutil.Process) -> bool:
    """Whether `process` runs; one that its parent has not yet taken note of does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
