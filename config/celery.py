"""The Celery app: a doorbell that wakes readers of the log."""

import logging
import os

from celery import Celery
from celery.signals import after_setup_logger, after_setup_task_logger, task_prerun
from django.db import close_old_connections

from config.faults import without_rows

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["orders.systems.partners", "orders.systems.payment_provider"])


@task_prerun.connect
def look_at_connections(**_: object) -> None:
    """Keep a connection to the database from task to task, as from request to request: until it is old or broken."""
    close_old_connections()


@after_setup_logger.connect
@after_setup_task_logger.connect
def quote_no_rows(logger: logging.Logger, **_: object) -> None:
    """Celery has a console of its own, which says no more than that of all others."""
    for handler in logger.handlers:
        handler.addFilter(without_rows)
