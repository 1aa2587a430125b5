"""The shop on its web server, and browsers that visit it: they keep their line and their cookies, and count bytes."""

import gzip
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple
from urllib.parse import urlencode, urljoin

from django.test import Client

from accounts.models import User
from config.management.commands.demo import WEB
from config.services.ports import free_port
from tests.reading import Page

HOST = "127.0.0.1"
PATIENCE = 120.0  # seconds
FORM = "application/x-www-form-urlencoded"
PARTS = re.compile(r"""url\(["']?([^"')]+)""")


class Answer(NamedTuple):
    """What came back: its status, where it leads to, what it is, and how many bytes were sent."""

    status: int
    leads_to: str
    text: str
    size: int


@contextmanager
def online() -> Iterator[int]:
    """The shop's web server as the demo starts it; its port."""
    port = free_port()
    command = [sys.executable, "-m", *WEB, "--host", HOST, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ) as server:
        try:
            until = time.monotonic() + PATIENCE
            while not answers(port):
                assert time.monotonic() < until, "The web server does not answer."
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def answers(port: int) -> bool:
    """Whether the web server is there."""
    try:
        return Browser(port, None).get("/health/").status == 200
    except (OSError, HTTPException):
        return False


class Browser:
    """Somebody's browser."""

    def __init__(self, port: int, user: User | None) -> None:
        self.line = HTTPConnection(HOST, port, timeout=PATIENCE)
        self.cookies: dict[str, str] = {}
        if user:
            client = Client()
            client.force_login(user)
            self.cookies["sessionid"] = client.cookies["sessionid"].value

    def get(self, address: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", address, None)

    def post(self, address: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        return self._ask("POST", address, urlencode(fields))

    def _ask(self, method: str, address: str, body: str | None) -> Answer:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": kept, "Accept-Encoding": "gzip"} | ({"Content-Type": FORM} if body is not None else {})
        self.line.request(method, address, body, headers)
        response = self.line.getresponse()
        sent = response.read()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        unpacked = gzip.decompress(sent) if response.headers["Content-Encoding"] == "gzip" else sent
        text = unpacked.decode(errors="replace")
        return Answer(response.status, response.headers.get("Location", ""), text, len(sent))

    def land(self, address: str) -> tuple[str, Answer]:
        """Ask for a page, and go where it leads to."""
        answer = self.get(address)
        while answer.status == 302:
            address = urljoin(address, answer.leads_to)
            answer = self.get(address)
        return address, answer

    def weight(self, address: str) -> int:
        """The bytes of a page with all that belongs to it, as they are sent to a browser that has never been there."""
        address, answer = self.land(address)
        assert answer.status == 200, address
        sizes, to_fetch = {address: answer.size}, [(address, each) for each in belongs(answer.text)]
        while to_fetch:
            of, part = to_fetch.pop()
            there = urljoin(of, part)
            if there not in sizes and not there.startswith("data:"):
                fetched = self.get(there)
                assert fetched.status == 200, there
                sizes[there] = fetched.size
                to_fetch += [(there, each) for each in PARTS.findall(fetched.text) if there.endswith(".css")]
        return sum(sizes.values())


def belongs(html: str) -> Iterator[str]:
    """What a browser fetches to show a page."""
    page = Page(html)
    for name, kinds in (("src", ("script", "img")), ("href", ("link",))):
        for kind in kinds:
            yield from (each.attributes[name] for each in page.all(kind) if name in each.attributes)
