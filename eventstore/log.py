"""The log: all that is asked of it, on one screen. Append, read, follow, and ask what came of a command."""

from eventstore.appending import ANY, NEW, Metadata, New, append, check_version, conflict
from eventstore.order import next_for_each, number, position_of, recorded_at, rows_at, rows_between
from eventstore.reading import (
    Recorded,
    correlated,
    count,
    current_version,
    event_by_id,
    history,
    read_log,
    read_stream,
    read_streams,
    recorded,
)
from eventstore.receipts import Receipt, ReceiptExists, keep, receipt_of
from eventstore.recording import Caused, record

__all__ = (
    "ANY",
    "NEW",
    "Caused",
    "Metadata",
    "New",
    "Receipt",
    "ReceiptExists",
    "Recorded",
    "append",
    "check_version",
    "conflict",
    "correlated",
    "count",
    "current_version",
    "event_by_id",
    "history",
    "keep",
    "next_for_each",
    "number",
    "position_of",
    "read_log",
    "read_stream",
    "read_streams",
    "receipt_of",
    "record",
    "recorded",
    "recorded_at",
    "rows_at",
    "rows_between",
)
