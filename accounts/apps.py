"""The app of sign-in and roles."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    """Who may sign in, and in which roles."""

    name = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of it when an e-mail address turns out to be somebody's, and when somebody signs in."""
        from allauth.account.signals import email_confirmed  # noqa: PLC0415  # once all models are there

        from accounts.screens import kept, language  # noqa: PLC0415
        from accounts.screens.joining import confirmed  # noqa: PLC0415

        email_confirmed.connect(confirmed, dispatch_uid="accounts.joining")
        user_logged_in.connect(kept.signed_in, dispatch_uid="accounts.kept")
        user_logged_in.connect(language.signed_in, dispatch_uid="accounts.language")
