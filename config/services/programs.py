"""The programs of PostgreSQL and Redis: found, tried, and copied where the servers' account cannot reach them."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from config.services.account import Account
from config.services.errors import CannotStart

# They answer in English, and no variable of the caller's, such as PGDATA, reaches them.
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}

FAULT = re.compile(r"FATAL|PANIC|ERROR|error:|denied|No space|# ")


def wheel(package: str) -> Path:
    """The directory that `package` was installed into; the package itself is not imported."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise CannotStart(f"The package {package} is not installed; perhaps there is none for this platform.")
    return Path(found.origin).parent


def run(*command: str | Path, account: Account, says: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program to its end, with `says` as its input; what it answers, faults included, is its `stdout`."""
    return subprocess.run(
        command,
        check=False,
        input=says,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=ENVIRONMENT,
        **account,
    )


def usable(program: Path, packages: Sequence[Path], copies: Path, account: Account) -> Path:
    """`program`, or its copy in `copies`, whichever `account` can run; it comes with `packages`, which lie together."""
    fault = trial(program, account)
    if fault and account and packages:
        program = copied(program, packages, copies)
        fault = trial(program, account)
    if fault:
        raise CannotStart(f"{program} does not run here: {fault}.")
    return program


def trial(program: Path, account: Account) -> str:
    """Why `account` cannot run `program`; empty when it can."""
    try:
        tried = run(program, "--version", account=account)
    except OSError as error:
        return str(error.strerror)
    return f"{what_matters(tried.stdout)} (exit code {tried.returncode})" if tried.returncode else ""


def copied(program: Path, packages: Sequence[Path], copies: Path) -> Path:
    """The copy of `program`; made anew when the program has changed."""
    about = program.stat()
    copy = copies / f"{about.st_mtime_ns}-{about.st_size}"
    if not copy.exists():
        shutil.rmtree(copies, ignore_errors=True)
        for package in packages:
            shutil.copytree(package, copies / "new" / package.name, ignore=shutil.ignore_patterns("include"))
        for path in (copies, *copies.rglob("*")):
            path.chmod(0o755)
        (copies / "new").rename(copy)
    return copy / program.relative_to(packages[0].parent)


def what_matters(said: str) -> str:
    """Of all that a program said, the lines about its fault; its last ones, when none is."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    faults = [line for line in lines if FAULT.search(line)]
    return " ".join(faults[-3:] or lines[-3:]).rstrip(".")
