"""Figures of partners, for operators: what their systems ask, and what they have not taken yet."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db.models import Sum

from accounts.models import PartnerSubscription, PartnerToken
from eventstore import deliveries
from eventstore.deliveries import Waiting

ASKED = (
    ("requests", "Requests of the partner's systems."),
    ("errors", "Those of them that could not be done."),
    ("seconds", "How long all of them took."),
)
TOLD = (
    ("waiting", "Events that are on their way to the subscription."),
    ("parked", "Those of them that are not tried any more, until the partner asks for them."),
    ("oldest_seconds", "For how long the oldest one has waited that is still tried."),
)


class Standing(NamedTuple):
    """How a subscription is: whose it is, where it is told, whether it is told anything, and what it has not taken."""

    subscription: PartnerSubscription
    active: bool
    waiting: Waiting

    @property
    def host(self) -> str:
        """The host that is told; the rest of the address may be a secret of theirs."""
        return urlsplit(self.subscription.url).hostname or ""


def standings() -> list[Standing]:
    """How all subscriptions are, oldest first."""
    there = list(PartnerSubscription.objects.select_related("partner").order_by("id"))
    waiting = deliveries.waiting([each.name for each in there])
    return [Standing(each, not each.stopped and each.partner.is_active, waiting[each.name]) for each in there]


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
    there = standings()
    for name, about in TOLD:
        yield f"# HELP partner_{name} {about}"
        yield f"# TYPE partner_{name} gauge"
        for each in there:
            figures = {"waiting": each.waiting.events, "parked": each.waiting.parked}
            value = figures.get(name, each.waiting.oldest_seconds)
            whose = f'partner="{each.subscription.partner_id}",subscription="{each.subscription.id}"'
            yield f"partner_{name}{{{whose}}} {float(value):.15g}"
