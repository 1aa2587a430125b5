"""Callbacks: a sandbox tells the shop what has happened, signed, again and again until the shop has understood."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from config.sandbox.ledger import Ledger, Row

SECONDS_TO_UNDERSTAND = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
ATTEMPTS = 40
PAUSE = 0.1

# The headers that prove who has sent a body to a path.
type Sign = Callable[[bytes, str], Mapping[str, str]]


class Caller:
    """Calls `url` back: what is about the same thing in its order, as long as nothing goes wrong."""

    def __init__(self, ledger: Ledger, url: str, sign: Sign) -> None:
        self.ledger, self.url, self.sign = ledger, url, sign

    def start(self) -> None:
        """Call back from now on, in a thread that ends with the program."""
        if self.url:
            threading.Thread(target=self._go_on, daemon=True, name="callbacks").start()

    def owe(self, about: str, body: bytes, *, wait: float = 0.0, times: int = 1) -> None:
        """Call back once `wait` seconds are over."""
        for _ in range(times):
            self.ledger.query(
                "INSERT INTO callback (about, body, due_at) VALUES (?, ?, ?)", (about, body, time.time() + wait)
            )

    def call_all(self) -> None:
        """Call back about everything that is due."""
        while self.url and (due := self._next()):
            self.call(due)

    def call(self, due: Row) -> None:
        """Call back about one thing; again later, where that is not understood."""
        status, error = self._post(bytes(due["body"]))
        attempts = due["attempts"] + 1
        understood = status is not None and 200 <= status < 300
        settled = time.time() if understood or attempts >= ATTEMPTS else None
        again = time.time() + min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
        self.ledger.query(
            "UPDATE callback SET attempts = ?, status = ?, error = ?, settled_at = ?, due_at = ? WHERE id = ?",
            (attempts, status, error, settled, again, due["id"]),
        )

    def _next(self) -> Row | None:
        """What is due, ours for as long as a call may take."""
        now = time.time()
        rows = self.ledger.query(
            "UPDATE callback SET due_at = ? WHERE id = (SELECT id FROM callback WHERE settled_at IS NULL"
            " AND due_at <= ? ORDER BY due_at, id LIMIT 1) RETURNING *",
            (now + 2 * SECONDS_TO_UNDERSTAND, now),
        )
        return rows[0] if rows else None

    def _post(self, body: bytes) -> tuple[int | None, str]:
        headers = {"Content-Type": "application/json", **self.sign(body, urlsplit(self.url).path)}
        request = urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310  # the shop's own address
        try:
            with urllib.request.urlopen(request, timeout=SECONDS_TO_UNDERSTAND) as answer:  # noqa: S310
                return int(answer.status), ""
        except urllib.error.HTTPError as fault:
            return fault.code, fault.reason
        except OSError as fault:
            return None, str(fault)

    def _go_on(self) -> None:
        while True:
            self.call_all()
            time.sleep(PAUSE)
