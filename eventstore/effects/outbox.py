"""The outbox: what is to be asked of other systems, stored with what processes decided, and claimed by a lease."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from eventstore import bell, clock
from eventstore.effects import borders, systems
from eventstore.encoding import encoder
from eventstore.models import Effect
from eventstore.process import Fact
from eventstore.process.history import Asked, Reacted
from eventstore.process.instances import stream_of

LEASE = timedelta(minutes=2)  # by the database's own clock, which nobody moves
AT_ONCE = 4  # requests under way to one system: it never takes up the whole pool


def put(reactions: Sequence[tuple[Fact, Reacted]]) -> None:
    """What was decided is to be asked, in this order; and what was settled is not asked any more."""
    settled = [reacted.settles for _, reacted in reactions if reacted.settles]
    if settled:
        Effect.objects.filter(command_id__in=settled).delete()
    effects = [
        effect_of(stream_of(reacted.instance), fact, asked) for fact, reacted in reactions for asked in reacted.asks
    ]
    Effect.objects.bulk_create(effects)
    wake({each.system for each in effects})


def wake(names: set[str]) -> None:
    """Have these systems asked, as far as we are connected, once the transaction is committed."""
    rung = [f"{bell.SYSTEM}{name}" for name in sorted(names & systems().keys())]
    if rung:
        transaction.on_commit(lambda: bell.ring(rung), robust=True)


def effect_of(stream: str, fact: Fact, asked: Asked) -> Effect:
    """The row of what was decided on a fact."""
    return Effect(
        key=asked.command_id,
        command_id=asked.command_id,
        stream=stream,
        system=asked.system,
        name=asked.name,
        content=encoder.encode(asked.content),
        correlation=fact.correlation,
        causation=fact.id,
        owed_since=fact.recorded_at,
        next_try_at=clock.NOW,
    )


def due(system: str) -> QuerySet[Effect]:
    """What is to be asked of a system now, the first one first.

    What an instance asks of one system is asked in its order: what failed holds up what comes behind it, until it is
    answered or a person skips it. What the business refused has its answer, and holds up nothing.
    """
    ahead = Effect.objects.filter(
        stream=OuterRef("stream"), system=OuterRef("system"), id__lt=OuterRef("id"), refused=False
    )
    free = Q(leased_until=None) | Q(leased_until__lte=Now())
    mine = Effect.objects.filter(free, ~Exists(ahead), system=system, next_try_at__lte=clock.NOW)
    return mine.order_by("next_try_at", "id")


def is_asking() -> bool:
    """Whether somebody is about to ask for something."""
    return Effect.objects.filter(leased_until__gt=Now()).exists()


def claim(system: str) -> Effect | None:
    """What has waited longest, for us alone as long as the lease lasts; None where there is nothing to ask now.

    From the moment on at which this is committed it may have arrived at the other system. `unsure` of what is given
    back says whether it may have before.
    """
    with transaction.atomic(durable=True):
        border, now = borders.held(system), clock.now()
        under_way = Effect.objects.filter(system=system, leased_until__gt=Now()).count()
        if under_way >= AT_ONCE or not borders.passable(border, now):
            return None
        effect = due(system).select_for_update(skip_locked=True, of=("self",)).first()
        if effect is None:
            return None
        borders.probing(border, now)
        effect.token, effect.attempts = uuid7(), effect.attempts + 1
        mine = Effect.objects.filter(id=effect.id)
        mine.update(token=effect.token, leased_until=Now() + LEASE, attempts=F("attempts") + 1, unsure=True)
    return effect


def still_ours(effect: Effect) -> bool:
    """Whether what was claimed is claimed by nobody else since; it is held until the end of the transaction."""
    mine = Effect.objects.select_for_update().filter(id=effect.id, token=effect.token)
    return mine.first() is not None


def answer_id(effect: Effect, step: int | str) -> UUID:
    """The id of a command that is part of the answer."""
    return uuid5(effect.command_id, f"answer {step}")
