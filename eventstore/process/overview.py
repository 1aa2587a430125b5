"""How processes are: what runs, what waits for a person, for a time or to be sent, and what could not be taken."""

from collections import Counter, defaultdict
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Aggregate, CharField, Count, F, Func, Manager, Min, Q, QuerySet, Value

from eventstore import bell
from eventstore.models import DueDeadline, Effect, OwedCommand, Parked, ProcessInstance
from eventstore.process.instances import PREFIX, instance_of, stream_of
from eventstore.process.runtime import processes


class Overview(NamedTuple):
    """One process: its running instances by version, what waits, and since when the oldest one is where it is."""

    process: str
    running: dict[int, int]
    waiting: int
    owed: int
    next_deadline: datetime | None
    oldest: datetime | None
    parked: int
    asked: int


class Failing(NamedTuple):
    """A command or a request that could not be sent: without a next try it waits for a person."""

    instance: str
    command_id: UUID
    name: str
    sentence: str
    attempts: int
    owed_since: datetime
    next_try_at: datetime | None


def overviews() -> list[Overview]:
    """How all processes are, in as many questions however many of them there are."""
    of_versions = ProcessInstance.objects.filter(ended=False).values_list("process", "version")
    running = of_versions.annotate(number=Count("stream"), oldest=Min("since")).order_by("process", "version")
    versions, oldest = defaultdict[str, dict[int, int]](dict), defaultdict[str, list[datetime]](list)
    for process, version, number, since in running:
        versions[process][version] = number
        oldest[process].append(since)
    owed, asked = of_processes(OwedCommand.objects), of_processes(Effect.objects)
    for_a_person = [rows.filter(next_try_at=None).values_list("process", "stream") for rows in (owed, asked)]
    waiting = Counter(process for process, _stream in for_a_person[0].union(*for_a_person[1:]))
    parked = of_each(Parked.objects.filter(skipped_at=None), "reader", Count("id"))
    to_send, to_ask = (of_each(rows.exclude(next_try_at=None), "process", Count("id")) for rows in (owed, asked))
    next_deadline = of_each(of_processes(DueDeadline.objects), "process", Min("due_at"))
    return [
        Overview(
            process=name,
            running=versions[name],
            waiting=waiting[name],
            owed=to_send.get(name, 0),
            next_deadline=next_deadline.get(name),
            oldest=min(oldest[name], default=None),
            parked=parked.get(f"{bell.PROCESS}{name}", 0),
            asked=to_ask.get(name, 0),
        )
        for name in sorted(processes())
    ]


def at_rest_by_version() -> defaultdict[str, dict[int, int]]:
    """How many instances of each process and version have ended, and take what still comes. It counts all of them."""
    ended = ProcessInstance.objects.filter(ended=True).values_list("process", "version")
    found = defaultdict[str, dict[int, int]](dict)
    for process, version, number in ended.annotate(number=Count("stream")).order_by("process", "version"):
        found[process][version] = number
    return found


def of_processes(rows: Manager[Any]) -> QuerySet[Any, Any]:
    """Rows of process instances, each with the name of its process, which stands in that of its stream."""
    name = Func(F("stream"), Value(len(PREFIX) + 1), function="substr", output_field=CharField())
    return rows.annotate(process=Func(name, Value(":"), Value(1), function="split_part", output_field=CharField()))


def of_each(rows: QuerySet[Any, Any], by: str, what: Aggregate) -> dict[str, Any]:
    """What there is of each."""
    return dict(rows.values_list(by).annotate(found=what).order_by(by))


def failing(instance: str | None = None) -> list[Failing]:
    """The commands and requests that went wrong so far, of all instances or of one, the longest owed first."""
    mine = Q() if instance is None else Q(stream=stream_of(instance))
    commands = OwedCommand.objects.filter(mine, attempts__gt=0).order_by("owed_since", "id")
    requests = Effect.objects.filter(mine).exclude(error="").order_by("owed_since", "id")
    rows: list[OwedCommand | Effect] = [*commands, *requests]
    return [
        Failing(
            instance=instance_of(row.stream),
            command_id=row.command_id,
            name=row.name,
            sentence=row.error,
            attempts=row.attempts,
            owed_since=row.owed_since,
            next_try_at=row.next_try_at,
        )
        for row in sorted(rows, key=attrgetter("owed_since"))
    ]
