"""The frame of a sandbox: a web application that answers as a provider would, or misbehaves, and keeps its ledger."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qs

from config.sandbox import mischief, page
from config.sandbox.callbacks import Caller
from config.sandbox.ledger import Ledger

LONGEST_BODY = 1_000_000
HOUR = 3600.0
# So long that whoever waits for an answer has given up; a test makes it shorter.
SECONDS_OF_SILENCE = 90.0
STATUS = {200: "OK", 201: "Created", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required"}
STATUS |= {404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 413: "Content Too Large"}
STATUS |= {422: "Unprocessable Content", 429: "Too Many Requests", 500: "Internal Server Error"}
STATUS |= {503: "Service Unavailable"}

type Environ = dict[str, Any]
type StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Asked(NamedTuple):
    """A request: its method, path, headers in lower case, query and body."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


class Callback(NamedTuple):
    """What the shop is to be told of something, once."""

    about: str
    body: bytes


class Answer(NamedTuple):
    """What is answered, and what the shop is called back about."""

    status: int
    body: bytes
    kind: str = "application/json"
    callbacks: Sequence[Callback] = ()
    headers: Sequence[tuple[str, str]] = ()


class Provider(Protocol):
    """What one provider's sandbox is made of, beside the frame."""

    title: str
    schema: str

    def answer(self, ledger: Ledger, asked: Asked) -> Answer:
        """Do what is asked, in one transaction with the ledger."""

    def fault(self, status: int) -> bytes:
        """The body of an error of its own."""

    def sign(self, body: bytes, path: str) -> Mapping[str, str]:
        """The headers that prove that a callback is from it."""

    def tables(self, ledger: Ledger) -> Iterable[page.Table]:
        """Its ledger, to be looked at."""

    def play(self, ledger: Ledger, name: str, fields: Mapping[str, str]) -> Sequence[Callback]:
        """Something that happens in its world, as a button of its page says. ValueError for what cannot be."""


def as_json(status: int, content: object, *, callbacks: Sequence[Callback] = ()) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(content).encode(), callbacks=callbacks)


