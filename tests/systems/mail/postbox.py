"""A mail server on this machine, for tests: it takes e-mails, or behaves as mail servers do."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.test import override_settings

from config.services.ports import free_port
from orders.systems.mail.border import MailBorder
from tests.connections import connected


class Postbox:
    """What came in, and how it behaves: `sender`, `rcpt` and `data` are its answers, unless it `hangs_up`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.sender, self.rcpt, self.data, self.hangs_up = "250 OK", "250 OK", "250 OK", False

    async def handle_MAIL(self, _s: SMTP, _x: Session, envelope: Envelope, address: str, _o: Any) -> str:  # noqa: N802
        """Whether we may write at all."""
        if self.sender.startswith("250"):
            envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, _s: SMTP, _x: Session, envelope: Envelope, address: str, _o: Any) -> str:  # noqa: N802
        """Whether somebody is known."""
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take an e-mail, or not."""
        if self.data.startswith("250"):
            content = envelope.original_content or b""
            self.letters.append(message_from_bytes(content, policy=policy.default))
        if self.hangs_up and server.transport:
            server.transport.close()
        return self.data

    @property
    def subjects(self) -> list[str]:
        """What the e-mails were about."""
        return [str(letter["Subject"]) for letter in self.letters]


@contextmanager
def postbox() -> Iterator[Postbox]:
    """A mail server that the shop is connected to, and nothing else."""
    box = Postbox()
    with serving(box, timeout=5.0), connected(systems=[MailBorder()]):
        yield box


@contextmanager
def serving(box: Any, timeout: float) -> Iterator[None]:
    """A mail server of this behaviour, which the shop writes to and waits for so many seconds for."""
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    assert isinstance(controller.server, asyncio.Server)
    server = controller.server
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    backend = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    try:
        with override_settings(MAILERS=settings.MAILERS | {"default": backend}):
            yield
    finally:
        asyncio.run_coroutine_threadsafe(hang_up(server), controller.loop).result(timeout=5)
        controller.stop()


async def hang_up(server: asyncio.Server) -> None:
    """Nobody comes in any more, and whoever is there goes first: stopping alone would leave their lines open."""
    server.close()
    await server.wait_closed()
