"""The way out to addresses that partners give us, none of which may lead into our own network.

A name is looked up once, every address that it has is checked, and the connection is made to one that was checked: what
the name says a moment later makes no difference. Redirects are not followed, and no proxy is asked.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 10.0  # for all of it, from the question where a name leads to the last byte that is read
PATIENCE = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 5.0}
LONGEST = 500
WORLD = ipaddress.ip_network("2000::/3")  # of all that IPv6 can name, what has been given to anybody out there
# Through these an address of IPv4 is reached that stands in them, whatever it is.
DETOURS = [ipaddress.ip_network(each) for each in ("2002::/16", "2001::/32")]


class Unreachable(Exception):
    """Nothing may be sent to this address, or nothing was taken there."""


def ask_address(url: str, until: float | None = None) -> list[str]:
    """The addresses of the network behind `url`, all of which may be connected to; Unreachable with the reason.

    `until` is a time of the monotonic clock, at which nobody waits for name servers any longer.
    """
    parts = asked(url)
    left = SECONDS if until is None else until - time.monotonic()
    try:
        addresses = looked_up(parts, left)
    except TimeoutError:
        late = _("It could not be found out in time where %(name)s is.") % {"name": parts.hostname}
        raise Unreachable(late) from None
    except (OSError, UnicodeError):
        raise Unreachable(_("Nobody knows a host %(name)s.") % {"name": parts.hostname}) from None
    if not addresses or not all(map(is_outside, addresses)):
        raise Unreachable(_("This address leads into a network of its own, and not out into the world."))
    return addresses


def looked_up(parts: SplitResult, seconds: float) -> list[str]:
    """Where a name leads. Nothing ends such a question but its answer, so a thread stays behind with one too slow."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            those = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
            found.set_result(list(dict.fromkeys(str(each[4][0]) for each in those)))
        except Exception as error:  # noqa: BLE001  # it is raised where the answer is waited for
            found.set_exception(error)

    threading.Thread(target=look_up, daemon=True).start()
    return found.result(seconds)


def asked(url: str) -> SplitResult:
    """An address, when it is one that we would send something to."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises where it is none
    except ValueError:
        raise Unreachable(_("This is no address.")) from None
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST or not parts.hostname:
        raise Unreachable(_("This is no address."))
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.PARTNERS_ON_LOOPBACK):
        raise Unreachable(_("The address has to begin with https://."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Unreachable(_("The address may hold neither a name, a password, nor a fragment."))
    return parts


def is_outside(text: str) -> bool:
    """Whether an address is out in the world; of our own machine too, where a demo or a test says so."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return bool(settings.PARTNERS_ON_LOOPBACK)
    if address.version == 6 and (address not in WORLD or any(address in detour for detour in DETOURS)):
        return False
    return address.is_global and not address.is_multicast


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send `body`; the status that is answered, of which nothing else is read. Unreachable where there was none."""
    until = time.monotonic() + SECONDS
    backend = Checked(ask_address(url, until), until)
    sent: Sequence[tuple[str, str]] = list(headers.items())
    try:
        with (
            httpcore.ConnectionPool(network_backend=backend, retries=0) as pool,
            pool.stream("POST", url, headers=sent, content=body, extensions={"timeout": PATIENCE}) as answer,
        ):
            return answer.status
    except (httpcore.TimeoutException, TimeoutError):
        raise Unreachable("There was no answer in time.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
        raise Unreachable(f"The connection failed: {type(error).__name__}.") from None


class Checked(httpcore.NetworkBackend):
    """Connects to addresses that were checked, whatever the name says now, until a deadline."""

    def __init__(self, addresses: Sequence[str], deadline: float) -> None:
        self.addresses = addresses
        self.deadline = deadline
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002  # it was looked up
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first of the addresses that answers."""
        fault: Exception = httpcore.ConnectError("There is no address.")
        for address in self.addresses:
            try:
                left = within(self.deadline, timeout)
                stream = self.plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return Bounded(stream, self.deadline)
        raise fault


class Bounded(httpcore.NetworkStream):
    """A stream that ends at a deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self.stream.read(max_bytes, within(self.deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write."""
        self.stream.write(buffer, within(self.deadline, timeout))

    def close(self) -> None:
        """End it."""
        self.stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same, encrypted: the certificate has to be that of the name."""
        left = within(self.deadline, timeout)
        return Bounded(self.stream.start_tls(ssl_context, server_hostname, left), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """What is known of it."""
        return self.stream.get_extra_info(info)


def within(deadline: float, timeout: float | None) -> float:
    """How long something may take, as the deadline comes nearer."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The deadline has passed.")
    return left if timeout is None else min(left, timeout)
