"""The peer: the recorder of the `eventsourcing` package as it comes, which lets in one writer at a time."""

from collections.abc import Iterator
from uuid import uuid4

from django.db import connection
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from eventstore.encoding import encoder
from tests.benchmarks.ours import LENGTH, LISTED


def recorder() -> PostgresApplicationRecorder:
    """The peer's recorder in the database that Django uses."""
    where = connection.settings_dict
    address = (where[key] for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD"))
    return PostgresApplicationRecorder(PostgresDatastore(*address, pool_size=1))


def prepare() -> None:
    """Make its table."""
    made = recorder()
    made.create_table()
    made.datastore.close()


def append_one() -> Iterator[None]:
    """One event a commit, of the same bytes and on streams as long as ours; nothing is encoded here."""
    ready = recorder()
    data = encoder.encode(LISTED)
    while True:
        stream = uuid4()
        for version in range(LENGTH):
            ready.insert_events([StoredEvent(stream, version, "ProductListed", data)])
            yield
