"""No address that a partner gives us leads into our own network: not by its text, nor its name, nor a moment later."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from orders.systems.partners import network
from orders.systems.partners.network import Unreachable, ask_address, post
from tests.systems.partners.receiver import receiver

OUTSIDE = "93.184.215.14"
INSIDE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",  # noqa: S104  # nobody binds to it
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "fec0::1",
    "::7f00:1",
    "::a00:1",
    "::ffff:0:7f00:1",
    "::ffff:0:a00:1",
    "5f00::1",
]


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names lead to these addresses, at the first question, the second, and so on; which names were asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        those = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        kind = [(socket.AF_INET6 if ":" in each else socket.AF_INET, each) for each in those]
        return [(family, socket.SOCK_STREAM, 6, "", (each, port)) for family, each in kind]

    monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
    return asked


@pytest.fixture(autouse=True)
def _an_installation(settings: Any) -> None:
    settings.PARTNERS_ON_LOOPBACK = False


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, [address])
    with pytest.raises(Unreachable, match="leads into a network of its own"):
        ask_address("https://partner.example/hooks")
    resolving(monkeypatch, [OUTSIDE, address])
    with pytest.raises(Unreachable, match="leads into a network of its own"):
        ask_address("https://partner.example/hooks")


@pytest.mark.parametrize("address", [OUTSIDE, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_name_that_leads_outside(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, [address])
    assert ask_address("https://partner.example/hooks") == [address]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "[::ffff:7f00:1]"]
)
def test_our_own_machine_in_all_its_spellings(host: str) -> None:
    with pytest.raises(Unreachable):
        ask_address(f"https://{host}/hooks")


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "https://",
        "https:///hooks",
        "partner.example",
        "https://user@partner.example/",
        "https://user:password@partner.example/",
        "https://partner.example/#here",
        "https://partner.example:99999/",
        "https://partner.example:x/",
        "https://[::1/",
        "https://partner.example/a b",
        "https://partner.example/\nHost: x",
        "https://bücher.example/",
        "https://partner.example/" + "x" * 500,
    ],
)
def test_what_is_no_address_for_us(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolving(monkeypatch, [OUTSIDE])
    with pytest.raises(Unreachable):
        ask_address(url)
    assert asked == []


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    with pytest.raises(Unreachable, match=r"Nobody knows a host partner\.example\."):
        ask_address("https://partner.example/")


@pytest.fixture
def _deaf_name_servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever asks them where a name leads waits for a minute; until the test is over, here."""
    over = threading.Event()

    def waiting(*_: Any, **__: Any) -> list[Any]:
        over.wait(30)
        return []

    monkeypatch.setattr("socket.getaddrinfo", waiting)
    monkeypatch.setattr(network, "SECONDS", 0.2)
    yield
    over.set()


@pytest.mark.usefixtures("_deaf_name_servers")
@pytest.mark.parametrize("deed", [ask_address, lambda url: post(url, b"{}", {})], ids=["asked", "told"])
def test_nobody_waits_for_name_servers_longer_than_for_all_of_it(deed: Callable[[str], object]) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"It could not be found out in time where partner\.example is\."):
        deed("https://partner.example/")
    assert time.monotonic() - began < 5


def test_what_the_name_servers_have_taken_is_gone_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    def slowly(*_: Any, **__: Any) -> list[Any]:
        now[0] += network.SECONDS
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (OUTSIDE, 443))]

    def refusing(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", slowly)
    monkeypatch.setattr("socket.create_connection", refusing)
    monkeypatch.setattr(network, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with pytest.raises(Unreachable, match="There was no answer in time"):
        post("https://partner.example/hooks", b"{}", {})


def test_the_connection_is_made_to_what_was_checked_whatever_the_name_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: outside when it is checked, inside a moment later."""
    asked = resolving(monkeypatch, [OUTSIDE], ["127.0.0.1"])
    reached: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> None:
        reached.append(address[:2])
        raise OSError

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(Unreachable, match="The connection failed"):
        post("https://partner.example/hooks", b"{}", {})
    assert asked == ["partner.example"]
    assert reached == [(OUTSIDE, 443)]


def test_every_sending_checks_anew(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    resolving(monkeypatch, ["127.0.0.1"])
    with pytest.raises(Unreachable, match="leads into a network of its own"):
        post("https://partner.example/hooks", b"{}", {})


def test_on_a_demo_our_own_machine_is_told_and_no_other(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PARTNERS_ON_LOOPBACK = True
    with receiver() as there:
        assert post(there.url, b"{}", {"webhook-id": "1"}) == 204
        assert there.got[0][1] == b"{}"
    resolving(monkeypatch, ["10.0.0.1"])
    with pytest.raises(Unreachable, match="leads into a network of its own"):
        ask_address("http://partner.example/")


def test_a_redirect_is_an_answer_and_not_followed(settings: Any) -> None:
    settings.PARTNERS_ON_LOOPBACK = True
    with receiver() as there:
        there.answers, there.redirect = [302], "http://169.254.169.254/latest/meta-data/"
        assert post(there.url, b"{}", {}) == 302
        assert len(there.got) == 1


def test_whoever_drips_is_left_at_the_deadline(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PARTNERS_ON_LOOPBACK = True
    monkeypatch.setattr(network, "SECONDS", 0.5)
    with receiver() as there:
        there.drips = True
        began = time.monotonic()
        with pytest.raises(Unreachable, match="There was no answer in time"):
            post(there.url, b"{}", {})
        assert time.monotonic() - began < 5


def test_nobody_listens(settings: Any) -> None:
    settings.PARTNERS_ON_LOOPBACK = True
    with receiver() as there:
        url = there.url
    with pytest.raises(Unreachable, match="The connection failed"):
        post(url, b"{}", {})
