"""Health of the read models: how far each is, how late, what it has parked, and how its rebuild gets on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from eventstore import log, steering
from eventstore.models import Checkpoint
from eventstore.steering import Standing
from projections.engine import AnyProjection, projections, room
from projections.engine.rebuild import BACKGROUND, builder, is_held

type State = Literal["running", "waiting", "left"]


class Rebuild(NamedTuple):
    """A new table on its way, filled up to `position`, begun at `since`: somebody fills it, Celery will, or nobody."""

    position: int
    since: datetime
    state: State


class Health(NamedTuple):
    """How a read model is. `behind` counts events of the log; the first that it wants has waited for `seconds`.

    `table` is the version of the code that made the live table, None before its first event; `code` that of this code.
    """

    projection: str
    position: int
    head: int
    behind: int
    seconds: float
    parked: int
    paused: bool
    table: int | None
    code: int
    rebuild: Rebuild | None


def healths() -> list[Health]:
    """How every read model is, by name."""
    head = log.number()
    standings = {standing.reader: standing for standing in steering.standings()}
    checkpoints = {checkpoint.reader: checkpoint for checkpoint in Checkpoint.objects.all()}
    return [health(projection, head, standings, checkpoints) for _, projection in sorted(projections().items())]


def health_of(name: str) -> Health:
    """How the read model of this name is."""
    return next(health for health in healths() if health.projection == name)


def health(
    projection: AnyProjection, head: int, standings: Mapping[str, Standing], checkpoints: Mapping[str, Checkpoint]
) -> Health:
    """How a read model is, which is as late as the last of its readers."""
    names = [reader.name for reader in projection.readers()]
    parts = [standings[name] for name in names]
    return Health(
        projection=projection.name,
        position=min(part.position for part in parts),
        head=head,
        behind=max(part.behind for part in parts),
        seconds=max(part.seconds for part in parts),
        parked=sum(part.parked for part in parts),
        paused=any(part.paused for part in parts),
        table=max((checkpoints[name].version for name in names if name in checkpoints), default=None),
        code=projection.version,
        rebuild=rebuild_of(checkpoints.get(builder(projection, room.NEXT).name)),
    )


def rebuild_of(checkpoint: Checkpoint | None) -> Rebuild | None:
    """What becomes of a rebuild at this moment, where one was begun."""
    if checkpoint is None:
        return None
    state: State = "waiting" if checkpoint.held_by.endswith(BACKGROUND) else "left"
    return Rebuild(checkpoint.position, checkpoint.started_at, "running" if is_held(checkpoint) else state)


def late(healths: Iterable[Health], limit: float) -> list[Health]:
    """Those for which an event has waited longer than so many seconds."""
    return [health for health in healths if health.seconds > limit]
