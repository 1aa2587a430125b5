"""What this shop says and does where django-allauth asks: its sentences, its letters, its customers."""

import logging
import time
from smtplib import SMTPException
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from accounts.screens.language import spoken
from accounts.screens.sealing import sealer
from accounts.screens.second_factor import is_needed

logger = logging.getLogger(__name__)

NO_LETTER = _("We could not send you an e-mail just now. Try once more in a few minutes.")


class AccountAdapter(DefaultAccountAdapter):
    """Signing up and in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("No sign-in has this e-mail address and this password. Check both."),
        "too_many_login_attempts": _("That was tried too often. Wait a few minutes, or set a new password."),
        "rate_limited": _("That was tried too often. Wait a few minutes."),
        "incorrect_code": _("This code is not right. Enter the one that is shown now."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "duplicate_email": _("This is your e-mail address already."),
        "invalid_password_reset": _("This link has been used, or is too old."),
    }

    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        """Whoever signs up is a customer to be."""
        user.name = form.cleaned_data["name"]
        user.language = spoken()
        with transaction.atomic():
            saved: Any = super().save_user(request, user, form, commit)
            saved.groups.add(Group.objects.get_or_create(name=CUSTOMER)[0])
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A letter; where the mail server does not take it, the page says so, and the log without saying to whom.

        It then does not count among those of which only so many are sent.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException, ValueError) as error:
            logger.warning("A letter of %s could not be sent: %s", template_prefix, type(error).__name__)
            messages.error(self.request, NO_LETTER)
            self.request.no_letter = True
            ratelimit.clear(self.request, app="allauth.account", action="confirm_email", key=email.lower())

    def is_reauthentication_required(self, **_: Any) -> bool:
        """Unless they have shown within the last minutes that it is them, be it by signing in."""
        shown = get_authentication_records(self.request, self.request.user)
        return all(time.time() - each["at"] > app_settings.REAUTHENTICATION_TIMEOUT for each in shown)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose guesses count together: those from an address, or from a proxy that does not say for whom it asks."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            logger.warning("X-Forwarded-For does not end in an address: who comes so is counted as one visitor.")
            return str(request.META["REMOTE_ADDR"])

    def add_message(self, *arguments: Any, **options: Any) -> None:
        """The shop's pages say what has happened; the library says nothing."""


def could_not_send(request: HttpRequest) -> bool:
    """Whether a letter that this request led to was not taken."""
    return getattr(request, "no_letter", False)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor, with its secret sealed by the keys that seal persons' keys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Enter the one that is shown now."),
        "cannot_delete_authenticator": _("Whoever works here signs in with a second factor."),
        "cannot_be_opened": _(
            "Your codes cannot be checked just now, and that is our fault. Tell whoever runs this shop."
        ),
    }

    def encrypt(self, text: str) -> str:
        """A secret as it is kept."""
        return sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A secret as it is; where its key is missing, whoever is asked for a code is told whose fault that is."""
        try:
            return sealer().decrypt(encrypted_text).decode()
        except InvalidToken:
            logger.error("A second factor opens with none of PERSONAL_DATA_KEYS.")
            raise self.validation_error("cannot_be_opened") from None

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Not by whoever has to have one."""
        user: User = authenticator.user
        return not is_needed(user)
