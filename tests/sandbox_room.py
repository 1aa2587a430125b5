"""Sandboxes of other systems for the tests: programs with ledgers of their own, and somebody whom they call back."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import requests

from config.sandbox import given
from config.services.place import PROJECT
from config.services.ports import free_port

API_KEY = "EZTK-of-the-sandbox"
WEBHOOK_SECRET = "whsec-of-the-sandbox-which-nobody-guesses"
SECONDS_TO_START = 30.0


class Stand(NamedTuple):
    """A sandbox that runs at an address."""

    address: str
    process: subprocess.Popen[bytes]

    def steer(self, name: str, **fields: Any) -> None:
        """What a button of its page does."""
        answer = requests.post(f"{self.address}/sandbox/{name}", data=fields, timeout=10, allow_redirects=False)
        assert answer.status_code == 303, answer.text

    def misbehave(self, kind: str, path: str = "", times: int = 1) -> None:
        """Let something go wrong with the next requests."""
        self.steer("misbehave", kind=kind, path=path, times=times)

    def ledger(self, title: str) -> list[dict[str, Any]]:
        """A part of its ledger."""
        rows: list[dict[str, Any]] = requests.get(f"{self.address}/sandbox/ledger.json", timeout=10).json()[title]
        return rows


@contextmanager
def sandbox(
    name: str, folder: Path, *, port: int = 0, calls: str = "", silence: float = 2.0, seconds_a_move: float = 0.0
) -> Iterator[Stand]:
    """A sandbox with its ledger in a folder; where there is one already, it goes on with it."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    what = given.Given(folder / f"{name}.sqlite", address, API_KEY, WEBHOOK_SECRET, calls, silence, seconds_a_move)
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            given.command(name, port), cwd=PROJECT, env=given.environment(what), stdout=log, stderr=log
        )
    try:
        await_start(address, process)
        yield Stand(address, process)
    finally:
        process.terminate()
        process.wait(10)


def await_start(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until it answers."""
    until = time.monotonic() + SECONDS_TO_START
    while True:
        assert process.poll() is None, "The sandbox has ended."
        assert time.monotonic() < until, "The sandbox does not answer."
        try:
            requests.get(f"{address}/sandbox/page.css", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return


class Called(NamedTuple):
    """What somebody was called back with."""

    path: str
    headers: dict[str, str]
    body: bytes


@contextmanager
def somebody_to_call(*answers: int) -> Iterator[tuple[str, list[Called]]]:
    """An address, and what is sent there; it answers with these statuses in turn, and then with 200."""
    calls: list[Called] = []
    statuses = list(answers)

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append(Called(self.path, dict(self.headers), body))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/called", calls
        server.shutdown()


def eventually(seconds: float = 10.0) -> Iterator[None]:
    """Again and again, until whoever asks has seen enough; AssertionError when that takes too long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield
        time.sleep(0.05)
    raise AssertionError(f"It did not happen within {seconds} seconds.")
