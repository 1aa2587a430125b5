"""Borders: how each system answers. One that fails again and again is left alone for a while, then tried by one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, Min, Q
from django.db.models.functions import Now

from eventstore import clock
from eventstore.effects import systems
from eventstore.errors import keepable
from eventstore.models import Border, Effect, ReceivedCount
from eventstore.pauses import pause

FAILURES = 5  # in a row, after which a system is left alone
FIRST_PAUSE = 2.0  # seconds, doubled with each failure from then on
LONGEST_PAUSE = 60.0
PROBE = timedelta(minutes=2)  # for which whoever tries a system again tries it alone
RECENT = 0.2  # the share of the latest request in the latency that is shown


class Standing(NamedTuple):
    """How the border to a system is: its circuit, what was asked so far, how fast it answers, and what waits."""

    system: str
    connected: bool
    circuit: str
    open_until: datetime | None
    requests: int
    errors: int
    seconds: float
    latency: float
    waiting: int
    in_flight: int
    for_a_person: int
    oldest: datetime | None
    oldest_seconds: float
    answered_at: datetime | None
    failed_at: datetime | None
    error: str


def held(system: str) -> Border:
    """The border to a system, for us alone until the end of the transaction."""
    Border.objects.bulk_create([Border(system=system)], ignore_conflicts=True)
    return Border.objects.select_for_update().get(system=system)


def passable(border: Border, now: datetime) -> bool:
    """Whether something may be asked across a border that we hold."""
    return border.open_until is None or border.open_until <= now


def probing(border: Border, now: datetime) -> None:
    """We try a system again that was left alone, and nobody else does until we know."""
    if border.open_until is not None:
        border.open_until = now + PROBE
        border.save(update_fields=["open_until"])


def answered(system: str, seconds: float) -> None:
    """A system has answered, whatever it said."""
    Border.objects.filter(system=system).update(**_counted(seconds), failures=0, open_until=None, answered_at=clock.NOW)


def failed(system: str, seconds: float, error: str) -> None:
    """A system could not be reached, or left us without an answer."""
    border = Border.objects.filter(system=system)
    border.update(
        **_counted(seconds),
        errors=F("errors") + 1,
        failures=F("failures") + 1,
        failed_at=clock.NOW,
        error=keepable(error),
    )
    failures = border.values_list("failures", flat=True).first() or 0
    if failures >= FAILURES:
        border.update(open_until=clock.now() + pause(failures - FAILURES + 1, FIRST_PAUSE, LONGEST_PAUSE))


def _counted(seconds: float) -> dict[str, object]:
    return {
        "requests": F("requests") + 1,
        "seconds": F("seconds") + seconds,
        "latency": F("latency") * (1 - RECENT) + seconds * RECENT,
    }


def standings() -> list[Standing]:
    """How the borders to all systems are, those included that something waits for and that are not connected."""
    borders = {border.system: border for border in Border.objects.all()}
    waiting: dict[str, Mapping[str, Any]] = {
        row["system"]: row
        for row in Effect.objects.values("system")
        .annotate(
            waiting=Count("id"),
            in_flight=Count("id", filter=Q(leased_until__gt=Now())),
            for_a_person=Count("id", filter=Q(next_try_at=None)),
            oldest=Min("owed_since", filter=Q(next_try_at__isnull=False)),
        )
        .order_by("system")
    }
    names = sorted({*borders, *waiting, *systems()})
    now = clock.now()
    return [standing(borders.get(name) or Border(system=name), waiting.get(name, {}), now) for name in names]


def standing(border: Border, waiting: Mapping[str, Any], now: datetime) -> Standing:
    """How one border is."""
    oldest: datetime | None = waiting.get("oldest")
    return Standing(
        system=border.system,
        connected=border.system in systems(),
        circuit="closed" if border.open_until is None else "half open" if border.open_until <= now else "open",
        open_until=border.open_until,
        requests=border.requests,
        errors=border.errors,
        seconds=border.seconds,
        latency=border.latency,
        waiting=waiting.get("waiting", 0),
        in_flight=waiting.get("in_flight", 0),
        for_a_person=waiting.get("for_a_person", 0),
        oldest=oldest,
        oldest_seconds=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0,
        answered_at=border.answered_at,
        failed_at=border.failed_at,
        error=border.error,
    )


def letters() -> dict[str, dict[str, int]]:
    """How many letters of each system had which outcome."""
    found: dict[str, dict[str, int]] = {}
    for each in ReceivedCount.objects.order_by("system", "outcome"):
        found.setdefault(each.system, {})[each.outcome] = each.letters
    return found
