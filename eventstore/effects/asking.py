"""Asking: other systems are asked outside any transaction, and what they answer is recorded in one, or not at all."""

import logging
import math
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from django.db import transaction

from eventstore import bell, clock, log
from eventstore.dispatch import Actor, dispatch
from eventstore.effects import NotSent, System, Unanswered, borders, outbox, request_named, system_named, systems
from eventstore.errors import CommandReused, Conflict, said_of
from eventstore.messages import Command, Refused, Request
from eventstore.models import Effect
from eventstore.patience import at_most
from eventstore.pauses import pause
from eventstore.process.history import CommandFailed, CommandRefused, RequestAnswered
from eventstore.process.instances import instance_of, process_of
from eventstore.refusals import plain
from eventstore.subscriptions import is_passing

ATTEMPTS = 18  # about an hour and a half, in which most systems come back
FIRST_PAUSE = 2.0  # seconds, doubled with each attempt
LONGEST_PAUSE = 600.0
NOT_SENT_PAUSE = 5.0  # the circuit makes it longer where nothing gets through
SECONDS = 30.0  # that recording an answer may take
RACES = 8  # how often it is recorded anew, as somebody else was faster

logger = logging.getLogger(__name__)


def ask_everybody(until: float = math.inf) -> int:
    """Ask every system for what is due; how often one was asked."""
    return sum(ask_all(name, until) for name in systems())


def ask_all(name: str, until: float = math.inf, *, company: bool = False) -> int:
    """Ask a system for all that is due, `until` a time of the monotonic clock; in `company` where there is more."""
    system, asked = system_named(name), 0
    while effect := outbox.claim(name):
        if (company or time.monotonic() >= until) and outbox.due(name).exists():
            bell.ring([f"{bell.SYSTEM}{name}"])
        ask(system, effect)
        asked += 1
        if time.monotonic() >= until:
            break
    return asked


def ask(system: System, effect: Effect) -> None:
    """Ask for what was claimed, and record what came of it."""
    request: Request | None = None
    began = time.monotonic()
    try:
        request = msgspec.json.decode(bytes(effect.content), type=request_named(system, effect.name))
        commands = answer(system, request, effect)
    except NotSent as error:
        borders.failed(system.name, time.monotonic() - began, str(error))
        not_sent(effect, error)
    except Unanswered as error:
        borders.failed(system.name, time.monotonic() - began, str(error))
        told = system.unknown(request) if request else ()
        failed(system, effect, said_of(error), next_try(effect.attempts), told)
    except Exception as error:
        if is_passing(error):
            raise  # the database is away: the lease runs out by itself
        logger.exception("%s could not be asked", effect)
        borders.answered(system.name, time.monotonic() - began)
        failed(system, effect, said_of(error), None)
    else:
        borders.answered(system.name, time.monotonic() - began)
        settle(system, effect, commands)


def answer(system: System, request: Request, effect: Effect) -> Sequence[Command]:
    """What a system says; where it may have been asked already, what it knows of that comes first."""
    if effect.unsure:
        known = system.find_out(request, effect.key)
        if known is not None:
            return known
        effect.unsure = False
    return system.ask(request, effect.key)


def settle(system: System, effect: Effect, commands: Sequence[Command]) -> None:
    """Record an answer: all of its commands, and that it is no longer waited for; or nothing of both."""

    def record_all() -> None:
        with transaction.atomic(durable=True), at_most(SECONDS):
            if outbox.still_ours(effect):
                record_answer(system, effect, commands)

    try:
        once_more_after_a_race(record_all)
    except Exception as error:
        if is_passing(error):
            raise
        if not isinstance(error, Conflict):
            logger.exception("The answer to %s could not be recorded", effect)
        failed(system, effect, said_of(error), next_try(effect.attempts))


