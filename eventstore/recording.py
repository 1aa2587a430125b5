"""Recording: many events in one statement, each with a cause of its own, behind whatever their streams hold by then."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from django.db import DatabaseError, transaction
from uuid_utils.compat import uuid7

from eventstore import arrays
from eventstore.database import query
from eventstore.encoding import encode
from eventstore.messages import Event

RACES = 100  # how often it is tried, when others append to the same streams at the same moment

# By stream and not as they arrived: or two who do this at once could wait for each other.
RECORD = """
    WITH new AS (
        SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::integer[], %s::bytea[], %s::uuid[], %s::uuid[])
            WITH ORDINALITY AS new (id, stream, name, schema, data, correlation, causation, n)
    ), appended AS (
        INSERT INTO eventstore_event
            (id, stream, version, name, schema, data, recorded_at, correlation, causation, actor)
        SELECT id, stream,
            coalesce((SELECT max(e.version) FROM eventstore_event e WHERE e.stream = new.stream COLLATE "C"), 0)
                + row_number() OVER (PARTITION BY stream COLLATE "C" ORDER BY n),
            name, schema, data, clock_timestamp() + (SELECT ahead FROM eventstore_clock), correlation, causation, %s
        FROM new ORDER BY stream COLLATE "C", n
    )
    INSERT INTO eventstore_unnumbered (events) VALUES (%s::uuid[]) RETURNING arrival
"""


class Caused(msgspec.Struct, frozen=True):
    """An event to append to a stream, and what led to it."""

    stream: str
    event: Event
    correlation: UUID
    causation: UUID | None


def record(news: Sequence[Caused], actor: str) -> None:
    """Append these events, which stand in the log in this order, all or nothing. No version is expected of a stream."""
    if not news:
        return
    identified = [(uuid7(), new.event) for new in news]
    encoded = encode(identified)
    ids = arrays.uuids([event_id for event_id, _ in identified])
    parameters = (
        ids,
        arrays.texts([new.stream for new in news]),
        arrays.texts([name for name, _, _ in encoded]),
        arrays.integers([schema for _, schema, _ in encoded]),
        arrays.blobs([data for _, _, data in encoded]),
        arrays.uuids([new.correlation for new in news]),
        [new.causation for new in news],
        actor,
        ids,
    )
    for race in range(1, RACES + 1):
        try:
            with transaction.atomic():
                query(RECORD, parameters)
        except DatabaseError as error:
            if race == RACES or not lost_race(error):
                raise
        else:
            return


def lost_race(error: DatabaseError) -> bool:
    """Whether somebody else appended to one of the streams at the same moment."""
    diag = getattr(error.__cause__, "diag", None)
    return getattr(diag, "constraint_name", None) == "eventstore_event_stream_version"
