"""The runtime of processes: an event moves the instance it belongs to, and what that owes since is kept to be sent."""

from collections.abc import Collection, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any, cast

from django.conf import settings

from eventstore import log
from eventstore.encoding import encoder
from eventstore.models import DueDeadline, Noticed, OwedCommand, ProcessInstance
from eventstore.process import Fact, Instance, Process, begun, moved
from eventstore.process.history import CommandRetried, CommandSkipped, CompensationAsked, Reacted
from eventstore.process.rows import instance_of, row_of
from eventstore.readers import Reader

PREFIX = "process:"


@cache
def processes() -> dict[str, Process]:
    """Every process, by its name."""
    return {each.name: each for each in import_module(settings.EVENTSTORE["SUBSCRIPTIONS"]).PROCESSES}


def reader(process: Process) -> Reader:
    """Who moves the instances of a process."""
    return Reader(f"{PREFIX}{process.name}", wants=process.wants, take=partial(move, process), batch=500)


def move(process: Process, facts: Sequence[Fact]) -> None:
    """Move the instances that these facts belong to: states, histories, owed commands and deadlines, all at once."""
    keyed = [(fact, key) for fact in facts if (key := process.key(fact.event)) is not None]
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
    keep(process, [each for key, each in instances.items() if each is not before.get(key)], noticed, reactions)


def load(process: Process, keys: Collection[str]) -> dict[str, Instance]:
    """The instances of these keys, as far as they have begun."""
    rows = ProcessInstance.objects.filter(stream__in=[process.stream(key) for key in keys])
    return {row.key: instance_of(process, row) or again(process, row.key, row.version) for row in rows}


def again(process: Process, key: str, version: int) -> Instance:
    """An instance made again of what it has noticed, by the policy that it began with. Nothing is sent."""
    instance = Instance(key, version, process.policies[version].initial)
    for fact in what_it_noticed(process, key):
        instance, _ = moved(process, instance, fact)
    return instance


def what_it_noticed(process: Process, key: str) -> list[Fact]:
    """The events that an instance has taken notice of, in that order."""
    rows = Noticed.objects.filter(stream=process.stream(key)).order_by("id")
    return log.recorded(log.rows_at(list(rows.values_list("position", flat=True))))


def keep(
    process: Process,
    changed: Sequence[Instance],
    noticed: Sequence[tuple[Fact, str]],
    reactions: Sequence[tuple[Fact, Reacted]],
) -> None:
    """Keep what the instances have come to."""
    for fact, reacted in reactions:
        decided(process, fact, reacted)
    for fact, key in noticed:
        steered(process.stream(key), fact)
    Noticed.objects.bulk_create(
        [Noticed(stream=process.stream(key), position=cast(int, fact.position)) for fact, key in noticed]
    )
    ProcessInstance.objects.bulk_create(
        [row_of(process, instance) for instance in changed],
        update_conflicts=True,
        unique_fields=["stream"],
        update_fields=["state", "waits", "shape", "stands", "since", "ended"],
    )


def decided(process: Process, fact: Fact, reacted: Reacted) -> None:
    """Append a decision to the history; what it owes and what it waits for is there with it."""
    stream = f"process-{reacted.instance}"
    metadata = log.Metadata(f"{PREFIX}{process.name}", correlation=fact.correlation, causation=fact.id)
    log.append([log.New(stream, [reacted])], metadata)
    if reacted.settles:
        OwedCommand.objects.filter(command_id=reacted.settles).delete()
    traced: dict[str, Any] = {"stream": stream, "correlation": fact.correlation, "causation": fact.id}
    OwedCommand.objects.bulk_create(
        OwedCommand(
            command_id=owed.command_id,
            name=owed.name,
            content=encoder.encode(owed.content),
            owed_since=fact.recorded_at,
            next_try_at=fact.recorded_at,
            **traced,
        )
        for owed in reacted.owes
    )
    names = [*reacted.stops, *(wait.name for wait in reacted.waits)]
    DueDeadline.objects.filter(stream=stream, name__in=names).delete()
    DueDeadline.objects.bulk_create(DueDeadline(name=wait.name, due_at=wait.until, **traced) for wait in reacted.waits)


def steered(stream: str, fact: Fact) -> None:
    """Do what a person has decided of commands that went wrong."""
    match fact.event:
        case CommandRetried(command_id=command_id, as_id=as_id):
            owed = OwedCommand.objects.filter(command_id=command_id).first()
            if owed:
                owed.delete()
                owed.command_id, owed.attempts, owed.next_try_at, owed.error = as_id, 0, fact.recorded_at, ""
                owed.save(force_insert=True)
        case CommandSkipped(command_id=command_id):
            OwedCommand.objects.filter(command_id=command_id).delete()
        case CompensationAsked():
            OwedCommand.objects.filter(stream=stream, next_try_at=None).delete()
        case _:
            pass
