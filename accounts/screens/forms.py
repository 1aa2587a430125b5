"""The form of signing in."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """An e-mail address, in whatever case it is typed, and a password."""

    error_messages = {
        "invalid_login": _("No sign-in has this e-mail address and this password. Check both."),
        "inactive": _("This sign-in is closed."),
    }

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # what a form takes
        self.fields["username"].error_messages["required"] = _("Enter your e-mail address.")
        self.fields["password"].error_messages["required"] = _("Enter your password.")

    def clean_username(self) -> str:
        """The address as sign-ins are kept: in small letters."""
        return str(self.cleaned_data["username"]).lower()
