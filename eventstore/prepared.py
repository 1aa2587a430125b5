"""Prepared statements, run without what a cursor does beside it: the client is done with one in half the time.

Only outside of a transaction: psycopg throws away all that a connection has prepared once it rolls back, and a
statement that the server does not have any more is prepared anew where nothing has happened meanwhile.
"""

import re
import threading
from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any

from psycopg import Connection, abc, adapters, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.generators import execute
from psycopg.pq import ExecStatus, Format, PipelineStatus, TransactionStatus
from psycopg.pq.abc import PGresult

MOST = 200  # statements that a connection keeps
DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
IDLE, OUTSIDE = TransactionStatus.IDLE, PipelineStatus.OFF
LOST = (errors.InvalidSqlStatementName, errors.FeatureNotSupported)  # the latter where its columns are others by now
TYPE = re.compile(r"::(text|integer|bigint|uuid|bytea)\b(?!\[)")  # those of values, not of arrays

NUMBERS = count(1)  # of names: a connection that is used once more, after another one, has those of before

type Row = tuple[Any, ...]
type Key = tuple[str, tuple[int, ...] | None]


class _Session:
    """What a connection has prepared: names, by the statement and the types of its parameters.

    What turns values into bytes and back is kept as well, as it remembers how: a cursor finds that out anew at each of
    its statements. A statement that says the types of all its parameters has one of its own, which knows them.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.any_types: abc.Transformer = Transformer(connection)
        self.typed: dict[str, abc.Transformer] = {}
        self.names: dict[Key, bytes] = {}

    def adapting(self, statement: str) -> abc.Transformer:
        """What turns the parameters of a statement into bytes, and its rows back."""
        adapted = self.typed.get(statement)
        if adapted is None and (types := _types(statement)):
            adapted = self.typed[statement] = Transformer(self.connection)
            adapted.set_dumper_types(types, Format.BINARY)
        return adapted or self.any_types

    def ask(self, key: Key, values: Sequence[Any], formats: Sequence[Format] | None) -> PGresult:
        """What the server answers to a statement; it is prepared first, if it was not."""
        name = self.names.get(key) or self.prepare(key)
        self.connection.pgconn.send_query_prepared(name, values, formats, Format.BINARY)
        return self.answer()

    def prepare(self, key: Key) -> bytes:
        """The name under which a statement is prepared now, in the place of the oldest one where there are too many."""
        if len(self.names) >= MOST:
            self.connection.pgconn.send_query(b"DEALLOCATE " + self.names.pop(next(iter(self.names))))
            self.answer()
        name = b"prepared_%d" % next(NUMBERS)
        self.connection.pgconn.send_prepare(name, _numbered(key[0]), key[1])
        self.answer()
        self.names[key] = name
        return name

    def answer(self) -> PGresult:
        """What the server says to what it was sent, as soon as it does.

        It may say of a statement that it was done, and then that it could not be committed: so nothing is done before
        all is well that it says.
        """
        results: list[PGresult] = self.connection.wait(execute(self.connection.pgconn))
        for result in results:
            if result.status not in DONE:
                raise errors.error_from_result(result, self.connection.info.encoding)
        [result] = results
        return result


class _Kept(threading.local):
    """The session of this thread's connection."""

    session: _Session | None = None


_kept = _Kept()


def possible(connection: Connection) -> bool:
    """Whether statements can be run like this now: not in a transaction, and not behind a pooler that keeps none."""
    link = connection.pgconn
    return (
        connection.autocommit
        and connection.prepare_threshold is not None
        and link.transaction_status == IDLE
        and link.pipeline_status == OUTSIDE
    )


def run(connection: Connection, statement: str, parameters: Row) -> list[Row]:
    """The rows of a statement, asked and answered in binary. A psycopg.Error where the server says so."""
    session = _kept.session
    if session is None or session.connection is not connection:
        session = _kept.session = _Session(connection)
    adapted = session.adapting(statement)
    values = adapted.dump_sequence(parameters, _formats(len(parameters)))
    key, formats = (statement, adapted.types), adapted.formats
    try:
        result = session.ask(key, values, formats)
    except LOST:
        session.names.pop(key, None)
        result = session.ask(key, values, formats)
    adapted.set_pgresult(result)
    rows = adapted.load_rows(0, result.ntuples, tuple)
    adapted.set_pgresult(None)
    return rows


@cache
def _formats(parameters: int) -> list[PyFormat]:
    return [PyFormat.BINARY] * parameters


@cache
def _types(statement: str) -> tuple[int, ...]:
    """The types of a statement's parameters, where it says each of them and knows how to send it; none otherwise."""
    found = [TYPE.match(part) for part in statement.split("%s")[1:]]
    named = [match[1] for match in found if match]
    return tuple(adapters.types[name].oid for name in named) if len(named) == len(found) else ()


@cache
def _numbered(statement: str) -> bytes:
    """A statement with its parameters by number, as PostgreSQL knows them."""
    first, *others = statement.split("%s")
    numbered = "".join(f"${number}{part}" for number, part in enumerate(others, start=1))
    return (first + numbered).replace("%%", "%").encode()
