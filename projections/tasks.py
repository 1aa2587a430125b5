"""What Celery runs for read models: a rebuild in the background, begun by somebody or by a new version of the code."""

import logging

from celery import shared_task
from django.db.models import Max

from eventstore.models import Checkpoint
from projections.engine import projection_named, projections, room
from projections.engine.rebuild import Busy, Cancelled, fill
from projections.engine.switch import switch

logger = logging.getLogger(__name__)


@shared_task(name="projections.tasks.rebuild")
def rebuild(name: str) -> None:
    """Build a read model anew beside the live one, and switch. Goes on where an earlier attempt was ended."""
    projection = projection_named(name)
    try:
        fill(projection, room.NEXT, lambda position, end: logger.info("%s: %d of %d", name, position, end))
    except (Busy, Cancelled) as reason:
        logger.info("%s", reason)
        return
    switch(projection)
    logger.info("%s was rebuilt.", name)


@shared_task(name="projections.tasks.renew")
def renew() -> None:
    """Rebuild what an older version of the code has left; a table that somebody went back to stays as it is."""
    for name in outdated():
        rebuild.delay(name)


def outdated() -> list[str]:
    """The read models whose table is of an older version than the code."""
    left = {
        name: Checkpoint.objects.filter(reader__in=[reader.name for reader in projection.readers()], paused=False)
        for name, projection in projections().items()
    }
    versions = {name: checkpoints.aggregate(Max("version"))["version__max"] for name, checkpoints in left.items()}
    return [name for name, version in versions.items() if version and version < projections()[name].version]
