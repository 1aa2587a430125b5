"""Recovering: where there is nothing but the log, processes come to where their histories say they are."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from eventstore import clock, log
from eventstore.database import query
from eventstore.effects import outbox
from eventstore.messages import Event
from eventstore.models import Checkpoint, DueDeadline, Effect, Noticed, OwedCommand
from eventstore.process import Fact, Process
from eventstore.process.history import (
    Asked,
    CommandFailed,
    CommandRefused,
    CommandRetried,
    CommandSkipped,
    CompensationAsked,
    DeadlineReached,
    Owed,
    Reacted,
    RequestAnswered,
)
from eventstore.process.past import Kept, again, kept, portions
from eventstore.process.runtime import keep, owed_row, reader
from eventstore.streams import stored_as

LAST = (
    "SELECT coalesce(max(l.position), 0) FROM eventstore_event e JOIN eventstore_log l ON l.event = e.causation"
    " WHERE e.name = 'Reacted' AND starts_with(e.stream, %s)"
)


class Debt(NamedTuple):
    """What was decided on a fact, under the id that it has now; `sentence`, where it waits for a person."""

    command_id: UUID
    owed: Owed | Asked
    fact: Fact
    sentence: str = ""
    refused: bool = False


def recover(process: Process) -> None:
    """Make all that is kept of a process of the log alone, up to the last event that it decided on. Nothing is sent.

    What came behind that event led to nothing yet: the reader goes on from there.
    """
    [(position,)] = query(LAST, (process.stream(""),))
    mover = reader(process)
    Checkpoint.objects.update_or_create(
        reader=mover.name, defaults={"position": position, "version": mover.version, "paused": False}
    )
    Noticed.objects.bulk_create(to_notice(process, position), batch_size=5000)
    for streams in portions(process):
        for each in kept(process, streams):
            recover_one(process, each)


def to_notice(process: Process, until: int) -> Iterator[Noticed]:
    """What instances have noticed up to a position: what belongs to them, from the event on with which they begin."""
    begun: set[str] = set()
    for fact in log.read_log(names=[stored_as(event).name for event in process.wants]):
        key, position = process.key(fact.event), fact.position or 0
        if position > until:
            return
        if key is not None and (key in begun or isinstance(fact.event, process.begins)):
            begun.add(key)
            yield Noticed(stream=process.stream(key), position=position)


def recover_one(process: Process, each: Kept) -> None:
    """Where an instance stands, what it owes, and what it waits for."""
    instance = again(process, each.key, each.version, each.past)
    keep(process, [instance])
    stream = process.stream(each.key)
    history = [recorded.event for recorded in log.read_stream(stream)]
    debts = owed_still(history, {fact.id: fact for fact in each.past.noticed})
    rows = [row_of(stream, debt) for debt in debts if debt.sentence or not is_done(debt)]
    OwedCommand.objects.bulk_create(row for row in rows if isinstance(row, OwedCommand))
    Effect.objects.bulk_create(row for row in rows if isinstance(row, Effect))
    told = {(event.name, event.due_at) for event in history if isinstance(event, DeadlineReached)}
    waits = {name: until for name, until in instance.waits.items() if (name, until) not in told}
    cause = each.past.noticed[-1]
    DueDeadline.objects.bulk_create(
        DueDeadline(stream=stream, name=name, due_at=until, correlation=cause.correlation, causation=cause.id)
        for name, until in waits.items()
    )


def owed_still(history: Iterable[Event], facts: Mapping[UUID, Fact]) -> list[Debt]:
    """What an instance has decided to send or to ask, but for what was answered or settled since, in its order."""
    debts: list[Debt] = []
    for event in history:
        match event:
            case Reacted():
                debts = [debt for debt in debts if debt.command_id != event.settles]
                debts += [Debt(owed.command_id, owed, facts[event.to]) for owed in event.owes]
                debts += [Debt(asked.command_id, asked, facts[event.to]) for asked in event.asks]
            case CommandSkipped() | RequestAnswered():
                debts = [debt for debt in debts if debt.command_id != event.command_id]
            case CompensationAsked():
                debts = [debt for debt in debts if not debt.sentence]
            case CommandRefused() | CommandFailed() | CommandRetried():
                debts = [told(debt, event) if debt.command_id == event.command_id else debt for debt in debts]
            case _:
                pass
    return debts


def told(debt: Debt, event: CommandRefused | CommandFailed | CommandRetried) -> Debt:
    """A command after what came of it, or what a person did about it."""
    match event:
        case CommandRefused():
            return debt._replace(sentence=event.sentence.format(**event.values), refused=True)
        case CommandFailed():
            return debt._replace(sentence=event.error if event.next_try_at is None else "")
        case CommandRetried():
            return Debt(event.as_id, debt.owed, debt.fact)


def is_done(debt: Debt) -> bool:
    """Whether a command was sent: its receipt says so. That a request was answered stands in the history.

    A refusal stands there, too. Where it does not, nobody was told of it before the log was exported: the command is
    sent again, and gets the same refusal.
    """
    receipt = log.receipt_of(debt.command_id) if isinstance(debt.owed, Owed) else None
    return receipt is not None and receipt.refusal is None


def row_of(stream: str, debt: Debt) -> OwedCommand | Effect:
    """The row of what is to be sent or asked, or waits for a person. The other system may know of it already."""
    row: OwedCommand | Effect
    if isinstance(debt.owed, Asked):
        row = outbox.effect_of(stream, debt.fact, debt.owed)
        row.unsure = True
    else:
        row = owed_row(stream, debt.fact, debt.owed, clock.now())
    row.command_id = debt.command_id
    if debt.sentence:
        row.next_try_at, row.attempts, row.error, row.refused = None, 1, debt.sentence, debt.refused
    return row
