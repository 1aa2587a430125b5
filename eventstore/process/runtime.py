"""The runtime of processes: an event moves the instance it belongs to, and what that owes since is kept to be sent."""

from collections.abc import Collection, Sequence
from functools import cache, partial
from importlib import import_module
from typing import cast

from django.conf import settings
from django.db.models import QuerySet

from eventstore import bell, clock, log
from eventstore.database import query
from eventstore.effects import outbox
from eventstore.encoding import encoder
from eventstore.errors import Invalid
from eventstore.messages import Event
from eventstore.models import DueDeadline, Effect, Noticed, OwedCommand, ProcessInstance
from eventstore.process import Fact, Instance, Process, begun, moved
from eventstore.process.history import CommandRetried, CommandSkipped, CompensationAsked, Owed, Reacted
from eventstore.process.past import again, pasts
from eventstore.process.rows import instance_of, row_of
from eventstore.process.secrecy import ask_open_states
from eventstore.process.sending import addressee
from eventstore.readers import Reader

PREFIX = "process:"
FORGET = (
    "DELETE FROM eventstore_deadline d USING unnest(%s::text[], %s::text[]) AS gone (stream, name)"
    " WHERE d.stream = gone.stream AND d.name = gone.name RETURNING d.id"
)


@cache
def processes() -> dict[str, Process]:
    """Every process, by its name."""
    return {each.name: each for each in import_module(settings.EVENTSTORE["SUBSCRIPTIONS"]).PROCESSES}


class Mover(Reader):
    """Who moves the instances of a process, in code that has its newest version. Older code leaves them alone."""

    takes_over = True


def process_named(name: str) -> Process:
    """The process of this name."""
    try:
        return processes()[name]
    except KeyError:
        raise Invalid(f"There is no process {name!r}. There are: {', '.join(sorted(processes()))}.") from None


def reader(process: Process) -> Reader:
    """Who moves the instances of a process."""
    ask_open_states(process.name, process.state)
    return Mover(
        f"{PREFIX}{process.name}",
        wants=process.wants,
        take=partial(move, process),
        batch=500,
        version=max(process.policies),
    )


def move(process: Process, facts: Sequence[Fact]) -> None:
    """Move the instances that these facts belong to: states, histories, what they owe and wait for, all at once."""
    keyed = fresh(process, [(fact, key) for fact in facts if (key := process.key(fact.event)) is not None])
    before = load(process, {key for _, key in keyed})
    instances = dict(before)
    noticed: list[tuple[Fact, str]] = []
    reactions: list[tuple[Fact, Reacted]] = []
    for fact, key in keyed:
        if key in instances or isinstance(fact.event, process.begins):
            instances[key], reacted = moved(process, instances.get(key) or begun(process, key), fact)
            noticed.append((fact, key))
            if reacted:
                reactions.append((fact, reacted))
    # The rows come first: who fires a deadline holds its row, and appends to the history after that.
    steer([(process.stream(key), fact) for fact, key in noticed])
    owe(reactions)
    outbox.put(reactions)
    wait(reactions)
    keep(process, [each for key, each in instances.items() if each is not before.get(key)])
    Noticed.objects.bulk_create(
        [Noticed(stream=process.stream(key), position=cast(int, fact.position)) for fact, key in noticed]
    )
    record(process, reactions)


def fresh(process: Process, keyed: Sequence[tuple[Fact, str]]) -> Sequence[tuple[Fact, str]]:
    """What was not noticed before: whoever sets a checkpoint back has nothing decided a second time."""
    streams, positions = {process.stream(key) for _, key in keyed}, [cast(int, fact.position) for fact, _ in keyed]
    rows = Noticed.objects.filter(stream__in=streams, position__in=positions)
    former = set(rows.values_list("stream", "position"))
    return [(fact, key) for fact, key in keyed if (process.stream(key), fact.position) not in former]


