"""What Celery runs for partners: now and then it looks who is to be told something, and tells each by itself."""

import time

from celery import shared_task

from accounts.models import PartnerSubscription
from eventstore.models import Checkpoint, Delivery
from orders.systems.partners import delivery
from projections import partner_events

SHARE = 5.0  # seconds, after which others have their turn


@shared_task(name="orders.systems.partners.tasks.look")
def look() -> None:
    """Have every subscription told that something waits for. A second message for the same one does no harm."""
    until = partner_events.settled_until()
    there = dict(Checkpoint.objects.values_list("reader", "position"))
    waiting = set(Delivery.objects.filter(next_try_at__isnull=False).values_list("subscription", flat=True).distinct())
    for subscription in delivery.active():
        if there.get(subscription.name, 0) < until or subscription.name in waiting:
            deliver.apply_async((str(subscription.id),), retry=False, expires=10)


@shared_task(name="orders.systems.partners.tasks.deliver")
def deliver(subscription_id: str) -> None:
    """Give a subscription what is due, for a while."""
    found = PartnerSubscription.objects.select_related("partner").filter(
        id=subscription_id, stopped=False, partner__is_active=True
    )
    for subscription in found:
        delivery.deliver(subscription, time.monotonic() + SHARE)
