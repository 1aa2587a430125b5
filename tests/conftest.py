"""What all tests stand on: real servers, an empty log for each test, and a Celery worker for those that ask."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import django
import pytest
from django.conf import settings as django_settings
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

pytest_plugins = ["tests.browser"]

# Playwright's event loop runs in the thread that the tests use the database from; no two of them ever use it at once.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

hypothesis_settings.register_profile("shop", deadline=None, print_blob=True)
hypothesis_settings.load_profile("shop")

servers = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the servers; each of its workers has a database of its own in them."""
    worker = getattr(config, "workerinput", None)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # The shell that started us in the background did that; programs that tests start and stop would inherit it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if worker is None:
        from config.services import CannotStart, throwaway

        try:
            os.environ["MEDIA_ROOT"] = str(servers.enter_context(throwaway(os.environ)) / "media")
        except CannotStart as fault:
            pytest.exit(str(fault), 1)
    else:
        number = int(worker["workerid"].removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rstrip('/').removesuffix('/0')}/{number}"
    # The settings read the environment, which is complete only now.
    django.setup()
    # Files are found as they are asked for; or each test client would look for all of them, which takes it 50 ms.
    django_settings.WHITENOISE_AUTOREFRESH = True


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors, as tests wait for as long as they compute."""
    return (os.cpu_count() or 1) + 2


def pytest_xdist_setupnodes() -> None:
    """A worker reads its settings once it has a Redis of its own, not as soon as it starts."""
    os.environ.pop("DJANGO_SETTINGS_MODULE")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing running."""
    servers.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test's own database; whoever still looks at it when it goes, such as a page that follows, is cut off."""
    yield
    from django.db import connection

    # Who looks is a client: the server's own vacuum is at work here as well, and is nobody's to end.
    others = "backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


@pytest.fixture(scope="session", autouse=True)
def _quick_to_empty() -> Iterator[None]:
    """What a test has committed is swept away, and nothing else."""
    from tests.log_room import sweep

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: sweep())
        yield


@pytest.fixture(autouse=True)
def _in_english() -> None:
    """Begin in English: a page that was asked for in German leaves its thread in German, as each page chooses anew."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _readers_as_they_are() -> None:
    """Forget who wants which events: a test may have readers of its own."""
    from eventstore import bell

    bell.wanting.cache_clear()


@pytest.fixture(autouse=True)
def _empty_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave an empty log and a silent bell behind, where a test commits what it does: any other may come next."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server", "worker"} & set(request.fixturenames)
    if not commits and not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    from tests.log_room import empty

    empty()
    yield
    empty()


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A real Celery worker on the test's own database and broker."""
    from tests.celery_room import celery

    with celery(
        *("worker", "--queues=celery,processes,systems", "--loglevel=INFO", "--concurrency=2"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ):
        yield
