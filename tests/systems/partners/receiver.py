"""A partner's own server, which takes webhooks, or does not."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


class Receiver:
    """Where it listens, what it was sent, and what it answers: the statuses in `answers`, and then 204."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/hooks"
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.refuses: set[str] = set()
        self.redirect = ""
        self.drips = False

    def bodies(self, secret: str) -> list[Any]:
        """What it was sent, once it is sure that it was us."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.got]

    def status(self, body: bytes) -> int:
        """What is answered to it."""
        if any(word.encode() in body for word in self.refuses):
            return 500
        return self.answers.pop(0) if self.answers else 204


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Such a server, while the block runs."""

    class Taking(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if there.drips:
                self.drip()
                return
            self.send_response(there.status(body))
            if there.redirect:
                self.send_header("Location", there.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def drip(self) -> None:
            """Say something now and then, and never come to an end."""
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            for _ in range(1000):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
                time.sleep(0.02)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    there = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
