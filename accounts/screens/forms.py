"""The forms of signing up, in and out, of the password, and of the second factor."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.domain.customer.registering import LONGEST_EMAIL, LONGEST_NAME

ENTER_EMAIL = _("Enter an e-mail address, such as name@example.com.")
ENTER_PASSWORD = _("Enter your password.")
GOOD_PASSWORD = _("At least 10 characters, and none that many people use.")
TOO_LONG = _("Use at most %(limit_value)s characters; these are %(show_value)s.")


def ask_writable(email: str) -> None:
    """Refuse what stands in no e-mail: a mailbox that is not of plain letters, or a host that has no name in them."""
    mailbox, _at, host = email.rpartition("@")
    try:
        host.encode("idna")
    except UnicodeError:
        raise forms.ValidationError(ENTER_EMAIL) from None
    if not (mailbox.isascii() and mailbox.isprintable()):
        raise forms.ValidationError(ENTER_EMAIL)


def email_field() -> forms.EmailField:
    """An e-mail address, in whatever case it is typed."""
    return forms.EmailField(
        validators=[ask_writable],
        label=_("E-mail address"),
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": ENTER_EMAIL, "invalid": ENTER_EMAIL, "max_length": TOO_LONG},
    )


def plain(field: Any, label: Any, missing: Any, hint: Any = "") -> None:
    """Have the library's field speak as this shop does."""
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.error_messages["required"] = missing


class SignInForm(account.LoginForm):
    """An e-mail address, in whatever case it is typed, and a password."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["login"] = forms.CharField(
            label=_("E-mail address"),
            widget=forms.EmailInput(attrs={"autocomplete": "username"}),
            error_messages={"required": _("Enter your e-mail address.")},
        )
        plain(self.fields["password"], _("Password"), ENTER_PASSWORD)

    def clean_login(self) -> str:
        """The address as sign-ins are kept: in small letters."""
        return str(super().clean_login()).lower()

    def clean(self) -> Any:
        """Whoever may sign in; a sign-in that is closed is as if it were not there."""
        cleaned = super().clean()  # type: ignore[no-untyped-call]  # the library's
        if self.user and not self.user.is_active:
            raise get_adapter().validation_error("email_password_mismatch")
        return cleaned


class SignUpForm(account.SignupForm):
    """Who somebody is, and how they will sign in."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name."), "max_length": TOO_LONG},
    )
    field_order = ["name", "email", "password1"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["email"] = email_field()
        plain(self.fields["password1"], _("Password"), _("Choose a password."), GOOD_PASSWORD)
        self.order_fields(self.field_order)


class ForgottenPasswordForm(account.ResetPasswordForm):
    """Where the letter with the link goes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["email"] = email_field()

    def clean_email(self) -> str:
        """The address by which somebody signs in: one that they only want may be the mailbox of a stranger."""
        email = super().clean_email()
        self.users = [user for user in self.users if user.email == email.lower()]
        return email


class NewPasswordForm(account.ResetPasswordKeyForm):
    """A password in the place of the forgotten one."""

    password2 = None  # type: ignore[assignment]  # typed once, and shown by the browser on demand

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        plain(self.fields["password1"], _("New password"), _("Choose a password."), GOOD_PASSWORD)


class ChangePasswordForm(account.ChangePasswordForm):
    """The present password, and the one that takes its place."""

    password2 = None  # type: ignore[assignment]  # typed once, and shown by the browser on demand

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        plain(self.fields["oldpassword"], _("Present password"), ENTER_PASSWORD)
        plain(self.fields["password1"], _("New password"), _("Choose a password."), GOOD_PASSWORD)


class ConfirmPasswordForm(account.ReauthenticateForm):
    """The password once more, before something that a stranger at an open screen must not do."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        plain(self.fields["password"], _("Password"), ENTER_PASSWORD)


CODE = _("Code")
CODE_MISSING = _("Enter the code.")
CODE_HINT = _("The six digits that your app shows now, or one of your recovery codes.")


class EnterCodeForm(AuthenticateForm):
    """The code, when somebody signs in."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        plain(self.fields["code"], CODE, CODE_MISSING, CODE_HINT)


class ConfirmCodeForm(ReauthenticateForm):
    """The code once more."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        plain(self.fields["code"], CODE, CODE_MISSING, CODE_HINT)


class SetUpCodesForm(ActivateTOTPForm):
    """The first code that the app shows."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        plain(self.fields["code"], CODE, CODE_MISSING, _("The six digits that your app shows now."))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
