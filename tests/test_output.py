"""Where a command prints: to a terminal that cannot show every character, and to none at all."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from accounts.domain.roles import CUSTOMER
from accounts.models import Partner, User
from accounts.screens.joining import join
from config.services.place import PROJECT
from config.services.ports import free_port
from projections import products
from projections.engine import room
from tests.celery_room import test_environment as environment
from tests.projections.rooms import tables
from tests.services_room import bare, manage, unread
from tests.test_headers import INSTALLATION

pytestmark = pytest.mark.django_db(transaction=True)
FULL = Path("/dev/full")
FULL_DISK = "Not everything could be printed: No space left on device.\n"
NOT_UTF_8 = {"PYTHONIOENCODING": "ascii"}


@pytest.mark.parametrize(("command", "said"), [("processes", r"\u2013"), ("partners", r"Zo\xeb & \u0141ukasz")])
def test_what_a_terminal_cannot_show_is_escaped(command: str, said: str) -> None:
    Partner.objects.create(name="Zoë & Łukasz")
    code, output = manage(command, env=environment() | NOT_UTF_8)
    assert (code, said in output) == (0, True), output


def test_a_demo_gets_to_its_end_at_such_a_terminal(tmp_path: Path) -> None:
    env = bare(DEMO_DATA=tmp_path, **INSTALLATION, **NOT_UTF_8, DEMO="true")
    code, output = manage("demo", "--port", str(free_port()), env=env)
    assert code == 1
    assert output.startswith("Preparing the database \\u2026\n")
    assert output.endswith("\nStopping \\u2026\n")


@pytest.mark.parametrize("terminal", [NOT_UTF_8, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_what_is_read_again_is_utf_8_at_any_terminal(terminal: dict[str, str]) -> None:
    name = "Zoë Łukaszewska 😀"
    user = User.objects.create_user("zoe@example.com", None, [CUSTOMER], name=name)
    join(user)
    env = environment() | terminal
    known = piped("erased", str(user.pk), "--known", env=env)
    assert name in known.stdout.decode().splitlines()
    [line] = piped("log", "tail", "-n", "1", "--json", "--personal", env=env).stdout.splitlines()
    assert msgspec.json.decode(line)["data"]["name"] == name
    found = piped("erased", str(user.pk), env=env, said=name.encode())
    assert (found.returncode, b"accounts_user" in found.stderr) == (1, True), found.stderr
    for command in ("projections", "processes", "systems"):
        assert msgspec.json.decode(piped(command, "--json", env=env).stdout)


def piped(*command: str, env: dict[str, str], said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """What a management command makes of what is said to it."""
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=PROJECT, env=env, input=said, capture_output=True, check=False
    )


@pytest.mark.parametrize("command", [["log", "tail"], ["log", "export", "-"], ["partners", "add", "Tea & Co"]])
def test_without_an_output_nothing_is_done(command: list[str]) -> None:
    closed = ["/bin/sh", "-c", 'exec "$0" manage.py "$@" >&-', sys.executable, *command]
    done = subprocess.run(closed, cwd=PROJECT, env=environment(), stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "There is no standard output to write to.\n")
    assert not Partner.objects.exists()


@pytest.mark.skipif(not FULL.exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [["help"], ["clock"], ["processes"], ["projections", "--json"]])
def test_a_full_disk_is_a_sentence(command: list[str], unbuffered: str) -> None:
    assert onto_a_full_disk(*command, PYTHONUNBUFFERED=unbuffered) == (1, FULL_DISK)


@pytest.mark.skipif(not FULL.exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_is_begun_is_done_to_its_end_on_a_full_disk(unbuffered: str) -> None:
    names = ["timeline", "products"]
    assert onto_a_full_disk("replay", *names, PYTHONUNBUFFERED=unbuffered) == (1, FULL_DISK)
    assert tables(products.PROJECTION) == {room.LIVE, room.FORMER}


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["help", "showmigrations", "clock"])
def test_who_reads_no_further_hears_nothing_more(command: str, unbuffered: str) -> None:
    assert unread(command, env=environment() | {"PYTHONUNBUFFERED": unbuffered}) == (0, "")


def onto_a_full_disk(*command: str, **more: str) -> tuple[int, str]:
    """The exit code and the faults of a management command whose output nothing can be added to."""
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            env=environment() | more,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    return done.returncode, done.stderr
