"""The other systems that this installation is connected to."""

from eventstore.effects import System

SYSTEMS: tuple[System, ...] = ()
