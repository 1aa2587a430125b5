"""Origins: the events that a row was made of, for people to look at."""

from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from eventstore import log
from eventstore.showing import fields_of
from eventstore.streams import categories
from projections.engine import AnyProjection, Fact, ReadModel
from projections.engine.inspection import about


class Origin(NamedTuple):
    """An event as it is shown: what it says, without what is personal in it."""

    position: int | None
    recorded_at: datetime
    name: str
    stream: str
    version: int
    actor: str
    correlation: UUID
    said: dict[str, str]


def origins(projection: AnyProjection, row: ReadModel) -> list[Origin]:
    """The events that a row was made of, as far as what the row names leads to them: streams, events, their causes."""
    log.number()
    near = [fact for stream in streams(projection, row) for fact in log.read_stream(stream)] + named(row)
    akin = [fact for correlation in {fact.correlation for fact in near} for fact in log.correlated(correlation)]
    return shown(concerning(projection, row.pk, [*near, *akin]))


def all_origins(projection: AnyProjection, row: ReadModel) -> list[Origin]:
    """The events that a row was made of, wherever in the log they are."""
    return shown(about(projection, [row.pk], 0, log.number()))


def of_one_cause(correlation: UUID) -> list[Origin]:
    """All events that one first cause has led to."""
    log.number()
    return shown(log.correlated(correlation))


def streams(projection: AnyProjection, row: ReadModel) -> Iterator[str]:
    """The streams of wanted events whose key stands in the row."""
    values = dict.fromkeys(str(value) for value in row.values().values() if isinstance(value, UUID | str) and value)
    for category in categories():
        if any(stored.event in projection.wants for stored in category.events):
            yield from (f"{category.name}-{value}" for value in values)


def named(row: ReadModel) -> list[Fact]:
    """The events whose own ids stand in the row."""
    ids = dict.fromkeys(value for value in row.values().values() if isinstance(value, UUID))
    return [fact for each in ids if (fact := log.event_by_id(each))]


def concerning(projection: AnyProjection, key: Hashable, facts: Iterable[Fact]) -> Iterator[Fact]:
    """Those of these events, each once, that the row of a key was made of."""
    once = {fact.id: fact for fact in facts if type(fact.event) in projection.wants}
    return (fact for fact in once.values() if key in projection.keys(fact))


def shown(facts: Iterable[Fact]) -> list[Origin]:
    """These events as they are shown, in the order of the log."""
    found = [
        Origin(
            position=fact.position,
            recorded_at=fact.recorded_at,
            name=fact.name,
            stream=fact.stream,
            version=fact.version,
            actor=fact.actor,
            correlation=fact.correlation,
            said={name: as_text(value) for name, value in fields_of(fact.event, personal=False).items()},
        )
        for fact in facts
    ]
    return sorted(found, key=lambda origin: origin.position or 0)


def as_text(value: Any) -> str:
    """A value of an event: a text as it is, and JSON for everything else."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