def load(process: Process, keys: Collection[str]) -> dict[str, Instance]:
    """The instances of these keys, as far as they have begun."""
    rows = ProcessInstance.objects.filter(stream__in=[process.stream(key) for key in keys])
    readable = {row.key: instance for row in rows if (instance := instance_of(process, row))}
    others = [row for row in rows if row.key not in readable]
    past = pasts([row.stream for row in others])
    return readable | {row.key: again(process, row.key, row.version, past[row.stream]) for row in others}


def steer(noticed: Sequence[tuple[str, Fact]]) -> None:
    """Do what persons have decided of commands and requests that went wrong."""
    for stream, fact in noticed:
        for failing in (
            OwedCommand.objects.filter(stream=stream, next_try_at=None),
            Effect.objects.filter(stream=stream, next_try_at=None),
        ):
            steer_one(failing, fact.event)


def steer_one(failing: QuerySet[OwedCommand] | QuerySet[Effect], event: Event) -> None:
    """Do what a person has decided, if it is about one of these."""
    match event:
        case CommandRetried(command_id=command_id, as_id=as_id):
            failing.filter(command_id=command_id).update(
                command_id=as_id, attempts=0, next_try_at=clock.NOW, refused=False, error=""
            )
        case CommandSkipped(command_id=command_id):
            failing.filter(command_id=command_id).delete()
        case CompensationAsked():
            failing.delete()
        case _:
            pass


def owe(reactions: Sequence[tuple[Fact, Reacted]]) -> None:
    """What was decided is to be sent, in this order; and what the business refused is settled, where that is fine."""
    settled = [reacted.settles for _, reacted in reactions if reacted.settles]
    if settled:
        OwedCommand.objects.filter(command_id__in=settled).delete()
    OwedCommand.objects.bulk_create(
        owed_row(f"process-{reacted.instance}", fact, owed) for fact, reacted in reactions for owed in reacted.owes
    )


def owed_row(stream: str, fact: Fact, owed: Owed) -> OwedCommand:
    """The row of a command that was decided on a fact."""
    return OwedCommand(
        command_id=owed.command_id,
        stream=stream,
        addressee=addressee(owed),
        name=owed.name,
        content=encoder.encode(owed.content),
        correlation=fact.correlation,
        causation=fact.id,
        owed_since=fact.recorded_at,
        next_try_at=clock.NOW,  # and not when the fact was recorded, which may be later by a clock that went back since
    )


def wait(reactions: Sequence[tuple[Fact, Reacted]]) -> None:
    """What is waited for from now on, and what is not any more."""
    rows: dict[tuple[str, str], DueDeadline | None] = {}
    for fact, reacted in reactions:
        stream = f"process-{reacted.instance}"
        rows |= {(stream, name): None for name in reacted.stops}
        for each in reacted.waits:
            rows[stream, each.name] = DueDeadline(
                stream=stream,
                name=each.name,
                due_at=each.until,
                correlation=fact.correlation,
                causation=fact.id,
            )
    if rows:
        streams, names = zip(*rows, strict=True)
        query(FORGET, (list(streams), list(names)))
        DueDeadline.objects.bulk_create(row for row in rows.values() if row)


def keep(process: Process, changed: Sequence[Instance]) -> None:
    """Keep where these instances stand now."""
    ProcessInstance.objects.bulk_create(
        [row_of(process, instance) for instance in changed],
        update_conflicts=True,
        unique_fields=["stream"],
        update_fields=["state", "waits", "shape", "stands", "since", "ended"],
    )


def record(process: Process, reactions: Sequence[tuple[Fact, Reacted]]) -> None:
    """Append decisions to the histories of their instances."""
    for fact, reacted in reactions:
        metadata = log.Metadata(f"{PREFIX}{process.name}", correlation=fact.correlation, causation=fact.id)
        log.append([log.New(f"process-{reacted.instance}", [reacted])], metadata)
    bell.ring_for([reacted for _, reacted in reactions])
