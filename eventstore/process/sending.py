"""What processes owe is sent: each command once, by whoever comes first; and what cannot be sent is tried again."""

import logging
import random
import time
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import transaction

from eventstore import bell, clock, log
from eventstore.dispatch import Actor, dispatch, plain
from eventstore.errors import Conflict
from eventstore.messages import Command, Refused
from eventstore.models import OwedCommand
from eventstore.process.history import CommandFailed, CommandRefused
from eventstore.streams import command_named
from eventstore.subscriptions import is_passing

ATTEMPTS = 8
FIRST_PAUSE = 2.0  # seconds, doubled with each attempt
LONGEST_PAUSE = 3600.0
RACES = 8  # how often a command is decided anew within an attempt, as somebody else was faster
PROCESS = frozenset({"process"})

logger = logging.getLogger(__name__)


def send_owed() -> int:
    """Send all that is owed and due; how many commands were tried."""
    sent = 0
    while send_next():
        sent += 1
    return sent


def send_next() -> bool:
    """Send one command that is due, unless there is none. It is sent and no longer owed, or neither of both."""
    command_id = None
    try:
        with transaction.atomic():
            owed = next_due()
            if owed is None:
                return False
            command_id = owed.command_id
            refused = send(owed)
            if refused is None:
                owed.delete()
            else:
                wait_for_a_person(owed, refused)
    except Exception as error:
        if command_id is None or is_passing(error):
            raise
        logger.exception("%s could not be sent", command_id)
        failed(command_id, error)
    return True


def next_due() -> OwedCommand | None:
    """The command that has been due for longest, held for us until the end of the transaction."""
    due = OwedCommand.objects.filter(next_try_at__lte=clock.NOW).order_by("next_try_at")
    return due.select_for_update(skip_locked=True).first()


def send(owed: OwedCommand) -> Refused | None:
    """Send a command; the business's no, where that is its answer."""
    actor = Actor(f"process:{process_of(owed.stream)}", PROCESS)
    command: Command = msgspec.json.decode(bytes(owed.content), type=command_named(owed.name))
    for race in range(1, RACES + 1):
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
        except Conflict:
            if race == RACES:
                raise
            time.sleep(0.005 * race * random.random())  # noqa: S311  # jitter, no secret
        else:
            return None
    raise AssertionError("unreachable")


def wait_for_a_person(owed: OwedCommand, refused: Refused) -> None:
    """The business has said no: unless the process knows what to do then, a person has to."""
    owed.next_try_at, owed.attempts, owed.error = None, owed.attempts + 1, str(refused)
    owed.save(update_fields=["next_try_at", "attempts", "error"])
    refusal = CommandRefused(
        instance=instance_of(owed),
        command_id=owed.command_id,
        name=owed.name,
        sentence=refused.sentence,
        values=plain(refused.values),
    )
    record(owed, refusal)


def failed(command_id: UUID, error: Exception) -> None:
    """Something technical went wrong: the command is tried again later, and in the end shown to a person."""
    with transaction.atomic():
        owed = OwedCommand.objects.select_for_update().filter(command_id=command_id).first()
        if owed is None:
            return
        owed.attempts += 1
        owed.error = f"{type(error).__name__}: {error}"
        owed.next_try_at = next_try(owed.attempts)
        owed.save(update_fields=["next_try_at", "attempts", "error"])
        record(
            owed,
            CommandFailed(
                instance=instance_of(owed),
                command_id=owed.command_id,
                name=owed.name,
                attempt=owed.attempts,
                error=owed.error,
                next_try_at=owed.next_try_at,
            ),
        )


def next_try(attempts: int) -> datetime | None:
    """When a command is tried again that has failed so often; None for never."""
    if attempts >= ATTEMPTS:
        return None
    pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return clock.now() + timedelta(seconds=pause * random.uniform(0.5, 1))  # noqa: S311  # jitter, no secret


def record(owed: OwedCommand, event: CommandRefused | CommandFailed) -> None:
    """Append to the history of the instance that owes a command, and wake its process."""
    metadata = log.Metadata(f"process:{process_of(owed.stream)}", owed.correlation, owed.causation)
    log.append([log.New(owed.stream, [event])], metadata)
    bell.ring_for([event])


def instance_of(owed: OwedCommand) -> str:
    """The instance that owes a command, such as prepaid:0192… of an order."""
    return owed.stream.removeprefix("process-")


def process_of(stream: str) -> str:
    """The process in the name of an instance's stream."""
    return stream.removeprefix("process-").partition(":")[0]
