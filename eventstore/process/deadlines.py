"""Deadlines: what has come by the database's clock is told to the instance that waits, once, by whoever comes first."""

import math
import time
from itertools import groupby

from django.db import transaction

from eventstore import bell, log, rows
from eventstore.database import query
from eventstore.models import DueDeadline
from eventstore.process.history import DeadlineReached
from eventstore.process.instances import instance_of

TOGETHER = 100  # deadlines that are told of in one transaction
DUE = "WHERE due_at <= (SELECT eventstore_now()) ORDER BY due_at, id LIMIT %s"
COME = f"{DUE} FOR UPDATE SKIP LOCKED"
TOLD = "DELETE FROM eventstore_deadline WHERE id = ANY(%s::bigint[]) RETURNING id"


def fire(until: float = math.inf) -> int:
    """Tell of every deadline that has come, `until` a time of the monotonic clock; how many there were."""
    fired = 0
    while time.monotonic() < until and (told := fire_some()):
        fired += told
    return fired


def fire_some(most: int = TOGETHER) -> int:
    """Tell the instances of the deadlines that came first; how many there were."""
    with transaction.atomic():
        come = rows.read(DueDeadline, COME, (most,))
        if not come:
            return 0
        told = [(row, reached(row)) for row in come]
        for process, those in groupby(sorted(told, key=process_of), key=process_of):
            news = [log.Caused(row.stream, event, row.correlation, row.causation) for row, event in those]
            log.record(news, f"process:{process}")
        query(TOLD, ([row.id for row in come],))
        bell.ring_for([event for _, event in told])
    return len(come)


def reached(row: DueDeadline) -> DeadlineReached:
    """What an instance is told of a deadline that has come."""
    return DeadlineReached(instance=instance_of(row.stream), name=row.name, due_at=row.due_at)


def process_of(told: tuple[DueDeadline, DeadlineReached]) -> str:
    """The process whose instance is told."""
    return told[1].instance.partition(":")[0]


def is_due() -> bool:
    """Whether a deadline has come, whoever may be about to tell of it."""
    return bool(rows.read(DueDeadline, DUE, (1,)))
