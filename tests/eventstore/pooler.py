"""A pooler by transaction, as PgBouncer is one: whoever begins a transaction gets any connection to the server."""

import os
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import connection

ENCRYPTED = {80877103, 80877104}  # the codes with which a client asks for TLS or for GSSAPI
PARAMETERS = ("server_version", "server_encoding", "client_encoding", "DateStyle", "TimeZone", "integer_datetimes")
TURN_OVER = {b"Q", b"S"}  # a query by itself, or the sync behind some messages: now it is the server's turn
READY, IDLE = b"Z", b"I"


class Gone(Exception):
    """The other end has hung up."""


class Pooler:
    """A port of its own, and some connections to the server behind it, handed out in turns."""

    def __init__(self, servers: int) -> None:
        where = connection.get_connection_params()
        known = {word: where[word] for word in ("host", "port", "user", "password", "dbname")}
        self.kept = [psycopg.connect(**known, options="-c TimeZone=UTC") for _ in range(servers)]
        self.servers = [socket.socket(fileno=os.dup(each.pgconn.socket)) for each in self.kept]
        self.free = list(enumerate(self.servers))
        self.changed = threading.Condition()
        self.used: defaultdict[int, set[int]] = defaultdict(set)  # by client: the servers that it has met
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        for server in self.servers:
            server.setblocking(True)

    def open(self) -> None:
        """Let clients in, until the door is shut."""
        number = 0
        with suppress(OSError):
            while True:
                client, _ = self.door.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                number += 1
                threading.Thread(target=self._serve, args=(client, number), daemon=True).start()

    def _serve(self, client: socket.socket, number: int) -> None:
        with client, suppress(Gone, ConnectionError):
            self._welcome(client)
            request = message(client)
            while True:
                with self._server(number) as server:
                    while turn(client, server, request) != IDLE:
                        request = message(client)
                request = message(client)

    def _welcome(self, client: socket.socket) -> None:
        while struct.unpack("!i", untagged(client)[:4])[0] in ENCRYPTED:
            client.sendall(b"N")
        client.sendall(tagged(b"R", bytes(4)))
        for name in PARAMETERS:
            value = self.kept[0].info.parameter_status(name) or ""
            client.sendall(tagged(b"S", f"{name}\0{value}\0".encode()))
        client.sendall(tagged(b"K", bytes(8)) + tagged(READY, IDLE))

    @contextmanager
    def _server(self, client: int) -> Iterator[socket.socket]:
        """The connection that was free for longest, for as long as a transaction."""
        with self.changed:
            self.changed.wait_for(lambda: self.free)
            number, server = self.free.pop(0)
        self.used[client].add(number)
        try:
            yield server
        finally:
            with self.changed:
                self.free.append((number, server))
                self.changed.notify()


def turn(client: socket.socket, server: socket.socket, request: bytes) -> bytes:
    """Carry requests to the server and its answers back; the state of the transaction after that."""
    server.sendall(request)
    while request[:1] not in TURN_OVER:
        request = message(client)
        server.sendall(request)
    while (answer := message(server))[:1] != READY:
        client.sendall(answer)
    client.sendall(answer)
    return answer[5:6]


def tagged(tag: bytes, content: bytes) -> bytes:
    """A message of the protocol."""
    return tag + struct.pack("!i", len(content) + 4) + content


def message(source: socket.socket) -> bytes:
    """The next message."""
    tag = exactly(source, 1)
    if tag == b"X":
        raise Gone
    return tagged(tag, untagged(source))


def untagged(source: socket.socket) -> bytes:
    """What is in a message behind its tag; the first ones have none."""
    return exactly(source, struct.unpack("!i", exactly(source, 4))[0] - 4)


def exactly(source: socket.socket, length: int) -> bytes:
    """So many bytes."""
    found = b""
    while len(found) < length:
        part = source.recv(length - len(found))
        if not part:
            raise Gone
        found += part
    return found


@contextmanager
def pooling(servers: int) -> Iterator[Pooler]:
    """A pooler that is there as long as the block runs."""
    pooler = Pooler(servers)
    threading.Thread(target=pooler.open, daemon=True).start()
    try:
        yield pooler
    finally:
        pooler.door.shutdown(socket.SHUT_RDWR)
        pooler.door.close()
        for server in pooler.servers:  # one whose client is just served may not be free yet
            server.close()
        for each in pooler.kept:
            each.pgconn.finish()
