"""A tripwire around everything by which something could leave this process, or enter the log."""

import smtplib
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from celery import Celery, Task
from django.core.mail import EmailMessage

from tests.eventstore.statements import announced

# The database's driver does not come by here: libpq has sockets of its own, and its statements are watched.
WAYS: tuple[tuple[Any, str], ...] = (
    *((socket.socket, name) for name in ("connect", "connect_ex", "send", "sendall", "sendto", "sendmsg")),
    (socket, "getaddrinfo"),
    (Celery, "send_task"),
    (Task, "apply_async"),
    (EmailMessage, "send"),
    (smtplib.SMTP, "__init__"),
    (subprocess.Popen, "__init__"),
)
WRITES = ("eventstore_append", "INSERT INTO eventstore_event", "INSERT INTO eventstore_receipt", "NOTIFY", "pg_notify")


class Tripped(Exception):
    """Something has tried to get out."""


@contextmanager
def tripwire() -> Iterator[list[str]]:
    """Whatever tries to get out inside the block fails, and is listed, even where somebody catches its failure."""
    tried: list[str] = []

    def watch(statement: str) -> None:
        if any(write in statement for write in WRITES):
            tried.append(statement)
            raise Tripped(statement)

    with ExitStack() as wires:
        for place, name in WAYS:
            wires.enter_context(patch.object(place, name, tripping(f"{place.__name__}.{name}", tried)))
        wires.enter_context(announced(watch))
        yield tried


def tripping(name: str, tried: list[str]) -> Callable[..., Any]:
    """What stands in the place of a way out."""

    def trip(*_: Any, **__: Any) -> Any:
        tried.append(name)
        raise Tripped(name)

    return trip
