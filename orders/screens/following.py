"""Pages that follow what happens: they wait for what they have to show, say how old they are, and are asked again."""

import hashlib
import time
from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest

from eventstore import log
from projections.engine.waiting import PAUSE, Missing, next_for_any, too_old


class Following:
    """What a page that follows knows of itself, made of the read models that it is `shown_by`.

    `updating`: something that it has to show is still on its way, after a second at most, or was parked. `as_of`: the
    time up to which it shows everything, where that is more than 5 seconds ago. `polled`: it is there already, and asks
    for what is new.
    """

    def __init__(self, request: HttpRequest, *shown_by: str) -> None:
        self.polled = "seen" in request.GET
        asked = asked_position(request)
        missing = awaited(shown_by, asked, patience=0 if self.polled else 1)
        self.updating = bool(missing and missing[0] <= asked)
        self.as_of: datetime | None = too_old(missing)
        self._asked = request.GET.get("seen", "")
        self.seen = ""

    def nothing_new(self, *shown: object) -> bool:
        """Whether the page would show again what it shows already; `shown` stands for all that it shows."""
        self.seen = fingerprint(*shown, self.updating, self.as_of)
        return self.polled and self._asked == self.seen


def awaited(shown_by: Sequence[str], position: int, *, patience: float) -> Missing | None:
    """What these read models lack, after waiting `patience` seconds at most until they show the log to `position`."""
    until = time.monotonic() + patience
    while (missing := next_for_any(shown_by, position)) and missing[0] <= position and time.monotonic() < until:
        time.sleep(PAUSE)
    return missing


def fingerprint(*shown: object) -> str:
    """Stands for what a page shows: it is another one when the page has something new to show."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def asked_position(request: HttpRequest) -> int:
    """The position that the page has to show, from its address; never one that is still to come."""
    after = request.GET.get("after", "")
    return min(int(after), log.number()) if after.isdecimal() and after.isascii() and len(after) < 19 else 0
