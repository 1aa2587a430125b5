"""Snapshots: the state of a long stream at one of its versions. Losing any of them does no harm."""

import hashlib
import inspect
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import msgspec
from django.db.models import Q

from eventstore.database import query
from eventstore.encoding import encoder
from eventstore.models import Snapshot
from eventstore.streams import Category

LATEST = "SELECT version, state FROM eventstore_snapshot WHERE stream = %s AND shape = %s"
# Who holds the stream may need this row next: nobody who waits for the stream may make them wait.
MINE = "SELECT pg_try_advisory_xact_lock('eventstore_snapshot'::regclass::oid::integer, hashtext(%s))"


@cache
def shape(category: Category) -> str:
    """A fingerprint of the state's types and of all code that leads to a state: another one means other states.

    The code is that of the decider's whole domain, as `evolve` calls what lies beside it, and that of the upcasters.
    """
    decider = cast(ModuleType, category.decider)
    domain = import_module(decider.__name__.rpartition(".")[0])
    found = hashlib.sha256(encoder.encode(msgspec.json.schema(category.state)))
    for place in domain.__path__:
        for file in sorted(Path(place).rglob("*.py")):
            found.update(file.read_bytes())
    for stored in category.events:
        for upcaster in stored.upcasters.values():
            found.update(inspect.getsource(upcaster).encode())
    return found.hexdigest()


def latest(category: Category, stream: str) -> tuple[Any, int]:
    """A state of a stream and the version it is of: the initial one, where no snapshot of today's shape is there."""
    found = query(LATEST, (stream, shape(category)))
    if not found:
        return category.decider.initial, 0
    [(version, state)] = found
    try:
        return msgspec.json.decode(state, type=category.state), version
    except msgspec.MsgspecError:
        return category.decider.initial, 0


def keep(category: Category, stream: str, state: Any, version: int) -> None:
    """Remember the state, unless a later one of the same shape is remembered, or somebody else is about to."""
    if not query(MINE, (stream,))[0][0]:
        return
    later = Q(stream=stream, shape=shape(category), version__gte=version)
    if not Snapshot.objects.filter(later).exists():
        Snapshot.objects.update_or_create(
            stream=stream,
            defaults={"version": version, "shape": shape(category), "state": encoder.encode(state)},
        )
