"""Figures of partners, for operators: what their systems ask, and what they have not taken yet."""

from collections.abc import Iterator

from django.db.models import Sum

from accounts.models import PartnerSubscription, PartnerToken
from eventstore import clock, deliveries

ASKED = (
    ("requests", "Requests of the partner's systems."),
    ("errors", "Those of them that could not be done."),
    ("seconds", "How long all of them took."),
)
TOLD = (
    ("waiting", "Events that are on their way to the subscription."),
    ("parked", "Those of them that are not tried any more, until the partner asks for them."),
    ("oldest_seconds", "For how long the oldest one has waited."),
)


def lines() -> Iterator[str]:
    """The text format of Prometheus. How fast a subscription answers stands with the figures of all other systems."""
    asked = {
        name: PartnerToken.objects.values_list("partner_id").annotate(sum=Sum(name)).order_by("partner_id")
        for name, _ in ASKED
    }
    for name, about in ASKED:
        yield f"# HELP partner_{name}_total {about}"
        yield f"# TYPE partner_{name}_total counter"
        yield from (f'partner_{name}_total{{partner="{partner}"}} {float(sum_):.15g}' for partner, sum_ in asked[name])
    there = list(PartnerSubscription.objects.order_by("id"))
    waiting, now = deliveries.waiting([each.name for each in there]), clock.now()
    for name, about in TOLD:
        yield f"# HELP partner_{name} {about}"
        yield f"# TYPE partner_{name} gauge"
        for each in there:
            one = waiting[each.name]
            oldest = (now - one.since).total_seconds() if one.since else 0.0
            value = {"waiting": one.events, "parked": one.parked, "oldest_seconds": oldest}[name]
            yield f'partner_{name}{{partner="{each.partner_id}",subscription="{each.id}"}} {float(value):.15g}'
