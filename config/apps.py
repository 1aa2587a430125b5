"""The app that holds what starts and steers an installation."""

from django.apps import AppConfig

from config.celery import app as celery_app

__all__ = ["ConfigConfig", "celery_app"]


class ConfigConfig(AppConfig):
    """Commands of an installation: demo and what belongs to it."""

    name = "config"
    verbose_name = "Installation"
