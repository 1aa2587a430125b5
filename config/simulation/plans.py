"""Plans: what somebody is going to ask the shop for, and when."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from config.simulation.scene import Scene
from eventstore.messages import Command

# A command, a while after which to look again, or nothing any more.
type Make = Callable[[Scene, datetime], Command | timedelta | None]


class Plan(NamedTuple):
    """After `wait`, somebody asks for what `make` says, if it is still of use then.

    `who` is a role, or the id of a customer; for the role of customers it is the one whom the command names.
    """

    wait: timedelta
    who: str
    make: Make


def minutes(chance: random.Random, least: float, most: float) -> timedelta:
    """Some time between two numbers of minutes."""
    return timedelta(minutes=chance.uniform(least, most))


def days(chance: random.Random, least: float, most: float) -> timedelta:
    """Some time between two numbers of days."""
    return timedelta(days=chance.uniform(least, most))


def at_once(command: Command) -> Make:
    """What is asked for whatever has happened meanwhile."""
    return lambda _scene, _now: command
