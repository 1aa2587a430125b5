"""Receipts: what came of each command, kept for ever, so that whoever sends it again gets the same answer."""

from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from eventstore.database import query

COLUMNS = "command, name, digest, actor, events, refusal, stream"


class Receipt(msgspec.Struct, frozen=True):
    """What came of a command: the ids of its events, or the sentence it was refused with and the values in it.

    `stream` is for whom it was, as far as there are no events that say so.
    """

    command: UUID
    name: str
    digest: bytes
    actor: str
    events: tuple[UUID, ...] = ()
    refusal: dict[str, Any] | None = None
    stream: str | None = None


class ReceiptExists(Exception):
    """A receipt of this command is there already."""


def keep(receipt: Receipt) -> bool:
    """Keep a receipt of a command that led to no event; False where there is one of it already."""
    rows = query(
        f"INSERT INTO eventstore_receipt ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING command",
        (
            receipt.command,
            receipt.name,
            receipt.digest,
            receipt.actor,
            list(receipt.events),
            Jsonb(receipt.refusal) if receipt.refusal else None,
            receipt.stream,
        ),
    )
    return bool(rows)


def receipt_of(command: UUID) -> Receipt | None:
    """The receipt of a command, where it was received."""
    rows = query(f"SELECT {COLUMNS} FROM eventstore_receipt WHERE command = %s", (command,))
    for command_id, name, digest, actor, events, refusal, stream in rows:
        return Receipt(command_id, name, digest, actor, tuple(events), refusal, stream)
    return None
