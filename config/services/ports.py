"""Ports: one that is free, and why another one is not."""

import socket


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fault_of_port(port: int, host: str = "127.0.0.1") -> str:
    """Why nobody can listen there; empty when one can."""
    try:
        _try_to_listen(host, port)
    except PermissionError:
        return f"Port {port} needs more rights than yours. Choose one above 1023, such as --port 8000."
    except OSError as fault:
        try:
            _try_to_listen(host, 0)
        except OSError:
            return f"Nobody can listen on {host}: {fault.strerror}."
        return f"Port {port} of {host} is taken by another program. Choose another one, such as --port {port + 1}."
    return ""


def _try_to_listen(host: str, port: int) -> None:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what was closed a minute ago is no hindrance
        probe.bind(address)
