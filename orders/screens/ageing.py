"""Ageing: how much of the work that waits has waited for how long, as a picture with its figures."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HEIGHT = 24  # of the picture, in its own units
FEW = 5  # that many are seen at a glance, without a picture
# Up to how long, and how that is said; what has waited for longer than all of these comes last.
AGES: tuple[tuple[timedelta, Promise], ...] = (
    (timedelta(hours=1), _("up to an hour")),
    (timedelta(hours=4), _("up to 4 hours")),
    (timedelta(days=1), _("up to a day")),
    (timedelta(days=3), _("up to 3 days")),
    (timedelta(days=36500), _("longer")),
)


def by_age(now: datetime) -> dict[str, Count]:
    """Counts to annotate a question about work with: how much is of each age, by `age_0` and so on."""
    counts, younger = {}, timedelta(0)
    for number, (most, _name) in enumerate(AGES):
        since = Q(waiting_since__gt=now - most)
        counts[f"age_{number}"] = Count("item", filter=since & Q(waiting_since__lte=now - younger) if number else since)
        younger = most
    return counts


def ageing(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A bar for each age, of all these rows together; none where so little waits that it needs no picture."""
    counts = [sum(row[f"age_{number}"] for row in rows) for number in range(len(AGES))]
    if sum(counts) <= FEW:
        return []
    tallest = max(counts)
    return [
        {"name": name, "count": count, "height": height, "y": HEIGHT - height}
        for (_most, name), count in zip(AGES, counts, strict=True)
        for height in [round(count / tallest * HEIGHT)]
    ]
