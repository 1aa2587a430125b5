"""Celery as it runs in the shop, on a test's own database and broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from redis import Redis

from config.services.children import kill_group, start

PROJECT = Path(__file__).parent.parent


def test_environment() -> dict[str, str]:
    """The environment of a process that shares the test's database and broker."""
    database = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}"))
    return os.environ | {"DATABASE_URL": database, "REDIS_URL": settings.CELERY_BROKER_URL}


@contextmanager
def celery(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`celery -A config …`, from when it listens until the block ends."""
    with TemporaryFile() as log:
        process = start(
            [sys.executable, "-m", "celery", "-A", "config", *arguments],
            log=log,
            ends_by=signal.SIGQUIT,
            cwd=PROJECT,
            env=test_environment(),
        )
        try:
            listening(process)
            yield process
        finally:
            # At once, as a worker may end at any moment: Celery's own way to stop waits for ever, now and then, for a
            # task that came in as it began.
            kill_group(process)
            log.seek(0)
            print(log.read().decode())  # noqa: T201  # pytest shows it where a test fails


def listening(process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Wait until a worker is there that takes tasks: it has bound its queue."""
    redis = Redis.from_url(settings.CELERY_BROKER_URL)
    until = time.monotonic() + seconds
    while not redis.exists("_kombu.binding.celery"):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("The Celery worker did not come up.")
        time.sleep(0.02)
