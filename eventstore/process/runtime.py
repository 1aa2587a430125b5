"""The runtime of processes: an event moves the instance it belongs to, and what that owes since is kept to be sent."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from importlib import import_module
from typing import cast

from django.conf import settings
from django.db.models import QuerySet

from eventstore import bell, clock, log, rows
from eventstore.database import query
from eventstore.effects import outbox
from eventstore.encoding import encoder
from eventstore.errors import Invalid
from eventstore.messages import Event
from eventstore.models import Checkpoint, DueDeadline, Effect, OwedCommand, ProcessInstance
from eventstore.process import Fact, Instance, Process, begun, moved
from eventstore.process.history import (
    CommandRetried,
    CommandSkipped,
    CompensateProcess,
    CompensationAsked,
    Owed,
    Reacted,
)
from eventstore.process.instances import process_of, stream_of
from eventstore.process.past import again, pasts
from eventstore.process.rows import instance_of, row_of
from eventstore.process.secrecy import ask_open_states
from eventstore.process.sending import addressee
from eventstore.readers import Reader

THERE = "SELECT reader, position FROM eventstore_checkpoint WHERE starts_with(reader, %s)"
NOTICE = (
    "INSERT INTO eventstore_noticed (stream, position)"
    " SELECT stream, position FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY AS new (stream, position, place)"
    " ORDER BY place ON CONFLICT DO NOTHING RETURNING stream, position"
)
AGAIN = (
    "ON CONFLICT (stream) DO UPDATE SET shape = excluded.shape, state = excluded.state, waits = excluded.waits,"
    " stands = excluded.stands, since = excluded.since, ended = excluded.ended"
)
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

    def beginnings(self) -> list[Checkpoint]:
        """The checkpoints of all processes that have none, as all begin together in a new log.

        A process that is added begins where the others have come. What happened before was decided without it.
        """
        there: dict[str, int] = dict(query(THERE, (bell.PROCESS,)))
        position = max(there.values(), default=0)
        versions = {f"{bell.PROCESS}{each.name}": max(each.policies) for each in processes().values()}
        versions[self.name] = self.version
        return [
            Checkpoint(reader=name, version=version, position=position)
            for name, version in versions.items()
            if name not in there
        ]


def process_named(name: str) -> Process:
    """The process of this name."""
    try:
        return processes()[name]
    except KeyError:
        raise Invalid(f"There is no process {name!r}. There are: {', '.join(sorted(processes()))}.") from None


def compensation(instance: str, reason: str) -> CompensateProcess:
    """What has an instance undo what it did, if its process ever does."""
    process = processes().get(process_of(stream_of(instance)))
    return CompensateProcess(instance=instance, reason=reason, undoes=process is not None and process.undoes)


def reader(process: Process) -> Reader:
    """Who moves the instances of a process."""
    ask_open_states(process.name, process.state)
    return Mover(
        f"{bell.PROCESS}{process.name}",
        wants=process.wants,
        take=partial(move, process),
        batch=500,
        version=max(process.policies),
    )


def move(process: Process, facts: Sequence[Fact]) -> None:
    """Move the instances that these facts belong to: states, histories, what they owe and wait for, all at once."""
    keyed = [(fact, key) for fact in facts if (key := process.key(fact.event)) is not None]
    before = load(process, {key for _, key in keyed})
    instances = dict(before)
    noticed = notice(process, belonging(process, keyed, before))
    reactions: list[tuple[Fact, Reacted]] = []
    for fact, key in noticed:
        instances[key], reacted = moved(process, instances.get(key) or begun(process, key), fact)
        if reacted:
            reactions.append((fact, reacted))
    # The rows come first: who fires a deadline holds its row, and appends to the history after that.
    steer([(process.stream(key), fact) for fact, key in noticed])
    owe(reactions)
    outbox.put(reactions)
    wait(reactions)
    keep(process, [each for key, each in instances.items() if each is not before.get(key)])
    record(process, reactions)


def belonging(
    process: Process, keyed: Sequence[tuple[Fact, str]], before: Collection[str]
) -> Iterator[tuple[Fact, str]]:
    """What belongs to an instance that is there, or that begins with it."""
    there = set(before)
    for fact, key in keyed:
        if key in there or isinstance(fact.event, process.begins):
            there.add(key)
            yield fact, key


def notice(process: Process, belong: Iterable[tuple[Fact, str]]) -> Sequence[tuple[Fact, str]]:
    """What was not noticed before: whoever sets a checkpoint back has nothing decided a second time."""
    places = {(process.stream(key), cast(int, fact.position)): (fact, key) for fact, key in belong}
    if not places:
        return []
    streams, positions = zip(*places, strict=True)
    return [places[stream, position] for stream, position in query(NOTICE, (list(streams), list(positions)))]


def load(process: Process, keys: Collection[str]) -> dict[str, Instance]:
    """The instances of these keys, as far as they have begun."""
    found = rows.read(ProcessInstance, "WHERE stream = ANY(%s)", ([process.stream(key) for key in keys],))
    readable = {row.key: instance for row in found if (instance := instance_of(process, row))}
    others = [row for row in found if row.key not in readable]
    past = pasts([row.stream for row in others]) if others else {}
    return readable | {row.key: again(process, row.key, row.version, past[row.stream]) for row in others}


def steer(noticed: Sequence[tuple[str, Fact]]) -> None:
    """Do what persons have decided of commands and requests that went wrong."""
    for stream, fact in noticed:
        if not isinstance(fact.event, CommandRetried | CommandSkipped | CompensationAsked):
            continue
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
    owing = [(stream_of(reacted.instance), fact, owed) for fact, reacted in reactions for owed in reacted.owes]
    # It is due now, and not when the fact was recorded, which may be later by a clock that went back since.
    now = clock.now() if owing else None
    rows.insert(OwedCommand, [owed_row(stream, fact, owed, now) for stream, fact, owed in owing])


def owed_row(stream: str, fact: Fact, owed: Owed, due_at: datetime | None) -> OwedCommand:
    """The row of a command that was decided on a fact, and is due at this time."""
    return OwedCommand(
        command_id=owed.command_id,
        stream=stream,
        addressee=addressee(owed),
        name=owed.name,
        content=encoder.encode(owed.content),
        correlation=fact.correlation,
        causation=fact.id,
        owed_since=fact.recorded_at,
        next_try_at=due_at,
    )


def wait(reactions: Sequence[tuple[Fact, Reacted]]) -> None:
    """What is waited for from now on, and what is not any more."""
    waits: dict[tuple[str, str], DueDeadline | None] = {}
    for fact, reacted in reactions:
        stream = stream_of(reacted.instance)
        waits |= {(stream, name): None for name in reacted.stops}
        for each in reacted.waits:
            waits[stream, each.name] = DueDeadline(
                stream=stream,
                name=each.name,
                due_at=each.until,
                correlation=fact.correlation,
                causation=fact.id,
            )
    if waits:
        streams, names = zip(*waits, strict=True)
        query(FORGET, (list(streams), list(names)))
        rows.insert(DueDeadline, [row for row in waits.values() if row])


def keep(process: Process, changed: Sequence[Instance]) -> None:
    """Keep where these instances stand now."""
    rows.insert(ProcessInstance, [row_of(process, instance) for instance in changed], AGAIN)


def record(process: Process, reactions: Sequence[tuple[Fact, Reacted]]) -> None:
    """Append decisions to the histories of their instances."""
    log.record(
        [log.Caused(stream_of(reacted.instance), reacted, fact.correlation, fact.id) for fact, reacted in reactions],
        f"{bell.PROCESS}{process.name}",
    )
    bell.ring_for([reacted for _, reacted in reactions])
