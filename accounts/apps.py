"""The app of sign-in and roles."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may sign in, and in which roles."""

    name = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"
