"""Connections to other systems, for those tests that are about them: an installation has them by its settings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

from config import systems as installation
from eventstore import effects, inbox


@contextmanager
def connected(systems: Sequence[effects.System] = (), senders: Sequence[inbox.Sender] = ()) -> Iterator[None]:
    """This installation is connected to these systems, and to no other."""
    with patch.object(installation, "SYSTEMS", tuple(systems)), patch.object(installation, "SENDERS", tuple(senders)):
        effects.systems.cache_clear()
        inbox.senders.cache_clear()
        try:
            yield
        finally:
            effects.systems.cache_clear()
            inbox.senders.cache_clear()
