"""The app that holds what starts and steers an installation."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin

from config.celery import app as celery_app

__all__ = ["ConfigConfig", "ShopAdminConfig", "celery_app"]

# The rooms that put tables into Django admin.
OURS = frozenset({"eventstore", "projections", "orders", "accounts"})


class ConfigConfig(AppConfig):
    """Commands of an installation: demo and what belongs to it."""

    default = True
    name = "config"
    verbose_name = "Installation"


class ShopAdminConfig(admin.AdminConfig):
    """Django admin, with no table that a library has put there."""

    default = False
    default_site = "config.admin.ShopAdmin"

    def ready(self) -> None:
        """Only what the shop itself registers is shown."""
        super().ready()
        from django.contrib.admin import site  # noqa: PLC0415  # the registry is there once the apps are

        site.unregister([model for model in site._registry if model._meta.app_label not in OURS])  # noqa: SLF001
