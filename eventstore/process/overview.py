"""How processes are: what runs, what waits for a person, for a time or to be sent, and what could not be taken."""

from datetime import datetime
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Min, Q

from eventstore.models import DueDeadline, Effect, OwedCommand, Parked, ProcessInstance
from eventstore.process.runtime import PREFIX, processes


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
    """How all processes are."""
    return [overview(name) for name in sorted(processes())]


def overview(name: str) -> Overview:
    """How a process is."""
    mine = Q(stream__startswith=processes()[name].stream(""))
    running = ProcessInstance.objects.filter(process=name, ended=False)
    owed, asked = OwedCommand.objects.filter(mine), Effect.objects.filter(mine)
    for_a_person = [set(rows.filter(next_try_at=None).values_list("stream", flat=True)) for rows in (owed, asked)]
    oldest = running.aggregate(oldest=Min("since"))["oldest"]
    by_version = running.values_list("version").annotate(number=Count("stream")).order_by("version")
    return Overview(
        process=name,
        running=dict(by_version),
        waiting=len(set().union(*for_a_person)),
        owed=owed.exclude(next_try_at=None).count(),
        next_deadline=DueDeadline.objects.filter(mine).aggregate(first=Min("due_at"))["first"],
        oldest=oldest,
        parked=Parked.objects.filter(reader=f"{PREFIX}{name}", skipped_at=None).count(),
        asked=asked.exclude(next_try_at=None).count(),
    )


def failing(instance: str | None = None) -> list[Failing]:
    """The commands and requests that went wrong so far, of all instances or of one, the longest owed first."""
    mine = Q() if instance is None else Q(stream=f"process-{instance}")
    commands = OwedCommand.objects.filter(mine, attempts__gt=0).order_by("owed_since", "id")
    requests = Effect.objects.filter(mine).exclude(error="").order_by("owed_since", "id")
    rows: list[OwedCommand | Effect] = [*commands, *requests]
    return [
        Failing(
            instance=row.stream.removeprefix("process-"),
            command_id=row.command_id,
            name=row.name,
            sentence=row.error,
            attempts=row.attempts,
            owed_since=row.owed_since,
            next_try_at=row.next_try_at,
        )
        for row in sorted(rows, key=attrgetter("owed_since"))
    ]
