"""Pages that follow what happens: they wait for what they have to show, say how old they are, and are asked again."""

import hashlib
import time
from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest

from eventstore import log
from projections.engine.waiting import as_of, wait_for


class Following:
    """What a page that follows knows of itself, made of the read models that it is `shown_by`.

    `updating`: something that it has to show is still on its way, after a second at most. `as_of`: the time up to which
    it shows everything, where that is more than 5 seconds ago. `polled`: it is there already, and asks for what is new.
    """

    def __init__(self, request: HttpRequest, *shown_by: str) -> None:
        self.polled = "seen" in request.GET
        self.updating = not all_reached(shown_by, asked_position(request), patience=0 if self.polled else 1)
        self.as_of: datetime | None = min(filter(None, map(as_of, shown_by)), default=None)
        self._asked = request.GET.get("seen", "")
        self.seen = ""

    def nothing_new(self, *shown: object) -> bool:
        """Whether the page would show again what it shows already; `shown` stands for all that it shows."""
        self.seen = fingerprint(*shown, self.updating, self.as_of)
        return self.polled and self._asked == self.seen


def all_reached(shown_by: Iterable[str], position: int, *, patience: float) -> bool:
    """Wait until these read models show the log up to `position`, for `patience` seconds in all; whether they do."""
    until = time.monotonic() + patience
    return all(wait_for(name, position, until - time.monotonic()) for name in shown_by)


def fingerprint(*shown: object) -> str:
    """Stands for what a page shows: it is another one when the page has something new to show."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def asked_position(request: HttpRequest) -> int:
    """The position that the page has to show, from its address; never one that is still to come."""
    after = request.GET.get("after", "")
    return min(int(after), log.number()) if after.isdecimal() and after.isascii() and len(after) < 19 else 0