def once_more_after_a_race(deed: Callable[[], None]) -> None:
    """Do it; and again a little later, where somebody else was faster. Conflict where they are each time."""
    for race in range(1, RACES):
        with suppress(Conflict):
            return deed()
        time.sleep(0.005 * race * random.random())  # noqa: S311  # jitter, no secret
    return deed()


def record_answer(system: System, effect: Effect, commands: Sequence[Command]) -> None:
    """Send the commands that are the answer; what the business refuses of them waits for a person."""
    for step, command in enumerate(commands):
        try:
            send(system, effect, command, step)
        except Refused as refused:
            name = type(command).__name__
            wait_for_a_person(effect, name, refused)
            return
    Effect.objects.filter(id=effect.id).delete()
    record(effect, RequestAnswered(instance=instance_of(effect.stream), command_id=effect.command_id, name=effect.name))
    outbox.wake({effect.system})  # for the sake of what waited behind it


def send(system: System, effect: Effect, command: Command, step: int | str) -> None:
    """Send one command of an answer, in the system's own role."""
    dispatch(
        command,
        actor=Actor(f"system:{system.name}", frozenset({system.role})),
        command_id=outbox.answer_id(effect, step),
        correlation=effect.correlation,
        causation=effect.causation,
    )


def wait_for_a_person(effect: Effect, name: str, refused: Refused) -> None:
    """The business has said no to an answer: unless the process knows what to do then, a person has to."""
    let_go(effect, next_try_at=None, refused=True, error=str(refused))
    refusal = CommandRefused(
        instance=instance_of(effect.stream),
        command_id=effect.command_id,
        name=name,
        sentence=refused.sentence,
        values=plain(refused.values),
    )
    record(effect, refusal)


def not_sent(effect: Effect, error: NotSent) -> None:
    """It has not arrived: it is asked again before long. That is no attempt, however long the system is away."""
    again = clock.now() + pause(1, NOT_SENT_PAUSE, NOT_SENT_PAUSE)
    with transaction.atomic(durable=True):
        if outbox.still_ours(effect):
            effect.attempts -= 1
            let_go(effect, next_try_at=again, unsure=effect.unsure, error=said_of(error))


def failed(
    system: System, effect: Effect, error: str, next_try_at: datetime | None, told: Sequence[Command] = ()
) -> None:
    """There was no answer that anything can be made of: it is asked about later, and in the end shown to a person."""
    failure = CommandFailed(
        instance=instance_of(effect.stream),
        command_id=effect.command_id,
        name=effect.name,
        attempt=effect.attempts,
        error=error,
        next_try_at=next_try_at,
    )

    def record_all() -> None:
        with transaction.atomic(durable=True):
            if outbox.still_ours(effect):
                let_go(effect, next_try_at=next_try_at, error=error)
                record(effect, failure)
                tell(system, effect, told)

    once_more_after_a_race(record_all)


def tell(system: System, effect: Effect, unknown: Sequence[Command]) -> None:
    """Tell the business that nobody knows what became of a request; where it was told in other words, that will do."""
    for step, command in enumerate(unknown):
        try:
            send(system, effect, command, f"unknown {step}")
        except (Refused, CommandReused) as no:
            logger.info("%s: %s", effect, no)


def let_go(effect: Effect, **changes: object) -> None:
    """Change what was claimed, and let others claim it."""
    Effect.objects.filter(id=effect.id).update(token=None, leased_until=None, attempts=effect.attempts, **changes)


def next_try(attempts: int) -> datetime | None:
    """When a system is asked again after so many attempts; None for never."""
    if attempts >= ATTEMPTS:
        return None
    return clock.now() + pause(attempts, FIRST_PAUSE, LONGEST_PAUSE)


def record(effect: Effect, event: CommandRefused | CommandFailed | RequestAnswered) -> None:
    """Append to the history of the instance that asks, and wake its process where it wants to know."""
    process = process_of(effect.stream)
    metadata = log.Metadata(f"process:{process}", effect.correlation, effect.causation)
    log.append([log.New(effect.stream, [event])], metadata)
    bell.ring_for([event])
