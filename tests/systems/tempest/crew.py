"""The crew of the storm: workers that are forked and killed, and the shop's own door for what others write to it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import requests
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections

from eventstore import bell, subscriptions
from eventstore.effects import asking
from eventstore.inbox import heeding
from eventstore.process import deadlines, sending

READERS = ("process:charging", "process:reconciliation", "process:carriage", "process:notification")


def work() -> None:
    """All that workers do at these borders, until nothing moves."""
    moved = 1
    while moved:
        moved = sum(subscriptions.advance(reader) for reader in READERS)
        moved += deadlines.fire() + sending.send_owed() + asking.ask_everybody() + heeding.heed_everybody()


def worker() -> int:
    """A worker that was forked from here, and works until it is killed."""
    connections.close_all()
    if pid := os.fork():
        return pid
    try:
        bell._redis.cache_clear()
        while True:
            with suppress(Exception):
                work()
            time.sleep(0.02)
    finally:
        os._exit(1)


def end(pid: int) -> None:
    """A worker dies, wherever it is."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


class Quiet(WSGIRequestHandler):
    """Says nothing of what it is asked."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(ThreadingMixIn, WSGIServer):
    """Answers several at once."""

    daemon_threads = True


@contextmanager
def webhooks() -> Iterator[str]:
    """Where others write to the shop; the name of each is to be added."""
    application = get_wsgi_application()

    def answering(environ: dict[str, object], start: object) -> object:
        try:
            return application(environ, start)  # type: ignore[arg-type]  # as the server says
        finally:
            connection.close()

    server = make_server("127.0.0.1", 0, answering, Server, Quiet)  # type: ignore[arg-type]  # WSGI all the same
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/webhooks/"
    try:
        requests.get(f"{address}carrier/", timeout=60)  # the first one has everything imported
        yield address
    finally:
        server.shutdown()
        server.server_close()
