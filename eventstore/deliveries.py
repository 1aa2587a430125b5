"""Deliveries: events on their way to a subscription outside, in order for each subject, until they have arrived.

How far a subscription is stands in a checkpoint, as with every reader; what it has not taken yet stands in rows of its
own, which are claimed by a lease. So it is given each event at least once, whatever dies in between.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from eventstore import clock, subscriptions
from eventstore.database import Row
from eventstore.effects import borders
from eventstore.errors import keepable
from eventstore.log import Recorded
from eventstore.messages import Event
from eventstore.models import Border, Checkpoint, Delivery, Parked
from eventstore.pauses import pause
from eventstore.readers import Reader

LEASE = timedelta(minutes=1)  # by the database's own clock, which nobody moves
AT_ONCE = 4  # deliveries under way to one subscription: it never takes up the whole pool
MOST_WAITING = 1000  # rows for one subscription; the rest of what it is behind stands in its checkpoint alone
FIRST_PAUSE, LONGEST_PAUSE = 5, 6 * 3600  # seconds
PATIENCE = timedelta(days=5)  # from its first failure on, after which an event waits until it is asked for

type Find = Callable[[int, int], list[Row]]


class Waiting(NamedTuple):
    """What a subscription has not taken yet: how much, since when, and how much of it is not tried any more.

    `oldest_seconds` is for how long the oldest one has waited that still is.
    """

    events: int
    since: datetime | None
    parked: int
    error: str
    oldest_seconds: float


class Subscriber(Reader):
    """Who puts events on their way, from `begin` to `end`, and never begins by itself."""

    def beginnings(self) -> list[Checkpoint]:
        """None: what was ended meanwhile stays so."""
        return []


def reader(
    subscription: str, wants: Sequence[type[Event]], find: Find, subject: Callable[[Recorded[Any]], str]
) -> Reader:
    """Who puts the events for a subscription on their way: `find` gives the rows of the log between two positions."""

    def take(facts: Sequence[Recorded[Any]]) -> None:
        now = clock.now()
        rows = [
            Delivery(
                subscription=subscription,
                position=fact.position or 0,
                subject=subject(fact),
                since=now,
                next_try_at=now,
            )
            for fact in facts
        ]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)

    return Subscriber(subscription, wants=wants, take=take, read=lambda after, until, *_: find(after, until))


def begin(reader: Reader, after: int) -> None:
    """Give, from now on and anew, what is behind a position; what waits is forgotten, but for what is under way.

    So is what was parked, as it is read once more; it could not be parked a second time.
    """
    with transaction.atomic():
        Checkpoint.objects.bulk_create(Reader.beginnings(reader), ignore_conflicts=True)
        checkpoint = subscriptions.fence(reader, wait=True)
        assert checkpoint is not None
        free = Q(leased_until=None) | Q(leased_until__lte=Now())
        Delivery.objects.filter(free, subscription=reader.name).delete()
        Parked.objects.filter(reader=reader.name).delete()
        checkpoint.position = after
        checkpoint.save()
        # Whoever asks for it is there: it is tried at once.
        Border.objects.filter(system=reader.name).update(open_until=None, failures=0)


def end(subscription: str) -> None:
    """Nothing more is given to a subscription."""
    with transaction.atomic():
        Checkpoint.objects.filter(reader=subscription).delete()  # first: it waits for whoever fills
        Delivery.objects.filter(subscription=subscription).delete()
        Parked.objects.filter(reader=subscription).delete()
        Border.objects.filter(system=subscription).delete()


def fill(reader: Reader, until: int) -> None:
    """Put on their way what is behind the subscription's position, unless too much waits already."""
    while Delivery.objects.filter(subscription=reader.name).count() < MOST_WAITING:
        _, reached = subscriptions.step(reader, until)
        if reached is None or reached >= until:
            return


def due(subscription: str) -> QuerySet[Delivery]:
    """What is to be given to a subscription now, the first one first."""
    ahead = Delivery.objects.filter(
        subscription=subscription, subject=OuterRef("subject"), position__lt=OuterRef("position")
    )
    free = Q(leased_until=None) | Q(leased_until__lte=Now())
    mine = Delivery.objects.filter(free, ~Exists(ahead), subscription=subscription, next_try_at__lte=clock.NOW)
    return mine.order_by("position")


def claim(subscription: str) -> Delivery | None:
    """The first that is due, for us alone as long as the lease lasts; None where nothing may be given now."""
    with transaction.atomic(durable=True):
        first = due(subscription).select_for_update(skip_locked=True, of=("self",)).first()
        if first is None:
            return None  # before there is a border, as the subscription may have ended
        border, now = borders.held(subscription), clock.now()
        under_way = Delivery.objects.filter(subscription=subscription, leased_until__gt=Now()).count()
        if under_way >= AT_ONCE or not borders.passable(border, now):
            return None
        borders.probing(border, now)
        first.token, first.attempts = uuid7(), first.attempts + 1
        Delivery.objects.filter(id=first.id).update(
            token=first.token, leased_until=Now() + LEASE, attempts=first.attempts
        )
    return first


def arrived(delivery: Delivery, seconds: float) -> None:
    """It was taken."""
    borders.answered(delivery.subscription, seconds)
    Delivery.objects.filter(id=delivery.id, token=delivery.token).delete()


def failed(delivery: Delivery, seconds: float, error: str) -> None:
    """It was not taken: it is given again later, for days, and then waits until it is asked for."""
    borders.failed(delivery.subscription, seconds, error)
    now = clock.now()
    begun = delivery.failing_since or now
    again = next_try(delivery.attempts, begun, now)
    mine = Delivery.objects.filter(id=delivery.id, token=delivery.token)
    mine.update(token=None, leased_until=None, next_try_at=again, error=keepable(error), failing_since=begun)


def next_try(attempts: int, failing_since: datetime, now: datetime) -> datetime | None:
    """When it is given again; None for not by itself."""
    if now - failing_since >= PATIENCE:
        return None
    return now + pause(attempts, FIRST_PAUSE, LONGEST_PAUSE)


def waiting(those: Iterable[str]) -> dict[str, Waiting]:
    """What these subscriptions have not taken yet."""
    counted = (
        Delivery.objects.filter(subscription__in=list(those))
        .values("subscription")
        .annotate(
            count=Count("id"),
            first=Min("since"),
            parked=Count("id", filter=Q(next_try_at=None)),
            tried=Min("since", filter=Q(next_try_at__isnull=False)),
        )
        .order_by("subscription")
    )
    found = {row["subscription"]: row for row in counted}
    errors = dict(Border.objects.filter(system__in=found, failures__gt=0).values_list("system", "error"))
    nothing: dict[str, Any] = {"count": 0, "first": None, "parked": 0, "tried": None}
    now = clock.now()
    return {
        name: Waiting(row["count"], row["first"], row["parked"], errors.get(name, ""), seconds_since(row["tried"], now))
        for name in those
        for row in [found.get(name, nothing)]
    }


def seconds_since(begun: datetime | None, now: datetime) -> float:
    """For how many seconds something has waited; 0 for nothing."""
    return max((now - begun).total_seconds(), 0.0) if begun else 0.0
