"""A log to move: one with all that there can be in it, its export, and a database in which there is none yet."""

from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import call_command
from uuid_utils.compat import uuid7

from eventstore import log, personal, transfer
from eventstore.log import New, append
from eventstore.messages import Refused
from eventstore.models import Checkpoint, Parked, PersonKey, Snapshot
from tests import factories
from tests.eventstore.people import ADA, DELIVERY, MUG, WIM, send
from tests.eventstore.pieces import METADATA, by, pieces, received, rows
from tests.log_room import empty

CLARA = factories.CustomerRegistered.build(name="Clara Vogel")
KARL = factories.CustomerRegistered.build(name="Karl Rot")
TABLES = {"event": "id", "log": "position", "receipt": "command", "personkey": "person"}


def some_log() -> None:
    """A log with all that there can be in one."""
    listed = send(MUG, ADA)
    with pytest.raises(Refused):
        send(MUG, ADA)
    send(DELIVERY, WIM, correlation=listed.command, causation=listed.events[0])
    command = uuid7()
    append([pieces("stock_item-B", 1, 2), pieces("stock_item-A", 3)], *by(command))
    for person in CLARA, KARL:
        append([New(factories.stream_of(person), [person])], METADATA)
    append([New("stock_item-C", [received(sku='"\\\n\t\u2028 é 🫖')])], METADATA)
    personal.destroy_key(str(KARL.customer_id))


def all_there_is() -> dict[str, list[Any]]:
    """Every row that a transfer keeps."""
    log.number()
    return {table: rows(f"SELECT * FROM eventstore_{table} ORDER BY {key}") for table, key in TABLES.items()}


def begin_anew() -> None:
    """A database in which there is no log yet."""
    empty()
    for model in Checkpoint, Parked, PersonKey, Snapshot:
        model.objects.all().delete()


def exported(**how: Any) -> bytes:
    """What an export writes."""
    file = BytesIO()
    transfer.export_log(file, **how)
    return file.getvalue()


def manage(*arguments: str) -> str:
    """What `manage.py log` prints."""
    out = StringIO()
    call_command("log", *arguments, stdout=out)
    return out.getvalue()
