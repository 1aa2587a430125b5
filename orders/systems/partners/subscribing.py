"""Subscriptions: where a partner wants to be told of which events, and from which position on."""

from typing import Annotated
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta

from accounts.models import Partner, PartnerSubscription
from eventstore import deliveries
from eventstore.errors import CommandReused
from eventstore.messages import Message
from eventstore.models import Checkpoint, PersonKey
from orders.systems.partners import delivery
from orders.systems.partners.asking import Asked, Given, Operation
from orders.systems.partners.feed import ask_for_personal_data
from orders.systems.partners.language import Moment, Position
from orders.systems.partners.network import LONGEST, Unreachable, ask_address
from orders.systems.partners.problems import Problem
from orders.systems.partners.published import TYPES
from projections import partner_events

MOST = 10


class NewSubscription(Message):
    """Where you want to be told: an https address in the world. Without types, of all; without `after`, from now on."""

    url: Annotated[str, Meta(min_length=1, max_length=LONGEST, examples=["https://tea.example/hooks/orders"])]
    types: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    personal_data: bool = False
    after: Position | None = None


class Subscription(Message):
    """How a subscription stands: up to which position events are on their way, and what you have not taken yet.

    `parked` events are not tried any more: replay, once you can take them. While it is `stopped`, as you have answered
    410, nothing is sent.
    """

    subscription_id: UUID
    url: str
    types: tuple[str, ...]
    personal_data: bool
    position: int
    waiting: int
    waiting_since: Moment | None
    parked: int
    stopped: bool
    error: str


class Subscribed(Message):
    """Your subscription, and the secret by which you know that it was us (Standard Webhooks)."""

    subscription_id: UUID
    secret: str


class Subscriptions(Message):
    """Your subscriptions, oldest first."""

    subscriptions: tuple[Subscription, ...]


class Replay(Message):
    """From which position on everything is sent once more; what waits at this moment is forgotten."""

    after: Position


class NewSecret(Message):
    """A new secret is made. For a day everything is signed with the one before it, too."""


def subscribe(asked: Asked) -> Given:
    """A partner is told of events from now on."""
    said: NewSubscription = asked.body
    if said.personal_data:
        ask_for_personal_data(asked)
    types = sorted(set(said.types)) or list(TYPES)
    if unknown := sorted(set(types) - TYPES.keys()):
        raise Problem("refused", _("There is no type %(name)s.") % {"name": unknown[0]})
    subscription_id = uuid5(asked.command_id, "subscription")
    kept = PartnerSubscription.objects.filter(pk=subscription_id).first()
    if kept is None:
        ask_reachable(said.url)
        kept = begun(asked.partner, subscription_id, said, types)
    if (kept.url, kept.types, kept.personal_data) != (said.url, types, said.personal_data):
        raise CommandReused
    return Given(with_secret(kept), 201, {"Location": f"/api/v1/subscriptions/{kept.id}/"})


def ask_reachable(url: str) -> None:
    """A problem, where nothing may be sent to an address."""
    try:
        ask_address(url)
    except Unreachable as fault:
        raise Problem("refused", str(fault)) from None


def begun(partner: Partner, key: UUID, said: NewSubscription, types: list[str]) -> PartnerSubscription:
    """A new subscription, which begins where it was asked to; that of the same key, where somebody was faster."""
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        if kept := PartnerSubscription.objects.filter(pk=key).first():
            return kept
        if partner.subscriptions.count() >= MOST:
            most = _("A partner has at most %(number)s subscriptions. Delete one first.") % {"number": MOST}
            raise Problem("refused", most)
        made = PartnerSubscription.objects.create(
            id=key, partner=partner, url=said.url, types=types, personal_data=said.personal_data
        )
        until = partner_events.settled_until()
        deliveries.begin(delivery.reader_of(made), until if said.after is None else min(said.after, until))
    return made


def with_secret(kept: PartnerSubscription) -> Subscribed:
    """A subscription and its secret, as its partner is told of them."""
    return Subscribed(subscription_id=kept.id, secret=delivery.secrets_of(kept, timezone.now())[0])


