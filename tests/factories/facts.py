"""Events in their envelopes, as they are read from the log."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from datetime import UTC, datetime, timedelta
from typing import Any

from factory.base import Factory
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from uuid_utils.compat import uuid7

from eventstore.log import Recorded
from eventstore.messages import Event
from eventstore.streams import categories, stored_as
from tests.factories.order import OrderPlaced

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def stream_of(event: Event) -> str:
    """The stream that an event belongs to."""
    category = next(kind for kind in categories() if type(event) in {stored.event for stored in kind.events})
    return f"{category.name}-{getattr(event, category.key)}"


class Fact(Factory[Recorded[Any]]):
    """`Fact.build(event=…)` is the event in its envelope: the first one of its stream, unless told."""

    class Meta:
        model = Recorded

    event = SubFactory(OrderPlaced)
    id = LazyFunction(uuid7)
    stream = LazyAttribute(lambda made: stream_of(made.event))
    version = 1
    name = LazyAttribute(lambda made: stored_as(type(made.event)).name)
    schema = LazyAttribute(lambda made: stored_as(type(made.event)).schema)
    position = Sequence(lambda n: n + 1)
    recorded_at = LazyAttribute(lambda made: NOON + timedelta(seconds=made.position or 0))
    correlation = SelfAttribute("command")
    causation = None
    command = LazyFunction(uuid7)
    actor = "clara"


def history(*events: Event) -> list[Recorded[Any]]:
    """These events as a log of their own has them: one after the other, each in its stream."""
    versions: dict[str, int] = {}
    facts = []
    for position, event in enumerate(events, start=1):
        stream = stream_of(event)
        versions[stream] = versions.get(stream, 0) + 1
        facts.append(Fact.build(event=event, version=versions[stream], position=position))
    return facts
