"""The demo as somebody meets it: one command, a shop that answers, and nothing left of it afterwards."""

import http.client
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from config.management.commands.demo import WORKER
from config.services.place import PROJECT
from config.services.ports import free_port
from tests.services_room import ORDINARY, await_end, bare, called, directory, family, kill, lives, manage, start, users
from tests.test_headers import INSTALLATION

ROOMS = ("config", "orders", "accounts", "eventstore", "projections", "templates", "static")


class Demo:
    """A demo, and what it said when it was open."""

    def __init__(self, data: Path, cwd: Path, prefix: Sequence[str], **environ: str | Path) -> None:
        self.data, self.port = data, free_port()
        command = ("manage.py", "demo", "--no-trade", "--port", str(self.port))
        self.launcher = start(*command, env=bare(**environ), cwd=cwd, prefix=prefix)
        self.said = ""
        self.at_work: list[psutil.Process] = []

    def open(self) -> None:
        """Wait until it is open."""
        self.said = self.hear("Stop with Ctrl-C.")
        self.at_work = family(self.data)

    def hear(self, words: str) -> str:
        """What it says from now on, up to `words`."""
        assert self.launcher.stdout is not None
        heard = ""
        for line in self.launcher.stdout:
            heard += line
            if words in line:
                return heard
        pytest.fail(f"The demo ended and never said {words!r}, but:\n{heard}")

    def reachable(self) -> bool:
        """Whether the web server says that all is well."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            try:
                line.request("GET", "/health/")
                return line.getresponse().status == 200
            except OSError:
                return False

    def ends(self) -> tuple[int, str]:
        """How it ends, and its last words; nothing may be left then."""
        said, _ = self.launcher.communicate(timeout=30)
        await_end(self.at_work, self.data)
        return self.launcher.returncode, said


Opening = Callable[..., Demo]


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data directory: whoever opens a demo finds in it what the one before has left."""
    with directory() as path:
        yield path / "data"


@pytest.fixture
def opened(data: Path) -> Iterator[Opening]:
    """Opens demos, by default of this project and `data`."""
    demos = []

    def open_demo(*, cwd: Path = PROJECT, prefix: Sequence[str] = (), **environ: str | Path) -> Demo:
        demo = Demo(data.parent, cwd, prefix, **({"DEMO_DATA": data} | environ))
        demos.append(demo)
        demo.open()
        return demo

    yield open_demo
    for demo in demos:
        demo.launcher.kill()
    for demo in demos:
        demo.ends()


def test_ctrl_c_ends_all_of_it_for_an_ordinary_user_in_a_long_path_with_spaces(opened: Opening, data: Path) -> None:
    home = data.parent / "home of somebody" / ("with a long name " * 7).strip()
    copy = home / "my mail-order shop"
    for room in ROOMS:
        shutil.copytree(PROJECT / room, copy / room)
    shutil.copy(PROJECT / "manage.py", copy)
    prefix: Sequence[str] = ()
    if os.geteuid() == 0:
        shutil.chown(home, "nobody", "nogroup")
        prefix = ORDINARY
    assert len(str(copy)) > 108
    demo = opened(cwd=copy, prefix=prefix, HOME=home, DEMO_DATA="", XDG_DATA_HOME="")
    assert demo.reachable()
    assert 0 not in users(demo.at_work)
    assert f"http://127.0.0.1:{demo.port}/" in demo.said
    assert "customer@example.com" in demo.said
    assert demo.said.count("(embedded)") == 2
    assert str(home / ".local" / "share" / "mail-order") in demo.said
    assert "password" not in demo.said
    demo.launcher.send_signal(signal.SIGINT)
    assert demo.ends() == (0, "Stopping …\n")


def test_kill_9_of_the_launcher_leaves_nothing_but_the_data(opened: Opening, data: Path) -> None:
    look = "import os; from accounts.models import User; print(os.environ['DATABASE_URL'], User.objects.count())"
    shell, env = ("shell", "--verbosity=0", "--command", look), bare(DEMO_DATA=data)
    demo = opened()
    _, output = manage(*shell, env=env)
    url, users = output.split()
    assert url.rpartition("@")[2] in demo.said
    code, refusal = manage("demo", "--port", str(free_port()), env=env)
    assert code == 1
    assert refusal.startswith(f"CommandError: The demo of these data runs already, at http://127.0.0.1:{demo.port}/.")
    demo.launcher.kill()
    demo.ends()
    _, output = manage(*shell, env=env)
    assert output.split()[1] == users != "0"


def test_kill_9_of_the_keepers_ends_the_demo(opened: Opening) -> None:
    demo = opened()
    kill(called(demo.at_work, "config.services.keeper"))
    code, said = demo.ends()
    assert code == 1
    assert "A server has stopped; see " in said


def test_a_program_that_ends_is_started_again_and_kill_9_of_the_supervisor_leaves_nothing(opened: Opening) -> None:
    demo = opened()
    worker, *pool = called(demo.at_work, *WORKER)
    web = called(demo.at_work, "granian")[0]
    kill([worker])
    said = demo.hear("It is started again in 1 s.")
    assert "The worker was ended by SIGKILL. The last lines of" in said
    assert "worker.log:\n    [" in said
    psutil.wait_procs(pool, timeout=10)
    assert not any(lives(child) for child in pool)
    kill([web])
    demo.hear("It is started again in 1 s.")
    until = time.monotonic() + 30
    while len(called(family(demo.data), *WORKER)) < 3 or not demo.reachable():
        assert time.monotonic() < until
        time.sleep(0.2)
    demo.at_work += family(demo.data)
    psutil.Process(demo.launcher.pid).children()[0].kill()
    code, said = demo.ends()
    assert code == 1
    assert "supervisor was ended by SIGKILL" in said


def test_a_port_that_is_taken_gets_a_sentence(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = manage("demo", "--port", str(port), env=bare(DEMO_DATA=data))
    assert code == 1
    assert said.startswith(f"CommandError: Port {port} of 127.0.0.1 is taken by another program.")
    assert "--port" in said


@pytest.mark.parametrize("trade", [[], ["--no-trade"]])
def test_a_demo_is_not_opened_in_a_real_shop(trade: list[str], data: Path) -> None:
    code, said = manage("demo", *trade, "--port", str(free_port()), env=bare(DEMO_DATA=data, **INSTALLATION))
    assert (code, said) == (1, "CommandError: People are made up for a demo only, and this is none.\n")
