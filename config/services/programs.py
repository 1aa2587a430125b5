"""The programs of PostgreSQL and Redis: found, tried, and copied where the servers' account cannot reach them."""

import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from config.services.account import Account
from config.services.errors import CannotStart

INSTEAD = {
    "DATABASE_URL": "Set DATABASE_URL to a PostgreSQL of yours, such as postgresql://user:password@host/name.",
    "REDIS_URL": "Install redis-server, or set REDIS_URL to a Redis of yours, such as redis://:password@host:6379/0.",
}


def wheel(package: str, variable: str) -> Path:
    """The directory that `package` was installed into; the package itself is not imported."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise CannotStart(f"The package {package} is not installed, or not made for this platform. {INSTEAD[variable]}")
    return Path(found.origin).parent


def usable(program: Path, folders: Sequence[Path], copies: Path, account: Account | None, variable: str) -> Path:
    """`program`, or the copy of it in `copies`, whichever `account` can run; `folders`, side by side, is what it needs."""
    fault = trial(program, account)
    if fault and account and folders:
        program, fault = copied(program, folders, copies), None
        fault = trial(program, account)
    if fault:
        raise CannotStart(f"{program} does not run here: {fault} {INSTEAD[variable]}")
    return program


def trial(program: Path, account: Account | None) -> str | None:
    """Why `account` cannot run `program`, if it cannot."""
    user, group, groups = (account.user, account.group, []) if account else (None, None, None)
    try:
        run = subprocess.run(
            [program, "--version"], capture_output=True, text=True, cwd="/", user=user, group=group, extra_groups=groups
        )
    except OSError as error:
        return f"{error.strerror}."
    return run.stderr.strip() or "it ended with an error." if run.returncode else None


def copied(program: Path, folders: Sequence[Path], copies: Path) -> Path:
    """The copy of `program`; made anew when the program has changed."""
    about, origin = program.stat(), folders[0].parent
    copy = copies / f"{about.st_mtime_ns}-{about.st_size}"
    if not copy.exists():
        shutil.rmtree(copies, ignore_errors=True)
        for folder in folders:
            shutil.copytree(folder, copies / "new" / folder.name, ignore=shutil.ignore_patterns("include"))
        for path in (copies, *copies.rglob("*")):
            path.chmod(0o755)
        (copies / "new").rename(copy)
    return copy / program.relative_to(origin)
