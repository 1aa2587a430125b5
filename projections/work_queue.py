"""Work queue: what needs doing, for each role, oldest first."""

from collections.abc import Iterable

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import WAREHOUSE
from eventstore.log import Recorded
from orders.domain.order import OrderPlaced, reference
from projections.engine import Projection, ReadModel


class Task(models.TextChoices):
    """What can need doing."""

    PREPARE_ORDER = "prepare_order", _("Prepare order")


class WorkItem(ReadModel):
    """Something that a role has to do."""

    item = models.CharField(primary_key=True, max_length=100)
    role = models.CharField(_("role"), max_length=20)
    task = models.CharField(_("task"), max_length=40, choices=Task)
    order_id = models.UUIDField(_("order"))
    reference = models.CharField(_("order number"), max_length=11)
    waiting_since = models.DateTimeField(_("waiting since"))
    lines = models.JSONField(_("lines"))

    class Meta:
        db_table = "projections_work_queue"
        verbose_name = _("work item")
        verbose_name_plural = _("work queue")
        indexes = (models.Index(fields=["role", "waiting_since", "item"], name="work_queue_role"),)

    def __str__(self) -> str:
        return f"{self.get_task_display()} {self.reference}"


type Wanted = OrderPlaced


def keys(fact: Recorded[Wanted]) -> Iterable[str]:
    """What has to be done because of the fact, or no longer has to."""
    match fact.event:
        case OrderPlaced(order_id=order_id):
            yield f"{Task.PREPARE_ORDER}:{order_id}"


def project(row: WorkItem | None, fact: Recorded[Wanted], item: str) -> WorkItem | None:
    """The item after the fact."""
    match fact.event:
        case OrderPlaced() as placed:
            return WorkItem(
                item=item,
                role=WAREHOUSE,
                task=Task.PREPARE_ORDER,
                order_id=placed.order_id,
                reference=reference(placed.order_id),
                waiting_since=fact.recorded_at,
                lines=msgspec.to_builtins(placed.lines),
            )


PROJECTION = Projection(WorkItem, wants=Wanted, keys=keys, project=project)
