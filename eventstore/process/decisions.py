"""Decisions: what today's code would decide is held against what the histories record, before it is deployed."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from eventstore import bell, log
from eventstore.encoding import encoder
from eventstore.errors import Invalid
from eventstore.models import Checkpoint, Noticed, Parked, ProcessInstance
from eventstore.process import Fact, Instance, Process, heeding, reaction, told
from eventstore.process.history import Reacted
from eventstore.process.past import Kept, kept, portions
from eventstore.streams import stored_as


class Difference(NamedTuple):
    """Where an instance would decide otherwise today: on which event, what is recorded, and what it would be.

    Or, where it is `untold`, an event that it was not told of, and would be today. That is no decision.
    """

    instance: str
    event: str
    position: int
    recorded: tuple[str, ...]
    today: tuple[str, ...]
    untold: bool = False


def differences(process: Process) -> Iterator[Difference]:
    """Every decision of every instance that would be another one today, and every event that would be noticed."""
    for streams in portions(process):
        for each in kept(process, streams):
            yield from by_code(process, each)
    yield from unnoticed(process)


def by_code(process: Process, each: Kept) -> Iterator[Difference]:
    """Where an instance would decide otherwise, step by step: each follows what is recorded of the one before."""
    name = f"{process.name}:{each.key}"
    try:
        instance = Instance(each.key, each.version, process.policy(each.version).initial)
    except Invalid as fault:
        yield Difference(name, "", 0, (), (str(fault),))
        return
    for fact in each.past.noticed:
        recorded = each.past.decided.get(fact.id)
        try:
            after = told(process, instance, fact)
            fresh = reaction(process, instance, fact, after) if after else None
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what would happen today
            yield difference(name, fact, recorded, (f"fails with {type(error).__name__}: {error}",))
            return
        if as_kept(fresh) != recorded:
            yield difference(name, fact, recorded, words(fresh))
        instance = heeding(after, recorded) if after else instance


def as_kept(reacted: Reacted | None) -> Reacted | None:
    """A decision as its history gives it back, in which what the code has as a tuple is a list."""
    return msgspec.json.decode(encoder.encode(reacted), type=Reacted) if reacted else None


def difference(instance: str, fact: Fact, recorded: Reacted | None, today: tuple[str, ...]) -> Difference:
    """A decision on a fact that would be another one today."""
    return Difference(instance, fact.name, fact.position or 0, words(recorded), today)


def words(reacted: Reacted | None) -> tuple[str, ...]:
    """A decision, a line for each thing that is to be done."""
    if reacted is None:
        return ()
    return (
        *(f"send {each.name} {encoder.encode(each.content).decode()}" for each in reacted.owes),
        *(f"ask {each.system}: {each.name} {encoder.encode(each.content).decode()}" for each in reacted.asks),
        *(f"wait for {each.name} until {each.until.isoformat(timespec='seconds')}" for each in reacted.waits),
        *(f"no longer wait for {each}" for each in reacted.stops),
        *([f"accept that {reacted.settles} was refused"] if reacted.settles else []),
    )


def unnoticed(process: Process) -> Iterator[Difference]:
    """What has happened to instances that still run, is wanted by today's code, and passed them by unnoticed."""
    reader = f"{bell.PROCESS}{process.name}"
    # In this order: the reader may move between any two of these questions, and what is parked may be noticed.
    read = Checkpoint.objects.filter(reader=reader).values_list("position", flat=True).first() or 0
    parked = set(Parked.objects.filter(reader=reader).values_list("position", flat=True))
    running = ProcessInstance.objects.filter(process=process.name, ended=False)
    noticed = defaultdict[str, set[int]](set)
    for stream, position in Noticed.objects.filter(stream__in=running.values("stream")).values_list(
        "stream", "position"
    ):
        noticed[stream].add(position)
    for fact in log.read_log(names=[stored_as(event).name for event in process.heeds]):
        key, position = process.key(fact.event), fact.position or 0
        mine = noticed.get(process.stream(key)) if key is not None else None
        if mine and min(mine) < position <= read and position not in mine | parked:
            recorded, today = ("nothing, as it was not noticed",), ("it would be noticed",)
            yield Difference(f"{process.name}:{key}", fact.name, position, recorded, today, untold=True)