class Sandbox:
    """The web application."""

    def __init__(self, provider: Provider, ledger: Ledger, *, calls: str, silence: float = SECONDS_OF_SILENCE) -> None:
        self.provider, self.ledger, self.silence = provider, ledger, silence
        self.caller = Caller(ledger, calls, provider.sign)
        self.caller.start()

    def __call__(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        asked = read(environ)
        if len(asked.body) < int(environ.get("CONTENT_LENGTH") or 0):  # its sender died, or it is too long
            answer = Answer(400, b"Some of the request is missing.\n", "text/plain; charset=utf-8")
        elif asked.path == "/" or asked.path.startswith("/sandbox/"):
            answer = self.steered(asked)
        else:
            answer = self.answered(asked)
        headers = [("Content-Type", answer.kind), ("Content-Length", str(len(answer.body))), *answer.headers]
        start_response(f"{answer.status} {STATUS[answer.status]}", headers)
        return [answer.body]

    def answered(self, asked: Asked) -> Answer:
        """What the provider answers, as well as it behaves today."""
        with self.ledger.writing():
            number = self._note(asked)
            down = mischief.is_down(self.ledger)
            plot = mischief.Plot(None) if down else mischief.plot(self.ledger, number, f"{asked.method} {asked.path}")
            if down or plot.kind in mischief.UNDONE:
                answer = Answer(503 if down else 500, self.provider.fault(503 if down else 500))
            else:
                answer = self.provider.answer(self.ledger, asked)
                self._owe(answer.callbacks, plot.kind)
            self._note_answer(number, answer.status, "down" if down else plot.kind)
        return self.spoilt(answer, plot)

    def spoilt(self, answer: Answer, plot: mischief.Plot) -> Answer:
        """The answer, once the mischief has been at it."""
        match plot.kind:
            case "slow":
                time.sleep(plot.slowness)
            case "silent" | "hang":
                time.sleep(self.silence)
            case "early":
                self.caller.call_all()
            case "failed_after":
                return Answer(500, self.provider.fault(500))
            case "garbage":
                return Answer(200, b"<html><h1>Bad Gateway</h1>", "text/html")
            case None | "error" | "twice" | "shuffled" | "late":
                pass
        return answer

    def every(self, seconds: float, happens: Callable[[Ledger, float], Sequence[Callback]]) -> None:
        """Let time pass in the provider's world, unless it stands still."""
        if seconds > 0:
            passing = threading.Thread(target=self._pass, args=(seconds, happens), daemon=True, name="time")
            passing.start()

    def steered(self, asked: Asked) -> Answer:
        """The page, and what its buttons do."""
        try:
            if asked.method == "GET":
                return self._shown(asked)
            fields = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
            with self.ledger.writing():
                self._steer(asked.path.removeprefix("/sandbox/"), fields)
        except (ValueError, KeyError) as fault:
            return Answer(400, f"That cannot be: {fault}\n".encode(), "text/plain; charset=utf-8")
        return Answer(303, b"", "text/plain", headers=(("Location", "/"),))

    def _pass(self, seconds: float, happens: Callable[[Ledger, float], Sequence[Callback]]) -> None:
        while True:
            with self.ledger.writing():
                self._owe(happens(self.ledger, seconds), None)
            time.sleep(min(seconds, 1.0))

    def _shown(self, asked: Asked) -> Answer:
        if asked.path == "/sandbox/page.css":
            return Answer(200, page.STYLE, "text/css")
        if asked.path == "/sandbox/ledger.json":
            rows = {table.title: table.rows for table in self.provider.tables(self.ledger)}
            return as_json(200, rows)
        if asked.path != "/":
            return Answer(404, b"There is no such page.\n", "text/plain")
        text = page.written(self.provider.title, self.ledger, self.provider.tables(self.ledger))
        policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        return Answer(200, text.encode(), "text/html; charset=utf-8", headers=(("Content-Security-Policy", policy),))

    def _steer(self, name: str, fields: Mapping[str, str]) -> None:
        match name:
            case "misbehave":
                mischief.ask_for(self.ledger, fields["kind"], fields.get("path", ""), int(fields.get("times", "1")))
            case "behave":
                self.ledger.query("DELETE FROM mischief")
                self.ledger.query("DELETE FROM setting WHERE name IN ('rate', 'down_until')")
            case "rate":
                if not 0 <= float(fields["rate"]) <= 1:
                    raise ValueError("The rate is a number from 0 to 1.")
                self.ledger.set("rate", fields["rate"])
                self.ledger.set("seed", fields.get("seed", "1"))
            case "down":
                self.ledger.set("down_until", str(time.time() + float(fields.get("seconds", HOUR))))
            case _:
                self._owe(self.provider.play(self.ledger, name, fields), None)

    def _owe(self, callbacks: Sequence[Callback], kind: mischief.Kind | None) -> None:
        several = len(callbacks)
        for place, (about, body) in enumerate(callbacks):
            wait = HOUR if kind == "late" else 3.0 if kind == "shuffled" and several == 1 else 0.0
            wait += 0.2 * (several - place) if kind == "shuffled" else 0.0
            self.caller.owe(about, body, wait=wait, times=2 if kind == "twice" else 1)

    def _note(self, asked: Asked) -> int:
        rows = self.ledger.query(
            "INSERT INTO request (at, method, path) VALUES (?, ?, ?) RETURNING id",
            (time.time(), asked.method, asked.path),
        )
        return int(rows[0]["id"])

    def _note_answer(self, number: int, status: int, kind: str | None) -> None:
        self.ledger.query("UPDATE request SET status = ?, mischief = ? WHERE id = ?", (status, kind or "", number))


def read(environ: Environ) -> Asked:
    """A request, out of what the web server says."""
    length = min(int(environ.get("CONTENT_LENGTH") or 0), LONGEST_BODY)
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    return Asked(
        method=environ["REQUEST_METHOD"],
        path=re.sub("//+", "/", environ.get("PATH_INFO") or "/"),
        headers=headers,
        query={name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()},
        body=environ["wsgi.input"].read(length) if length else b"",
    )
