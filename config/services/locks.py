"""File locks that end with their holder, however it ends, and are never handed on to a program that it starts."""

import fcntl
import os
from pathlib import Path


class Lock:
    """One opened lock file (flock); a fork shares it, an exec does not."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        """Wait until nobody has it alone, and hold it together with others."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def take(self) -> None:
        """Wait until nobody else has it, and hold it alone."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def take_now(self) -> bool:
        """Hold it alone, unless somebody else has it."""
        return self._now(fcntl.LOCK_EX)

    def taken(self) -> bool:
        """Whether somebody else holds it alone; what was held here is let go."""
        if not self._now(fcntl.LOCK_SH):
            return True
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return False

    def close(self) -> None:
        """Let go."""
        os.close(self._file)

    def _now(self, kind: int) -> bool:
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
