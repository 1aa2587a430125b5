"""The Celery app: a doorbell that wakes readers of the log."""

import os

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["orders.systems.partners", "orders.systems.payment_provider"])


@task_prerun.connect
def look_at_connections(**_: object) -> None:
    """Keep a connection to the database from task to task, as from request to request: until it is old or broken."""
    close_old_connections()
