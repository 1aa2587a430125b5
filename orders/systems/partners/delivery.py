"""Delivery by webhook, in the manner of Standard Webhooks: signed, tried again for days, in order for each subject."""

import base64
import hashlib
import hmac
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone
from standardwebhooks import Webhook

from accounts.models import PartnerSubscription
from eventstore import deliveries, log, personal
from eventstore.log import Recorded
from eventstore.models import Delivery
from eventstore.readers import Reader
from orders.systems.partners.feed import OURS, positions
from orders.systems.partners.network import Unreachable, post
from orders.systems.partners.published import TYPES
from orders.systems.partners.translation import told
from projections import partner_events

STEP = 2000  # positions of the log, the reader's batch: no more of them is found at once
BOTH = timedelta(days=1)  # for which a new secret and the one before it both hold


def reader_of(subscription: PartnerSubscription) -> Reader:
    """Who puts the events for a subscription on their way."""

    def find(after: int, until: int) -> list[tuple[Any, ...]]:
        return log.rows_at(positions(subscription.partner_id, after, until, subscription.types, STEP))

    return deliveries.reader(subscription.name, [OURS[TYPES[name]] for name in subscription.types], find, subject_of)


def subject_of(fact: Recorded[Any]) -> str:
    """What an event is about."""
    return told(fact, personal=False).subject


def active() -> list[PartnerSubscription]:
    """The subscriptions that are given something."""
    return list(PartnerSubscription.objects.select_related("partner").filter(stopped=False, partner__is_active=True))


def deliver(subscription: PartnerSubscription, until: float = math.inf) -> int:
    """Give a subscription what is due, `until` a time of the monotonic clock; how many events were sent."""
    reader, sent = reader_of(subscription), 0
    deliveries.fill(reader, partner_events.settled_until())
    while delivery := deliveries.claim(subscription.name):
        send(subscription, delivery)
        sent += 1
        if time.monotonic() >= until:
            return sent
    return sent


def send(subscription: PartnerSubscription, delivery: Delivery) -> None:
    """Send what was claimed, and note what came of it. Where we die in between, it is sent again by the next one."""
    began = time.monotonic()
    try:
        body, headers = letter(subscription, delivery.position)
        status = post(subscription.url, body, headers)
    except Unreachable as error:
        deliveries.failed(delivery, time.monotonic() - began, str(error))
        return
    seconds = time.monotonic() - began
    if 200 <= status < 300:
        deliveries.arrived(delivery, seconds)
        return
    deliveries.failed(delivery, seconds, f"The answer was {status}.")
    if status == 410:  # they say by it that they want no more
        PartnerSubscription.objects.filter(pk=subscription.pk).update(stopped=True)


def letter(subscription: PartnerSubscription, position: int) -> tuple[bytes, Mapping[str, str]]:
    """An event as it is sent, translated now: what was erased meanwhile is not told."""
    [fact] = log.recorded(log.rows_at([position]))
    ours: Recorded[Any] = fact
    event = told(ours, personal=subscription.sees_personal_data)
    body = msgspec.json.encode(event)
    now = datetime.now(UTC)  # receivers compare it with theirs, so it is no clock of ours that may be moved
    signatures = (
        Webhook(secret).sign(str(event.id), now, body.decode()) for secret in secrets_of(subscription, timezone.now())
    )
    return body, {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "User-Agent": "mail-order/1",
        "webhook-id": str(event.id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def secrets_of(subscription: PartnerSubscription, now: datetime) -> list[str]:
    """What an event is signed with: the secret of now, and for a day after a change the one before it."""
    version = subscription.secret_version
    versions = [version, version - 1] if version > 1 and now < subscription.secret_since + BOTH else [version]
    [key] = personal.keys_for_writing([subscription.name]).values()
    assert key is not None
    made = (hmac.digest(key, f"webhook secret {each}".encode(), hashlib.sha256) for each in versions)
    return [f"whsec_{base64.b64encode(secret).decode()}" for secret in made]
