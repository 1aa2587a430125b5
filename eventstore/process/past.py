"""The past of instances: what each has noticed, and what it decided then. Of these it can be made again."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import NamedTuple, cast
from uuid import UUID

from eventstore import log
from eventstore.models import Noticed, ProcessInstance
from eventstore.process import Fact, Instance, Process, heeding, told
from eventstore.process.history import Reacted

PORTION = 200  # instances whose past is read at a time


class Past(NamedTuple):
    """What an instance has noticed, in that order, and what it has decided on each of these events, if anything."""

    noticed: list[Fact]
    decided: dict[UUID, Reacted]


def pasts(streams: Sequence[str]) -> dict[str, Past]:
    """The past of these instances, by the streams that are their histories."""
    found = {stream: Past([], {}) for stream in streams}
    rows = Noticed.objects.filter(stream__in=streams).order_by("id").values_list("stream", "position")
    places = list(rows)
    facts = log.recorded(log.rows_at(sorted({position for _, position in places})))
    at = {fact.position: fact for fact in facts}
    for stream, position in places:
        found[stream].noticed.append(at[position])
    for each in log.read_streams(streams, names=["Reacted"]):
        reacted = cast(Reacted, each.event)
        found[each.stream].decided[reacted.to] = reacted
    return found


def again(process: Process, key: str, version: int, past: Past) -> Instance:
    """An instance made again: its state of what it noticed, and what it waits for by what it has decided then."""
    instance = Instance(key, version, process.policy(version).initial)
    for fact in past.noticed:
        after = told(process, instance, fact)
        instance = heeding(after, past.decided.get(fact.id)) if after else instance
    return instance


class Kept(NamedTuple):
    """An instance as it is known: its row, which may be lost, its version, and its past."""

    key: str
    version: int
    row: ProcessInstance | None
    past: Past


def portions(process: Process) -> Iterator[Sequence[str]]:
    """The streams of all instances of a process, some at a time."""
    streams = set(ProcessInstance.objects.filter(process=process.name).values_list("stream", flat=True))
    streams |= set(Noticed.objects.filter(stream__startswith=process.stream("")).values_list("stream", flat=True))
    return batched(sorted(streams), PORTION)


def kept(process: Process, streams: Sequence[str]) -> Iterator[Kept]:
    """These instances as they are known. One without a row has the version under which it first decided something."""
    rows = ProcessInstance.objects.in_bulk(streams)
    for stream, past in pasts(streams).items():
        row = rows.get(stream)
        decided = min((each.version for each in past.decided.values()), default=max(process.policies))
        yield Kept(stream.removeprefix(process.stream("")), row.version if row else decided, row, past)
