"""The ledger of a sandbox: what was asked, what it did, and whom it still has to call back; in one SQLite file."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

type Row = sqlite3.Row

SECONDS_TO_WAIT_FOR_THE_FILE = 30
SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    status INTEGER, mischief TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS callback (
    id INTEGER PRIMARY KEY, about TEXT NOT NULL, body BLOB NOT NULL, due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, status INTEGER, error TEXT NOT NULL DEFAULT '', settled_at REAL
);
CREATE INDEX IF NOT EXISTS callback_due ON callback (due_at) WHERE settled_at IS NULL;
CREATE TABLE IF NOT EXISTS mischief (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, path TEXT NOT NULL DEFAULT '', times INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Ledger:
    """The file, and a connection to it for each thread."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self.own = threading.local()
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(SCHEMA + schema)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All of it, or nothing; one at a time."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """What a statement gives back."""
        return self._connection().execute(statement, tuple(values)).fetchall()

    def setting(self, name: str, default: str) -> str:
        """What was set on the sandbox's page."""
        rows = self.query("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0]["value"]) if rows else default

    def set(self, name: str, value: str) -> None:
        """Set something, from now on."""
        self.query("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self.own, "connection"):
            self.own.connection = self._connect()
        connection: sqlite3.Connection = self.own.connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=SECONDS_TO_WAIT_FOR_THE_FILE, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection
