"""Rebuilding: the rows of all instances are made again of what they noticed. Nothing is decided, sent or waited for."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction

from eventstore.process import Process
from eventstore.process.past import Kept, again, kept, portions
from eventstore.process.rows import instance_of, row_of
from eventstore.process.runtime import keep, reader
from eventstore.subscriptions import fence


class Rebuilt(NamedTuple):
    """An instance, and what its row said otherwise than its past; nothing where both agree."""

    key: str
    differed: tuple[str, ...]


def rebuild(process: Process) -> Iterator[Rebuilt]:
    """Make the rows of all instances again; the reader goes on between one portion and the next."""
    for streams in portions(process):
        with transaction.atomic():
            fence(reader(process), wait=True)
            yield from [rebuild_one(process, each) for each in kept(process, streams)]


def rebuild_one(process: Process, former: Kept) -> Rebuilt:
    """Make the row of one instance again."""
    instance = again(process, former.key, former.version, former.past)
    before = former.row and instance_of(process, former.row)
    keep(process, [instance])
    if former.row is None:
        return Rebuilt(former.key, ("missing",))
    if before is None:
        fresh = row_of(process, instance)
        same = (bytes(former.row.state), former.row.waits) == (bytes(fresh.state), fresh.waits)
        return Rebuilt(former.key, () if same else ("state",))
    fields = ("state", "since", "waits")
    return Rebuilt(former.key, tuple(each for each in fields if getattr(before, each) != getattr(instance, each)))
