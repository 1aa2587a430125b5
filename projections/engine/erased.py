"""Erased: tables that may still tell of a person whose key was destroyed give way to ones made without it."""

from collections.abc import Sequence

from django.db.models import Max

from eventstore.models import Checkpoint, PersonKey
from eventstore.readers import Reader
from eventstore.streams import stored_as
from projections.engine import projections, room
from projections.engine.rebuild import AnyProjection, forget
from projections.engine.switch import formers


def remembers(projection: AnyProjection, readers: Sequence[Reader]) -> bool:
    """Whether the table that these readers fill was begun before the key of somebody it may tell of was destroyed."""
    if not any(stored_as(event).personal for event in projection.wants):
        return False
    last = PersonKey.objects.aggregate(last=Max("destroyed_at"))["last"]
    names = [reader.name for reader in readers]
    return last is not None and Checkpoint.objects.filter(reader__in=names, started_at__lt=last).exists()


def forget_formers() -> None:
    """Drop the former tables that may still tell of somebody who was erased."""
    for projection in projections().values():
        if remembers(projection, formers(projection)):
            forget(projection, room.FORMER)
