"""Deadlines: what has come by the database's clock is told to the instance that waits, once, by whoever comes first."""

import math
import time

from django.db import transaction
from django.db.models import QuerySet

from eventstore import bell, clock, log
from eventstore.models import DueDeadline
from eventstore.process.history import DeadlineReached


def fire(until: float = math.inf) -> int:
    """Tell of every deadline that has come, `until` a time of the monotonic clock; how many there were."""
    fired = 0
    while time.monotonic() < until and fire_next():
        fired += 1
    return fired


def fire_next() -> bool:
    """Tell the instance of the deadline that came first, unless none has come."""
    with transaction.atomic():
        row = due().select_for_update(skip_locked=True).first()
        if row is None:
            return False
        instance = row.stream.removeprefix("process-")
        reached = DeadlineReached(instance=instance, name=row.name, due_at=row.due_at)
        metadata = log.Metadata(f"process:{instance.partition(':')[0]}", row.correlation, row.causation)
        log.append([log.New(row.stream, [reached])], metadata)
        row.delete()
        bell.ring_for([reached])
    return True


def due() -> QuerySet[DueDeadline]:
    """The deadlines that have come, the first one first."""
    return DueDeadline.objects.filter(due_at__lte=clock.NOW).order_by("due_at")
