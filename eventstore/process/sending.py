"""What processes owe is sent: each command once, by whoever comes first; and what cannot be sent is tried again."""

import logging
import math
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

import msgspec
from django.db import transaction

from eventstore import bell, clock, log, rows
from eventstore.appending import unguarded
from eventstore.database import query
from eventstore.dispatch import Actor, dispatch
from eventstore.errors import Conflict, said_of
from eventstore.messages import Command, Refused
from eventstore.models import OwedCommand
from eventstore.patience import at_most
from eventstore.pauses import pause
from eventstore.process.history import CommandFailed, CommandRefused, Owed
from eventstore.process.instances import instance_of, process_of
from eventstore.refusals import plain
from eventstore.streams import category_of, command_named

ATTEMPTS = 8
FIRST_PAUSE = 2.0  # seconds, doubled with each attempt
LONGEST_PAUSE = 60.0
SECONDS = 30.0  # that sending one command may take
TOGETHER = 50  # commands that are sent in one transaction
SHARE = 1.0  # seconds, after which it ends, so that nobody waits for long who sends to the same addressees
RACES = 8  # how often a command is decided anew within an attempt, as somebody else was faster
PROCESS = frozenset({"process"})

# What an instance says to one and the same addressee is said in its order: what failed holds up what comes behind it,
# until it is sent or a person skips it. What was refused has its answer, and holds up nothing.
AHEAD = (
    "SELECT FROM eventstore_owed_command ahead WHERE ahead.stream = eventstore_owed_command.stream"
    " AND ahead.addressee = eventstore_owed_command.addressee AND ahead.id < eventstore_owed_command.id"
    " AND NOT ahead.refused"
)
DUE = f"WHERE next_try_at <= (SELECT eventstore_now()) AND NOT EXISTS ({AHEAD}) ORDER BY next_try_at, id LIMIT %s"
CLAIM = f"{DUE} FOR UPDATE OF eventstore_owed_command SKIP LOCKED"
SENT = "DELETE FROM eventstore_owed_command WHERE id = ANY(%s::bigint[]) RETURNING id"

logger = logging.getLogger(__name__)


def send_owed(until: float = math.inf) -> int:
    """Send all that is owed and due, `until` a time of the monotonic clock; how many commands were tried."""
    sent = 0
    while time.monotonic() < until and (tried := send_some()):
        sent += tried
    return sent


def send_some(most: int = TOGETHER) -> int:
    """Send some of the commands that are due; how many were tried. Each is sent and no longer owed, or neither of both.

    All of them are sent in one transaction; where that fails, in another one in which each is by itself.
    """
    with bell.together():
        try:
            with unguarded():
                return _transaction(most, at_most(SECONDS), send)
        except Exception:
            logger.info("Some commands could not be sent together; each is sent by itself.", exc_info=True)
            return _transaction(most, nullcontext(), tried)


def _transaction(
    most: int, limit: AbstractContextManager[None], attempt: Callable[[OwedCommand], Refused | Exception | None]
) -> int:
    """Claim, send, and note what came of it.

    By their addressees, as each is held from its first command to the end: or two who send could wait for each other.
    What is said of those that were not sent goes to histories, after all that goes elsewhere, and for the same reason.
    """
    with transaction.atomic():
        held = sorted(claimed(most), key=lambda each: (each.addressee, each.id))
        if not held:
            return 0
        end = time.monotonic() + SHARE
        sent: list[int] = []
        unsent: list[tuple[OwedCommand, Refused | Exception]] = []
        with limit:
            for owed in held:
                fault = attempt(owed)
                if fault is None:
                    sent.append(owed.id)
                else:
                    unsent.append((owed, fault))
                if time.monotonic() > end:
                    break
        query(SENT, (sent,))
        for owed, fault in sorted(unsent, key=lambda each: each[0].stream):
            if isinstance(fault, Refused):
                wait_for_a_person(owed, fault)
            else:
                failed(owed, fault)
    return len(sent) + len(unsent)


def tried(owed: OwedCommand) -> Refused | Exception | None:
    """Send a command, or leave everything as it was; why it was not sent."""
    for race in range(1, RACES + 1):
        try:
            with transaction.atomic(), at_most(SECONDS):
                return send(owed)
        except Exception as error:
            if transaction.get_connection().needs_rollback:
                raise  # the database is away: nothing can be said of the command
            if race == RACES or not isinstance(error, Conflict):
                logger.exception("%s could not be sent", owed)
                return error
            time.sleep(0.005 * race * random.random())  # noqa: S311  # jitter, no secret
    raise AssertionError("unreachable")


def claimed(most: int) -> list[OwedCommand]:
    """The commands that have been due for longest, held for us until the end of the transaction."""
    return rows.read(OwedCommand, CLAIM, (most,))


def is_due() -> bool:
    """Whether a command is due, whoever may be about to send it."""
    return bool(rows.read(OwedCommand, DUE, (1,)))


def send(owed: OwedCommand) -> Refused | None:
    """Send a command; the business's no, where that is its answer."""
    actor = Actor(f"process:{process_of(owed.stream)}", PROCESS)
    command: Command = msgspec.json.decode(bytes(owed.content), type=command_named(owed.name))
    try:
        dispatch(
            command,
            actor=actor,
            command_id=owed.command_id,
            correlation=owed.correlation,
            causation=owed.causation,
        )
    except Refused as refused:
        return refused
    return None


def wait_for_a_person(owed: OwedCommand, refused: Refused) -> None:
    """The business has said no: unless the process knows what to do then, a person has to."""
    owed.next_try_at, owed.attempts, owed.refused, owed.error = None, owed.attempts + 1, True, str(refused)
    owed.save(update_fields=["next_try_at", "attempts", "refused", "error"])
    refusal = CommandRefused(
        instance=instance_of(owed.stream),
        command_id=owed.command_id,
        name=owed.name,
        sentence=refused.sentence,
        values=plain(refused.values),
    )
    record(owed, refusal)


def failed(owed: OwedCommand, error: Exception) -> None:
    """Something technical went wrong: the command is tried again later, and in the end shown to a person."""
    owed.attempts += 1
    owed.error = said_of(error)
    owed.next_try_at = next_try(owed.attempts)
    owed.save(update_fields=["next_try_at", "attempts", "error"])
    failure = CommandFailed(
        instance=instance_of(owed.stream),
        command_id=owed.command_id,
        name=owed.name,
        attempt=owed.attempts,
        error=owed.error,
        next_try_at=owed.next_try_at,
    )
    record(owed, failure)


def next_try(attempts: int) -> datetime | None:
    """When a command is tried again that has failed so often; None for never."""
    if attempts >= ATTEMPTS:
        return None
    return clock.now() + pause(attempts, FIRST_PAUSE, LONGEST_PAUSE)


def record(owed: OwedCommand, event: CommandRefused | CommandFailed) -> None:
    """Append to the history of the instance that owes a command, and wake its process."""
    metadata = log.Metadata(f"process:{process_of(owed.stream)}", owed.correlation, owed.causation)
    log.append([log.New(owed.stream, [event])], metadata)
    bell.ring_for([event])


def addressee(owed: Owed) -> str:
    """The stream that a command is for."""
    command = command_named(owed.name)
    return category_of(command).stream(msgspec.convert(owed.content, command))
