"""Idle readers: those that want nothing of what is new are brought past it, all at once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from eventstore.database import query
from eventstore.readers import Reader, reader_named

# Whoever is further behind goes the way of all others.
NEAR = 2000
STANDINGS = "SELECT reader, position, version FROM eventstore_checkpoint WHERE reader = ANY(%s) AND NOT paused"
NEW = (
    "SELECT l.position, e.name FROM eventstore_log l JOIN eventstore_event e ON e.id = l.event"
    " WHERE l.position > %s AND l.position <= %s ORDER BY l.position"
)
# Who is moved by somebody else meanwhile, paused, or of another version, stays where it is.
PAST = (
    "UPDATE eventstore_checkpoint SET position = %s, advanced_at = clock_timestamp() WHERE reader IN ("
    "SELECT one.reader FROM eventstore_checkpoint one"
    " JOIN unnest(%s::text[], %s::bigint[], %s::integer[]) AS seen (reader, position, version) USING (reader)"
    " WHERE one.position = seen.position AND one.version = seen.version AND NOT one.paused"
    " FOR UPDATE OF one SKIP LOCKED) RETURNING reader"
)


class Standing(NamedTuple):
    """How far a reader is."""

    reader: Reader
    position: int


def pass_by(names: Iterable[str], head: int) -> dict[str, int]:
    """Bring those of these readers to `head` that want nothing on the way there; how many positions each moved."""
    near = [each for each in standings(names) if head - NEAR <= each.position <= head]
    new = query(NEW, (min((each.position for each in near), default=head), head))
    last = {name: position for position, name in new}
    idle = [each for each in near if not wants_more(each, last)]
    there = {each.reader.name: 0 for each in idle if each.position == head}
    behind = [each for each in idle if each.position < head]
    if behind:
        seen = zip(*[(each.reader.name, each.position, each.reader.version) for each in behind], strict=True)
        gone = {name for (name,) in query(PAST, (head, *map(list, seen)))}
        there |= {each.reader.name: head - each.position for each in behind if each.reader.name in gone}
    return there


def standings(names: Iterable[str]) -> list[Standing]:
    """How far these readers are, as far as this code moves them, and each reads all streams."""
    wanted = {name: reader_named(name) for name in names}
    rows = query(STANDINGS, (list(wanted),))
    return [
        Standing(wanted[name], position)
        for name, position, version in rows
        if wanted[name].partition is None and wanted[name].version == version
    ]


def wants_more(standing: Standing, last: Mapping[str, int]) -> bool:
    """Whether a reader wants one of the events behind its position, of which these are the last ones by their names."""
    return any(last.get(name, 0) > standing.position for name in standing.reader.stored_names())
