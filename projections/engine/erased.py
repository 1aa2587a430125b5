"""Erased: tables that may still tell of a person whose key was destroyed give way to ones made without it."""

from collections.abc import Sequence

from django.db import transaction

from eventstore import personal
from eventstore.models import Checkpoint, Parked
from eventstore.readers import Reader
from eventstore.streams import stored_as
from projections.engine import AnyProjection, projections, room
from projections.engine.rebuild import builder, forget, forget_unless_held
from projections.engine.switch import formers


def remembers(projection: AnyProjection, readers: Sequence[Reader]) -> bool:
    """Whether the table that these readers fill was begun before somebody it may tell of was erased.

    It is counted, as clocks differ, and as a key is still there for others between its destruction and the commit.
    """
    if not any(stored_as(event).personal for event in projection.wants):
        return False
    names = [reader.name for reader in readers]
    return Checkpoint.objects.filter(reader__in=names, erased__lt=personal.erased()).exists()


def forget_formers() -> None:
    """Drop the tables nobody is served from, former ones and those made to look at, that may tell of people erased."""
    for projection in projections().values():
        if remembers(projection, formers(projection)):
            forget(projection, room.FORMER)
        for place in (room.THEN, room.CHECKED):
            if remembers(projection, [builder(projection, place)]):
                forget_unless_held(projection, place)


def forget_taken_out() -> None:
    """Drop what other rooms have of read models whose live table a migration has dropped, and what was known of it.

    No code names them any more, so that otherwise they would tell of people for good.
    """
    with transaction.atomic():
        for table in room.without_live():
            fillers = f"^{table.removeprefix('projections_')}([#@].+)?$"
            Checkpoint.objects.filter(reader__regex=fillers).delete()  # first, as whoever fills one locks it first
            Parked.objects.filter(reader__regex=fillers).delete()
            room.drop_everywhere(table)
