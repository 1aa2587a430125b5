"""What a sandbox is told by its environment, and how it is started."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

# A request that hangs holds a thread; the next one is to have another.
THREADS = "64"


class Given(NamedTuple):
    """Where the ledger lies, what the shop has to know, whom to call back, how long silence lasts, how fast it goes."""

    ledger: Path
    address: str
    api_key: str
    webhook_secret: str
    calls: str = ""
    silence: float = 90.0
    seconds_a_move: float = 0.0

    @classmethod
    def from_environment(cls) -> Self:
        """What the environment says; KeyError for what it has to say."""
        return cls(
            ledger=Path(os.environ["SANDBOX_LEDGER"]),
            address=os.environ["SANDBOX_ADDRESS"],
            api_key=os.environ["SANDBOX_API_KEY"],
            webhook_secret=os.environ["SANDBOX_WEBHOOK_SECRET"],
            calls=os.environ.get("SANDBOX_CALLS", ""),
            silence=float(os.environ.get("SANDBOX_SILENCE", "90")),
            seconds_a_move=float(os.environ.get("SANDBOX_SECONDS_A_MOVE", "0")),
        )

    def as_environment(self) -> dict[str, str]:
        """The same, for a program that is to be started."""
        return {f"SANDBOX_{name.upper()}": str(value) for name, value in self._asdict().items()}


def command(name: str, port: int) -> list[str]:
    """The command line of a sandbox, such as that of the carrier."""
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "1"]
    granian += ["--blocking-threads", THREADS, "--workers-kill-timeout", "2", "--host", "127.0.0.1"]
    return [*granian, "--port", str(port), f"config.sandbox.{name}.app:application"]


def environment(given: Given, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a sandbox: nothing of the shop's secrets is in it."""
    kept = {name: base[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV") if name in base}
    return kept | given.as_environment()
