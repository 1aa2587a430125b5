"""Who follows the log where a reader hangs: everybody, and one who never comes back from an unlucky delivery."""

import threading
from collections.abc import Sequence
from typing import Any

from config.subscriptions import PROJECTIONS
from config.subscriptions import READERS as SOUND
from eventstore.log import Recorded
from eventstore.readers import Reader
from orders.domain.stock_item import StockReceived
from tests.eventstore.diary import POISON

__all__ = ["PROJECTIONS", "READERS"]


def hang(events: Sequence[Recorded[Any]]) -> None:
    """Wait for what will never be, where there is one."""
    if any(each.event.quantity == POISON for each in events):
        threading.Event().wait(600)


HANGS = Reader("hangs", wants=[StockReceived], take=hang, seconds=0.3)
READERS = [*SOUND, HANGS]
