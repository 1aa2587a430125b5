"""The rows in which instances are kept: good for as long as neither their states nor their policy have changed."""

import hashlib
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import msgspec

from eventstore.encoding import encoder
from eventstore.models import ProcessInstance
from eventstore.process import Instance, Process


@cache
def shape(process: Process, version: int) -> str:
    """A fingerprint of the state's types and of all code in the policy's room, as `evolve` calls what lies there."""
    policy = cast(ModuleType, process.policy(version))
    room = import_module(policy.__name__.partition(".")[0])
    found = hashlib.sha256(f"{policy.__name__}".encode())
    found.update(encoder.encode(msgspec.json.schema(process.state)))
    for place in room.__path__:
        for file in sorted(Path(place).rglob("*.py")):
            found.update(file.read_bytes())
    return found.hexdigest()


def instance_of(process: Process, row: ProcessInstance) -> Instance | None:
    """The instance in a row, or None where it has to be made again from what it noticed."""
    if row.shape != shape(process, row.version):
        return None
    try:
        state: Any = msgspec.json.decode(bytes(row.state), type=process.state)
    except msgspec.MsgspecError:
        return None
    waits = msgspec.convert(row.waits, dict[str, datetime])
    return Instance(row.key, row.version, state, row.since, waits)


def row_of(process: Process, instance: Instance) -> ProcessInstance:
    """The row of an instance."""
    return ProcessInstance(
        stream=process.stream(instance.key),
        process=process.name,
        key=instance.key,
        version=instance.version,
        shape=shape(process, instance.version),
        state=encoder.encode(instance.state),
        waits=msgspec.to_builtins(instance.waits),
        stands=type(instance.state).__name__,
        since=cast(datetime, instance.since),
        ended=isinstance(instance.state, process.ends),
    )
