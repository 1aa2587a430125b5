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

from eventstore.encoding import encoder
from eventstore.models import Snapshot
from eventstore.streams import Category


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
    found = Snapshot.objects.filter(stream=stream, shape=shape(category)).first()
    if found is None:
        return category.decider.initial, 0
    try:
        return msgspec.json.decode(bytes(found.state), type=category.state), found.version
    except msgspec.MsgspecError:
        return category.decider.initial, 0


def keep(category: Category, stream: str, state: Any, version: int) -> None:
    """Remember the state, unless a later one of the same shape is remembered."""
    later = Q(stream=stream, shape=shape(category), version__gte=version)
    if not Snapshot.objects.filter(later).exists():
        Snapshot.objects.update_or_create(
            stream=stream,
            defaults={"version": version, "shape": shape(category), "state": encoder.encode(state)},
        )
