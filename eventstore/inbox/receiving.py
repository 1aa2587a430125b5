"""Receiving: a letter is verified, and what it says is kept once, however often it comes. All of them are counted."""

import hashlib
import hmac
from datetime import datetime

from django.db import transaction
from django.db.models import F

from eventstore import bell, clock
from eventstore.appending import is_name
from eventstore.database import query
from eventstore.encoding import checked
from eventstore.errors import Invalid
from eventstore.inbox import WINDOW, Letter, Notice, Sender, Suspicious
from eventstore.models import Received, ReceivedCount

KEEP = (
    "INSERT INTO eventstore_received"
    " (system, notice_id, about, name, content, digest, came_at, attempts, next_try_at, outcome,"
    " set_aside_by, set_aside_because)"
    " VALUES (%s, %s, %s, %s, %s, %s, now(), 0, eventstore_now(), '', '', '') ON CONFLICT DO NOTHING RETURNING id"
)


def receive(sender: Sender, letter: Letter) -> str:
    """Keep what a letter says, to be worked on; what became of it, in a word. Suspicious where it is refused."""
    try:
        outcome = taken(sender, letter)
    except Suspicious as suspicious:
        count(sender.name, suspicious.fault)
        raise
    count(sender.name, outcome)
    return outcome


def taken(sender: Sender, letter: Letter) -> str:
    """What became of a letter. Suspicious also where it is genuine, and says what nobody could keep."""
    try:
        notice = sender.read(letter)
        if notice and not (is_name(notice.id) and is_name(notice.about)):
            raise Invalid("It goes by a name that cannot be.")
        return keep(sender, notice, letter) if notice else "of no interest"
    except (Invalid, OverflowError, RecursionError):
        raise Suspicious("unreadable", "What it says cannot be kept.") from None


def keep(sender: Sender, notice: Notice, letter: Letter) -> str:
    """Keep a notice, unless it was kept before. Suspicious where it said something else then."""
    digest = hashlib.sha256(letter.body).digest()
    with transaction.atomic():
        if kept_now(sender.name, notice, digest):
            transaction.on_commit(lambda: bell.ring([f"{bell.INBOX}{sender.name}"]), robust=True)
            return "kept"
        kept = Received.objects.values_list("digest", flat=True).get(system=sender.name, notice_id=notice.id)
        if not hmac.compare_digest(bytes(kept), digest):
            raise Suspicious("altered", "It came before with other content.")
    return "kept before"


def kept_now(system: str, notice: Notice, digest: bytes) -> bool:
    """Whether a notice is new, and kept from now on."""
    said = type(notice.said).__name__, checked(notice.said)
    return bool(query(KEEP, (system, notice.id, notice.about, *said, digest)))


def count(system: str, outcome: str) -> None:
    """One more letter with this outcome."""
    ReceivedCount.objects.bulk_create([ReceivedCount(system=system, outcome=outcome)], ignore_conflicts=True)
    ReceivedCount.objects.filter(system=system, outcome=outcome).update(letters=F("letters") + 1, last_at=clock.NOW)


def ask_fresh(sent_at: datetime, letter: Letter) -> None:
    """Suspicious, unless a letter was sent just now."""
    if abs(letter.came_at - sent_at) > WINDOW:
        raise Suspicious("stale", "It was sent too long ago, or is not sent yet.")