def list_subscriptions(asked: Asked) -> Given:
    """All subscriptions of a partner."""
    return Given(Subscriptions(subscriptions=shown(list(asked.partner.subscriptions.order_by("made_at", "id")))))


def show_subscription(asked: Asked) -> Given:
    """A subscription."""
    [one] = shown([theirs(asked)])
    return Given(one)


def theirs(asked: Asked, *, held: bool = False) -> PartnerSubscription:
    """The subscription that is asked about; others are as if they were not there.

    With `held` it neither changes nor ends before the transaction does.
    """
    those = asked.partner.subscriptions.filter(pk=asked.path["subscription_id"])
    kept = (those.select_for_update() if held else those).first()
    if kept is None:
        raise Problem("not_there", _("There is no such subscription of yours."))
    return kept


def shown(those: list[PartnerSubscription]) -> tuple[Subscription, ...]:
    """Subscriptions as their partner sees them."""
    names = [each.name for each in those]
    positions = dict(Checkpoint.objects.filter(reader__in=names).values_list("reader", "position"))
    waiting = deliveries.waiting(names)
    return tuple(
        Subscription(
            subscription_id=each.id,
            url=each.url,
            types=tuple(each.types),
            personal_data=each.personal_data,
            position=positions.get(each.name, 0),
            waiting=waiting[each.name].events,
            waiting_since=waiting[each.name].since,
            parked=waiting[each.name].parked,
            stopped=each.stopped,
            error=waiting[each.name].error,
        )
        for each in those
    )


def unsubscribe(asked: Asked) -> Given:
    """Nothing more is sent."""
    with transaction.atomic():
        kept = theirs(asked, held=True)
        deliveries.end(kept.name)
        PersonKey.objects.filter(person=kept.name).delete()
        kept.delete()
    return Given(b"", 204)


def replay(asked: Asked) -> Given:
    """Everything behind a position is sent once more; a subscription that was stopped goes on."""
    said: Replay = asked.body
    with transaction.atomic():
        kept = theirs(asked, held=True)
        PartnerSubscription.objects.filter(pk=kept.pk).update(stopped=False)
        deliveries.begin(delivery.reader_of(kept), min(said.after, partner_events.settled_until()))
    return show_subscription(asked)


def change_secret(asked: Asked) -> Given:
    """A new secret; asked for again under the same key, the same one."""
    with transaction.atomic():
        kept = theirs(asked, held=True)
        if kept.secret_by != asked.command_id:
            kept.secret_version += 1
            kept.secret_since, kept.secret_by = timezone.now(), asked.command_id
            kept.save()
    return Given(with_secret(kept))


def operation(**about: object) -> Operation:
    """Something that is done with subscriptions."""
    return Operation(scope="subscriptions:write", **about)  # type: ignore[arg-type]  # as they are written below


SUBSCRIBE = operation(
    name="subscribe",
    method="POST",
    summary="Be told of events by webhook, signed in the manner of Standard Webhooks.",
    body=NewSubscription,
    answers={201: Subscribed},
    do=subscribe,
)
LIST_SUBSCRIPTIONS = operation(
    name="listSubscriptions",
    method="GET",
    summary="Your subscriptions, and how each stands.",
    answers={200: Subscriptions},
    do=list_subscriptions,
)
SHOW_SUBSCRIPTION = operation(
    name="showSubscription",
    method="GET",
    summary="A subscription: how far it is, what waits, and why.",
    answers={200: Subscription},
    problems=("not_there",),
    do=show_subscription,
)
UNSUBSCRIBE = operation(
    name="unsubscribe",
    method="DELETE",
    summary="Nothing more is sent there.",
    answers={204: None},
    problems=("not_there",),
    do=unsubscribe,
)
REPLAY = operation(
    name="replay",
    method="POST",
    summary="Be sent everything behind a position once more, what was parked included, under the same ids.",
    body=Replay,
    answers={200: Subscription},
    problems=("not_there",),
    do=replay,
)
CHANGE_SECRET = operation(
    name="changeSecret",
    method="POST",
    summary="Get a new secret. For a day, both hold.",
    body=NewSecret,
    answers={200: Subscribed},
    problems=("not_there",),
    do=change_secret,
)
