"""The server that is measured: PostgreSQL as it comes, in a directory of its own, and it waits for the disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command

from config.services import throwaway


@contextmanager
def measured(settings: str = "config.settings", **environ: str) -> Iterator[None]:
    """Servers of this run's own, whatever the environment says, and a shop in them; Django is ready inside."""
    os.environ |= environ | {"DJANGO_SETTINGS_MODULE": settings}
    for given in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(given, None)
    with throwaway(os.environ, durable=True):
        django.setup()
        call_command("migrate", verbosity=0)
        yield
