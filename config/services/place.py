"""Where a server's data, locks and address lie, and who finds them there."""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[2]
PASSABLE = 0o711  # others may pass through, as PostgreSQL may run as nobody, but not look in


class Address(NamedTuple):
    """What a keeper writes down once its server answers."""

    url: str
    keeper: int


@dataclass(frozen=True)
class Place:
    """The directory of one server. `durable`: survives a power cut; `throwaway`: goes when the server does."""

    data: Path
    server: str
    durable: bool = True
    throwaway: bool = False

    @property
    def root(self) -> Path:
        """All that belongs to this server alone."""
        return self.data / self.server

    @property
    def log(self) -> Path:
        """What the server says."""
        return logs_of(self.data) / f"{self.server}.log"

    @property
    def password(self) -> str:
        """The password of the server."""
        return kept_secrets(self.data)["SERVER_PASSWORD"]

    def address(self) -> Address | None:
        """Where the server was said to be; only true while its keeper lives."""
        try:
            return Address(**json.loads((self.root / "address").read_text()))
        except FileNotFoundError:
            return None

    def announce(self, address: Address) -> None:
        """Write the address down."""
        write_secret(self.root / "address", json.dumps(address._asdict()))

    def withdraw(self) -> None:
        """Take the address back."""
        (self.root / "address").unlink(missing_ok=True)


def data_directory(environ: Mapping[str, str]) -> Path:
    """Where this project's data lie: DEMO_DATA, or a directory of its own outside the project.

    Outside, because a project may lie where PostgreSQL cannot work (below /root, on a share, in a cloud's
    folder), and because cleaning a working copy must not delete what somebody has typed in.
    """
    if chosen := environ.get("DEMO_DATA"):
        return Path(chosen).absolute()
    if os.geteuid() == 0:
        base = Path("/var/lib")
    else:
        base = Path(environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    return base / "mail-order" / hashlib.sha256(os.fsencode(PROJECT)).hexdigest()[:12]


def make_passable(directory: Path) -> None:
    """Make `directory`, if it is not there."""
    if not directory.is_dir():
        make_passable(directory.parent)
        directory.mkdir(exist_ok=True)
        directory.chmod(PASSABLE)


def logs_of(data: Path) -> Path:
    """The directory of the logs in `data`, for its owner's eyes alone."""
    logs = data / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    return logs


def kept_secrets(data: Path) -> dict[str, str]:
    """The secrets of this directory, made when they are first asked for."""
    path = data / "secrets"
    if not path.exists():
        made = new_secrets() | {"SERVER_PASSWORD": secrets.token_hex(16)}
        write_secret(path, json.dumps(made), replace=False)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def new_secrets() -> dict[str, str]:
    """What the settings need to be secret."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {"SECRET_KEY": secrets.token_urlsafe(50), "PERSONAL_DATA_KEYS": f"1:{key}"}


def write_secret(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file that its owner alone can read, at once and whole; without `replace` the first one stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if replace:
        draft.replace(path)
        return
    with suppress(FileExistsError):  # somebody else was faster, and theirs is as good
        path.hardlink_to(draft)
    draft.unlink()
