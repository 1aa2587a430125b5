"""The app that holds what starts and steers an installation."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Commands of an installation: demo and what belongs to it."""

    name = "config"
    verbose_name = "Installation"
