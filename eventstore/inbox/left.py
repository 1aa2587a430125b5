"""Left: notices of other systems that nothing could be made of, for a person to look at; and the ones of long ago."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now

from eventstore import bell, clock
from eventstore.errors import Invalid
from eventstore.inbox import Notice, senders
from eventstore.inbox.receiving import kept_now
from eventstore.models import Received

# For so long another system may send the same once more, by its clock and ours, which nobody moves.
KEPT = timedelta(days=30)
AT_ONCE = 10_000  # that are forgotten in one go: nobody waits for it


class Standing(NamedTuple):
    """What a system has told us that is not settled: how much, how much of it is a person's, how old the rest is."""

    system: str
    waiting: int
    for_a_person: int
    oldest_seconds: float


def left() -> QuerySet[Received]:
    """What waits for a person."""
    return Received.objects.filter(settled_at=None, next_try_at=None)


def behind(received: Received) -> int:
    """How many later notices about the same thing wait for this one."""
    later = Received.objects.filter(system=received.system, about=received.about, settled_at=None)
    return later.filter(id__gt=received.id).count()


def standings() -> list[Standing]:
    """How the inbox of every system is that writes to us."""
    counted: dict[str, Mapping[str, Any]] = {
        row["system"]: row
        for row in Received.objects.filter(settled_at=None)
        .values("system")
        .annotate(
            waiting=Count("id"),
            for_a_person=Count("id", filter=Q(next_try_at=None)),
            oldest=Min("came_at", filter=Q(next_try_at__isnull=False)),
            now=Now(),
        )
        .order_by("system")
    }
    return [standing(name, counted.get(name, {})) for name in sorted({*counted, *senders()})]


def standing(name: str, counted: Mapping[str, Any]) -> Standing:
    """How one inbox is."""
    oldest: datetime | None = counted.get("oldest")
    seconds = max((counted["now"] - oldest).total_seconds(), 0.0) if oldest else 0.0
    return Standing(name, counted.get("waiting", 0), counted.get("for_a_person", 0), seconds)


def leave(system: str, notice: Notice, why: str) -> None:
    """Leave to a person what we have found out about a system ourselves; once, as long as it stays the same."""
    with transaction.atomic():
        if kept_now(system, notice, b""):
            Received.objects.filter(system=system, notice_id=notice.id).update(next_try_at=None, outcome=why)


def agree(system: str, about: str) -> None:
    """Nobody has to look at what was left about something any more: it has come right."""
    Received.objects.filter(system=system, about=about, settled_at=None).delete()


def again(notice: int) -> None:
    """Have a notice worked on once more that was left to a person. Invalid where none was."""
    settle(notice, next_try_at=clock.NOW, attempts=0)


def set_aside(notice: int, *, by: str, because: str) -> None:
    """Leave a notice be that was left to a person, with a reason; those behind it go on. Invalid where none was."""
    if not because.strip():
        raise Invalid("Say why the notice is set aside.")
    settle(notice, settled_at=clock.NOW, set_aside_by=by, set_aside_because=because)


def settle(notice: int, **fields: Any) -> None:
    """What a person has decided about a notice that was left to them; the inbox is woken."""
    with transaction.atomic():
        found = left().select_for_update().filter(id=notice).first()
        if found is None:
            raise Invalid("This does not wait for anybody any more.")
        Received.objects.filter(id=notice).update(**fields)
        transaction.on_commit(lambda: bell.ring([f"{bell.INBOX}{found.system}"]), robust=True)


def forget() -> int:
    """Forget notices that were settled, once nobody sends them again; how many those were."""
    old = Received.objects.filter(settled_at__isnull=False, came_at__lt=Now() - KEPT).order_by("came_at")
    return Received.objects.filter(id__in=old.values("id")[:AT_ONCE]).delete()[0]
