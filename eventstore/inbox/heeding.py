"""Heeding: what came in is worked on: what is about the same thing in its order, each notice once, whoever works."""

import logging
import math
import time
from collections.abc import Sequence
from uuid import UUID, uuid5

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from eventstore import clock
from eventstore.dispatch import Actor, dispatch
from eventstore.errors import Conflict, Invalid, said_of
from eventstore.inbox import NotYet, Sender, senders
from eventstore.messages import Message, Refused
from eventstore.models import Received
from eventstore.patience import at_most
from eventstore.pauses import pause
from eventstore.subscriptions import is_passing

ATTEMPTS = 12  # an hour and a quarter, in which what it waits for has happened, or somebody has to look
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 600.0  # seconds, doubled with each attempt
SECONDS = 30.0  # that one notice may take
NOTICES = UUID("0d0f6a0e-5a0c-4d2b-8f57-2f5f3a1f4d10")

logger = logging.getLogger(__name__)


def heed_everybody(until: float = math.inf) -> int:
    """Work on all that has come in; how many notices that were."""
    return sum(heed_all(name, until) for name in senders())


def heed_all(name: str, until: float = math.inf) -> int:
    """Work on all that a system has told us, `until` a time of the monotonic clock; unconnected, it is left waiting."""
    sender, heeded = senders().get(name), 0
    while sender and time.monotonic() < until and heed_next(sender):
        heeded += 1
    return heeded


def heed_next(sender: Sender) -> bool:
    """Work on one notice, unless there is none to be worked on now."""
    with transaction.atomic():
        received = due(sender.name).select_for_update(skip_locked=True, of=("self",)).first()
        if received is None:
            return False
        try:
            with transaction.atomic(), at_most(SECONDS):
                outcome = heed(sender, received)
        except (NotYet, Conflict) as reason:  # it came too early, or somebody else was faster: neither is a fault
            later(received, str(reason))
        except Exception as error:
            if is_passing(error):
                raise  # the database is away: nothing can be said of the notice
            logger.exception("%s could not be worked on", received)
            later(received, said_of(error))
        else:
            settle(received, outcome)
    return True


def due(system: str) -> QuerySet[Received]:
    """What can be worked on now, the oldest first. What waits holds up what came later about the same thing."""
    ahead = Received.objects.filter(
        system=OuterRef("system"), about=OuterRef("about"), id__lt=OuterRef("id"), settled_at=None
    )
    mine = Received.objects.filter(~Exists(ahead), system=system, settled_at=None, next_try_at__lte=clock.NOW)
    return mine.order_by("next_try_at", "id")


def heed(sender: Sender, received: Received) -> str:
    """Do what a notice asks for; the business's no, where that is its answer."""
    actor = Actor(f"system:{sender.name}", frozenset({sender.role}))
    said = msgspec.json.decode(bytes(received.content), type=message_named(sender.says, received.name))
    notice = uuid5(NOTICES, f"{received.system} {received.notice_id}")
    for step, command in enumerate(sender.heed(said)):
        try:
            dispatch(command, actor=actor, command_id=uuid5(notice, str(step)), correlation=notice)
        except Refused as refused:
            return f"Refused: {refused}"
    return ""


def message_named(says: Sequence[type[Message]], name: str) -> type[Message]:
    """What a system says under this name; Invalid where the code knows no such thing any more."""
    for each in says:
        if each.__name__ == name:
            return each
    raise Invalid(f"Nothing is said under the name {name} any more.")


def settle(received: Received, outcome: str) -> None:
    """It is done."""
    received.attempts, received.outcome, received.settled_at = received.attempts + 1, outcome, clock.now()
    received.save(update_fields=["attempts", "outcome", "settled_at"])


def later(received: Received, reason: str) -> None:
    """It is tried again later, and in the end left to a person."""
    received.attempts += 1
    again = clock.now() + pause(received.attempts, FIRST_PAUSE, LONGEST_PAUSE)
    received.outcome = reason
    received.next_try_at = again if received.attempts < ATTEMPTS else None
    received.save(update_fields=["attempts", "outcome", "next_try_at"])
