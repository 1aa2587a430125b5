"""The whole log to a file and back: every event as it is stored, verified by count and hash, in constant memory.

A file is lines of JSON: what is in it, the keys of persons, the events in the log's order, the receipts of commands,
and the SHA-256 of all lines before the last one. Personal data stays sealed in it. Receipts always go along, as a
command that is sent again has to find its first answer. The keys go along, wrapped as they are, unless the file is to
hold no person: then each one reads as erased where it is imported, for good.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from itertools import batched, groupby
from typing import Any, BinaryIO

import msgspec
from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg import Cursor
from psycopg.errors import UndefinedTable

from eventstore import log, personal
from eventstore.archive import (
    FORMAT,
    Contents,
    Ending,
    EventLine,
    PersonLine,
    ReceiptLine,
    Source,
    in_a_line,
    out_of_line,
    text_of,
)
from eventstore.errors import Invalid, said_of
from eventstore.process import Process
from eventstore.process.recovering import recover
from eventstore.process.runtime import processes
from eventstore.streams import stored_under

BATCH = 1000
PATIENCE = 5  # seconds to wait for an append that is under way

type Row = tuple[Any, ...]
type Tell = Callable[[str, int, int], None]


PERSON = {
    "person": "text",
    "wrapped": "bytea",
    "wrapped_by": "text",
    "created_at": "timestamptz",
    "destroyed_at": "timestamptz",
}
EVENT = {
    "id": "uuid",
    "stream": "text",
    "version": "int4",
    "name": "text",
    "schema": "int2",
    "recorded_at": "timestamptz",
    "correlation": "uuid",
    "causation": "uuid",
    "command": "uuid",
    "actor": "text",
    "data": "bytea",
}
PLACE = {"position": "int8", "event": "uuid"}
RECEIPT = {
    "command": "uuid",
    "name": "text",
    "digest": "bytea",
    "actor": "text",
    "events": "uuid[]",
    "refusal": "jsonb",
    "recorded_at": "timestamptz",
    "stream": "text",
}
PERSONS = f'SELECT {", ".join(PERSON)} FROM eventstore_personkey ORDER BY person COLLATE "C"'
PERSONS_ERASED = (
    "SELECT person, NULL::bytea, '', created_at, coalesce(destroyed_at, now()) FROM eventstore_personkey"
    ' ORDER BY person COLLATE "C"'
)
EVENTS = (
    f"SELECT l.position, {', '.join(f'e.{column}' for column in EVENT)}"
    " FROM eventstore_log l JOIN eventstore_event e ON e.id = l.event"
    " WHERE l.position > %s AND l.position <= %s ORDER BY l.position"
)
# What came of an append that is not numbered yet stays out, as its events do. A refusal has none and goes along, though
# the history of the process that it was for may not have it yet: who recovers has that told.
RECEIPTS = (
    f"SELECT {', '.join(RECEIPT)} FROM eventstore_receipt r"
    " WHERE events = '{}' OR EXISTS (SELECT FROM eventstore_log l WHERE l.event = r.events[1]) ORDER BY command"
)
NOTHING_YET = {
    "events": "eventstore_event",
    "receipts": "eventstore_receipt",
    "keys of persons": "eventstore_personkey",
    "snapshots": "eventstore_snapshot",
    "parked events": "eventstore_parked",
    "readers that have begun": "eventstore_checkpoint WHERE position > 0",
}


def untold(_phase: str, _done: int, _of: int) -> None:
    """Tell nobody how far it is."""


def export_log(file: BinaryIO, *, with_keys: bool = True, tell: Tell = untold) -> Contents:
    """Write the log as it is now to `file`; appends and readers go on meanwhile."""
    log.number()
    with transaction.atomic(durable=True):
        _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        contents, digest = stored_contents(), sha256()
        for lines in _told("Exporting", stored_lines(contents, with_keys=with_keys), contents, tell):
            file.write(lines)
            digest.update(lines)
    file.write(text_of(Ending(digest.hexdigest())))
    return contents


def import_log(file: BinaryIO, *, tell: Tell = untold) -> Contents:
    """Make the log in `file` that of this database, which has none yet; all of it, or Invalid with the reason."""
    try:
        with transaction.atomic(durable=True):
            _claim()
            source = Source(file)
            contents = source.contents()
            _store(source, contents, tell)
            _run("ANALYZE eventstore_event, eventstore_log, eventstore_receipt")
            stored = sha256()
            for lines in _told("Verifying", stored_lines(stored_contents()), contents, tell):
                stored.update(lines)
            if stored.digest() != source.understood.digest():
                raise Invalid("What the database stored is not what the file holds.")
            for process in processes().values():
                _recover(process)
    except DatabaseError as error:
        if isinstance(error.__cause__, UndefinedTable):
            raise Invalid("Tables of the log are missing. Run manage.py migrate.") from error
        reason = str(error).strip().partition("\n")[0]
        raise Invalid(f"The database takes none of it: {reason}.") from error
    return contents


def _recover(process: Process) -> None:
    """Bring a process to where the file says that it is; Invalid where its code cannot take what the file holds."""
    try:
        recover(process)
    except (Invalid, DatabaseError):
        raise
    except Exception as error:
        raise Invalid(f"The process {process.name} cannot go on from what the file holds: {said_of(error)}") from error


def stored_contents() -> Contents:
    """What an export of this database holds."""
    counts = f"SELECT (SELECT count(*) FROM ({PERSONS}) AS p), (SELECT count(*) FROM ({RECEIPTS}) AS r)"
    [[persons, receipts]] = _run(counts)
    [[events]] = _run("SELECT coalesce(max(position), 0) FROM eventstore_log")
    return Contents(FORMAT, persons, events, receipts)


def stored_lines(contents: Contents, *, with_keys: bool = True) -> Iterator[bytes]:
    """The lines of an export of this database, but for the last."""
    yield text_of(contents)
    for row in _copy_out(PERSON, PERSONS if with_keys else PERSONS_ERASED):
        yield text_of(PersonLine(*row))
    for after in range(0, contents.events, BATCH):
        for row in _copy_out({"position": "int8"} | EVENT, EVENTS, after, after + BATCH):
            yield text_of(EventLine(*(*row[:-1], in_a_line(row[-1]))))
    for row in _copy_out(RECEIPT, RECEIPTS):
        yield text_of(ReceiptLine(*row))


def _claim() -> None:
    """See that there is no log yet, and that nobody begins one before the import is committed."""
    _run(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
    try:
        _run("LOCK TABLE eventstore_unnumbered IN EXCLUSIVE MODE")  # which every append passes through
    except OperationalError as error:
        raise Invalid("Somebody is appending to the log. Stop whatever does, then import.") from error
    there = [what for what, rows in NOTHING_YET.items() if _run(f"SELECT EXISTS (SELECT FROM {rows})")[0][0]]
    if there:
        raise Invalid(f"A log can be imported only where there is none yet. Here there are: {', '.join(there)}.")


def _store(source: Source, contents: Contents, tell: Tell) -> None:
    """Copy what is in the file into the tables."""
    found: Counter[type] = Counter()
    for kind, lines in groupby(source.lines, key=type):
        for batch in batched(lines, BATCH):
            if kind not in STORE:
                raise Invalid("The file has a second first line.")
            STORE[kind]([msgspec.structs.astuple(line) for line in batch])
            found[kind] += len(batch)
            tell("Importing", found.total(), contents.lines())
    if (found[PersonLine], found[EventLine], found[ReceiptLine]) != msgspec.structs.astuple(contents)[1:]:
        raise Invalid("The file does not hold as many persons, events and receipts as its first line says.")


def _store_persons(rows: list[Row]) -> None:
    """Store keys, once it is sure that the environment can open them."""
    for person, wrapped, wrapped_by, *_ in rows:
        if wrapped is not None:
            personal.unwrap(person, wrapped, wrapped_by)
    _copy_in("eventstore_personkey", PERSON, rows)


def _store_events(rows: list[Row]) -> None:
    """Store events and their places in the log, once it is sure that this code knows what they are."""
    for name, schema in {(row[4], row[5]) for row in rows}:
        known = stored_under(name).schema
        if schema > known:
            raise Invalid(f"{name} is known up to schema {known}; the file has schema {schema} of it.")
    _copy_in("eventstore_event", EVENT, ((*row[1:-1], out_of_line(row[-1])) for row in rows))
    _copy_in("eventstore_log", PLACE, (row[:2] for row in rows))


def _store_receipts(rows: list[Row]) -> None:
    _copy_in("eventstore_receipt", RECEIPT, rows)


STORE = {PersonLine: _store_persons, EventLine: _store_events, ReceiptLine: _store_receipts}


def _told(phase: str, lines: Iterable[bytes], contents: Contents, tell: Tell) -> Iterator[bytes]:
    """The lines, many at a time, and a word after each time on how far it is."""
    done = 0
    for batch in batched(lines, BATCH):
        yield b"".join(batch)
        done += len(batch)
        tell(phase, done - 1, contents.lines())


def _run(statement: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _cursor() -> Iterator[Cursor]:
    """A cursor of psycopg's own, beneath Django's, as COPY needs one."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        yield cursor


def _copy_out(columns: Mapping[str, str], statement: str, *values: int) -> Iterator[Row]:
    """The rows of a query, as they stream in."""
    copying = f"COPY ({statement}) TO STDOUT (FORMAT BINARY)"
    with _cursor() as cursor, cursor.copy(copying, values) as copy:
        copy.set_types(list(columns.values()))
        yield from copy.rows()


def _copy_in(table: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
    copying = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with _cursor() as cursor, cursor.copy(copying) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)
