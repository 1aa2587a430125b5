"""The tables that may change, beside the log itself: one module for each of the rooms they stand in."""

from eventstore.models.log import Outcome, PersonKey, Snapshot, TrailEntry
from eventstore.models.processes import DueDeadline, Noticed, OwedCommand, ProcessInstance
from eventstore.models.readers import Checkpoint, Parked
from eventstore.models.systems import Border, Delivery, Effect, Received, ReceivedCount

__all__ = [
    "Border",
    "Checkpoint",
    "Delivery",
    "DueDeadline",
    "Effect",
    "Noticed",
    "Outcome",
    "OwedCommand",
    "Parked",
    "PersonKey",
    "ProcessInstance",
    "Received",
    "ReceivedCount",
    "Snapshot",
    "TrailEntry",
]
