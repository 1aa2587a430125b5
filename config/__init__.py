"""Settings, addresses, readers and services: the floor that knows all the others."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
