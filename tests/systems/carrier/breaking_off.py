"""Servers whose files break off on their way, each in another manner."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FOUND = b"HTTP/1.1 200 OK\r\n"
HALF = FOUND + b"Content-Length: 1000\r\n\r\n%PDF-1.4 half"

type Manner = Callable[[socketserver.BaseRequestHandler], None]


def ends_early(connection: socketserver.BaseRequestHandler) -> None:
    """Half of it, and the connection is closed."""
    connection.request.sendall(HALF)


def stalls(connection: socketserver.BaseRequestHandler) -> None:
    """Half of it, and nothing more until whoever asked has left."""
    connection.request.sendall(HALF)
    connection.request.recv(1)


def drips(connection: socketserver.BaseRequestHandler) -> None:
    """A byte now and then."""
    connection.request.sendall(HALF)
    connection.request.settimeout(0.05)
    for _ in range(1000):
        connection.request.sendall(b"x")
        try:
            connection.request.recv(1)
        except TimeoutError:
            continue
        return


def is_badly_packed(connection: socketserver.BaseRequestHandler) -> None:
    """It is none of what it says that it is."""
    connection.request.sendall(FOUND + b"Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n%PDF-1.4 h")


def is_badly_cut(connection: socketserver.BaseRequestHandler) -> None:
    """The length of a piece is no number."""
    connection.request.sendall(FOUND + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n%PDF-1.4 h")


MANNERS: list[Manner] = [ends_early, stalls, drips, is_badly_packed, is_badly_cut]


@contextmanager
def broken_off(manner: Manner) -> Iterator[str]:
    """The address of a label that breaks off in this manner, while the block runs."""

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            try:
                manner(self)
            except OSError:
                return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/label.pdf"
        finally:
            server.shutdown()
