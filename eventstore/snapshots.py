"""Snapshots: the state of a long stream at one of its versions. Any of them may be lost or wrong in shape without harm."""

import hashlib
import inspect
from functools import cache
from types import ModuleType
from typing import Any, cast

import msgspec
from django.db.models import Q

from eventstore.encoding import encoder
from eventstore.models import Snapshot
from eventstore.streams import Category


@cache
def shape(category: Category) -> str:
    """A fingerprint of the state's types and of the module that evolves it: another one means other states."""
    types = encoder.encode(msgspec.json.schema(category.state))
    code = inspect.getsource(cast(ModuleType, category.decider)).encode()
    return hashlib.sha256(types + code).hexdigest()


def latest(category: Category, stream: str) -> tuple[Any, int]:
    """The state of a stream and the version it is of: the one to begin with, where there is no snapshot of today's shape."""
    found = Snapshot.objects.filter(stream=stream, shape=shape(category)).first()
    if found is None:
        return category.decider.initial, 0
    return msgspec.json.decode(bytes(found.state), type=category.state), found.version


def keep(category: Category, stream: str, state: Any, version: int) -> None:
    """Remember the state, unless a later one of the same shape is remembered."""
    later = Q(stream=stream, shape=shape(category), version__gte=version)
    if not Snapshot.objects.filter(later).exists():
        Snapshot.objects.update_or_create(
            stream=stream,
            defaults={"version": version, "shape": shape(category), "state": encoder.encode(state)},
        )
