"""The mail server of the storm, which behaves as badly as mail servers do, and the judge of what it was given."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from accounts.models import SentEmail
from eventstore import log
from eventstore.process.history import Reacted
from orders.processes.notification import MAIL
from orders.systems.mail.sending import message_id

MOODS = ("busy", "busy at the end", "refuses", "asleep", "hangs up", "takes it and hangs up")
State = SentEmail.State


class MailServer:
    """Takes e-mails, by their names; so often as `rate` says, something goes wrong with one."""

    def __init__(self, rate: float, seed: int) -> None:
        self.rate, self.chance = rate, random.Random(seed)
        self.taken: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.down_until = 0.0

    async def handle_RCPT(self, _s: SMTP, session: Session, envelope: Envelope, address: str, _o: Any) -> str:  # noqa: N802
        """Whether somebody is known, and what is to go wrong with what they are sent."""
        if time.monotonic() < self.down_until:
            return "421 We are away"
        mood = self.chance.choice(MOODS) if self.chance.random() < self.rate else ""
        session.mood = mood  # type: ignore[attr-defined]  # until the e-mail comes
        self.counts[f"went wrong: mail {mood}"] += bool(mood)
        if mood in ("busy", "refuses"):
            return "450 Later" if mood == "busy" else "550 Nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take an e-mail, and say so, or not."""
        mood: str = session.mood  # type: ignore[attr-defined]  # as it was known to whom it goes
        if mood == "busy at the end":
            return "451 Later"
        if mood != "hangs up":
            content = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            self.taken[str(content["Message-ID"])] += 1
        if mood == "asleep":
            await asyncio.Event().wait()  # until whoever waits for an answer has hung up
        if mood and server.transport:
            server.transport.close()  # nothing that is said from now on arrives
        return "250 OK"


def faults(server: MailServer, counts: Counter[str]) -> Iterator[str]:
    """Which e-mail came twice, or never, or is not as our note says; those that a person decides about are counted."""
    counts.update(+server.counts)
    counts["e-mails"] = server.taken.total()
    yield from (f"{name} was sent {times} times" for name, times in server.taken.items() if times > 1)
    notes = {row.key: row.state for row in SentEmail.objects.all()}
    counts["e-mails that a person decides about"] = sum(state == State.UNKNOWN for state in notes.values())
    counts["e-mails refused"] = sum(state == State.REFUSED for state in notes.values())
    expected = {State.SENT: 1, State.REFUSED: 0}
    for fact in log.read_log(names=["Reacted"]):
        assert isinstance(fact.event, Reacted)
        for asked in fact.event.asks:
            if asked.system == MAIL:
                state, times = notes.get(asked.command_id), server.taken[message_id(asked.command_id)]
                if state != State.UNKNOWN and (state is None or expected.get(State(state)) != times):
                    yield f"e-mail {asked.command_id}: our note says {state}, and it was taken {times} times"
