"""What operators do with readers: see how far each is, pause and resume it, retry what it has parked, or skip it."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from eventstore import bell, clock, log
from eventstore.errors import Invalid
from eventstore.models import Checkpoint, Parked
from eventstore.readers import Reader, reader_named, readers
from eventstore.streams import stored_under
from eventstore.subscriptions import fence, is_ours, take_one, why


class Standing(NamedTuple):
    """How far a reader is: `behind` in events of the log, and for how long the first that it wants has waited."""

    reader: str
    position: int
    behind: int
    seconds: float
    paused: bool
    parked: int
    advanced_at: datetime | None


def standings() -> list[Standing]:
    """How far every reader is."""
    head = log.number()
    checkpoints = {checkpoint.reader: checkpoint for checkpoint in Checkpoint.objects.all()}
    parked = dict(
        Parked.objects.filter(skipped_at=None).values_list("reader").annotate(count=Count("id")).order_by("reader")
    )
    first = log.next_for_each([(each.name, each.stored_names(), each.partition) for each in readers().values()])
    return [
        standing(name, checkpoints.get(name), head, parked.get(name, 0), first.get(name)) for name in sorted(readers())
    ]


def standing(
    name: str, checkpoint: Checkpoint | None, head: int, parked: int, first: tuple[int, datetime] | None
) -> Standing:
    """How far one reader is, where the log ends at `head`, and the `first` event that it lacks was recorded then."""
    position = checkpoint.position if checkpoint else 0
    seconds = (clock.now() - first[1]).total_seconds() if first and position < head else 0.0
    return Standing(
        reader=name,
        position=position,
        behind=max(head - position, 0),
        seconds=max(seconds, 0.0),
        paused=bool(checkpoint and checkpoint.paused),
        parked=parked,
        advanced_at=checkpoint.advanced_at if checkpoint else None,
    )


def moved_by_newer_code() -> dict[str, int]:
    """Readers that take over from older code only, and that this code leaves alone; the version that has moved them."""
    versions = Checkpoint.objects.values_list("reader", "version")
    return {
        name: version
        for name, version in versions
        if (reader := readers().get(name)) and reader.takes_over and version > reader.version
    }


def meets_newer(reader: Reader) -> bool:
    """Whether among what a reader takes next is an event in a schema that only newer code knows."""
    there = Checkpoint.objects.filter(reader=reader.name).values_list("position", flat=True).first() or 0
    rows = reader.read(there, there + reader.batch, reader.stored_names(), reader.partition)
    return any(schema > stored_under(name).schema for _, _, _, name, schema, *_ in rows)


def pause(name: str) -> None:
    """The reader stays where it is until it is resumed; it finishes the batch in its hands."""
    _set_paused(name, paused=True)


def resume(name: str) -> None:
    """The reader moves on."""
    _set_paused(name, paused=False)
    bell.ring([name])


def _set_paused(name: str, *, paused: bool) -> None:
    with transaction.atomic():
        checkpoint = fence(reader_named(name), wait=True)
        if checkpoint:
            checkpoint.paused = paused
            checkpoint.save()


def retry(name: str, stream: str) -> int:
    """Let the reader take a stream's parked events again, up to the first that still fails; how many it took."""
    reader = reader_named(name)
    taken = 0
    with transaction.atomic():
        checkpoint = fence(reader, wait=True)
        if checkpoint and not is_ours(reader, checkpoint):
            raise Invalid(
                f"{name} is served by version {checkpoint.version} of the code, and this is version {reader.version}."
                " Retry it where both are the same."
            )
        for parked in waiting(name, stream):
            rows = log.rows_between(parked.position - 1, parked.position)
            error = take_one(reader, rows[0])
            if error:
                parked.error, parked.attempts = why(error), parked.attempts + 1
                parked.save()
                break
            parked.delete()
            taken += 1
    return taken


def skip(name: str, stream: str, *, by: str, because: str, at: int | None = None) -> int:
    """Leave the first parked event of a stream out of this reader for good, with a reason; its position.

    Who has looked at one says `at` which position it stands: it is skipped, or none is.
    """
    reader = reader_named(name)
    if not because.strip():
        raise Invalid("Say why the event is skipped.")
    with transaction.atomic():
        fence(reader, wait=True)
        first = next(iter(waiting(name, stream)), None)
        if first is None:
            raise Invalid(f"{name} has parked nothing of {stream}.")
        if at not in {None, first.position}:
            raise Invalid(f"{name} has parked another event of {stream} first, at position {first.position}.")
        first.skipped_at, first.skipped_by, first.skipped_because = timezone.now(), by, because
        first.save()
        return first.position


def waiting(name: str, stream: str) -> list[Parked]:
    """The events of a stream that a reader has parked, in the order in which they will be taken."""
    return list(Parked.objects.filter(reader=name, stream=stream, skipped_at=None).order_by("position"))


def all_waiting(*names: str) -> list[Parked]:
    """The events that these readers have parked, stream by stream."""
    return list(Parked.objects.filter(reader__in=names, skipped_at=None).order_by("stream", "position"))
