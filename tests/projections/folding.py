"""What becomes of rows, with no database in sight."""

from collections.abc import Sequence
from typing import Any

from eventstore.log import Recorded
from eventstore.messages import Event
from projections.engine import Projection
from tests import factories


def rows_after(projection: Projection[Any, Any], *events: Event) -> dict[Any, dict[str, Any]]:
    """The rows, by their keys, that these events make of an empty table."""
    return rows_of(projection, factories.history(*events))


def rows_of(projection: Projection[Any, Any], facts: Sequence[Recorded[Any]]) -> dict[Any, dict[str, Any]]:
    """The same of events in their envelopes, of which a read model takes those that it wants."""
    wanted = [fact for fact in facts if type(fact.event) in projection.wants]
    rows = projection.fold({}, projection.about(wanted))
    return {key: row.values() for key, row in rows.items() if row is not None}


def row_after(projection: Projection[Any, Any], *events: Event) -> dict[str, Any]:
    """The only row that these events make."""
    [row] = rows_after(projection, *events).values()
    return row
