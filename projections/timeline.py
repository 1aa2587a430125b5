"""Timeline: what happened to an order, in plain words: who did what, and when."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain.order import OrderPlaced
from projections.engine import Projection, ReadModel


class TimelineEntry(ReadModel):
    """One thing that happened. `sentence` is translated as it stands, and `values` fill it."""

    event_id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(_("order"))
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("who"), max_length=100)
    sentence = models.TextField(_("sentence"))
    values_in_it = models.JSONField(default=dict)
    version = models.IntegerField(_("version"))

    class Meta:
        db_table = "projections_timeline"
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        indexes = (models.Index(fields=["order_id", "version"], name="timeline_order"),)

    def __str__(self) -> str:
        return self.sentence.format(**self.values_in_it)


type Wanted = OrderPlaced


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """Each event is an entry of its own."""
    yield fact.id


def project(row: TimelineEntry | None, fact: Recorded[Wanted], event_id: UUID) -> TimelineEntry | None:
    """The entry of an event."""
    match fact.event:
        case OrderPlaced() as placed:
            return TimelineEntry(
                event_id=event_id,
                order_id=placed.order_id,
                at=fact.recorded_at,
                actor=fact.actor,
                sentence="The order was placed, for {total}.",
                values_in_it={"total": str(placed.total)},
                version=fact.version,
            )


PROJECTION = Projection(TimelineEntry, wants=Wanted, keys=keys, project=project)
